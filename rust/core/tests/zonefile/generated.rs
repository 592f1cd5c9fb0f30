//! What $GENERATE would make is counted before it is made.

use crate::*;

const ANY: Made = Made { records: 1_000_000, octets: 1 << 28 };

fn counted(text: &str, most: Made) -> Result<Made, String> {
    let counted = made(text.as_bytes(), Some(&name("example.com")), most);
    counted.map_err(|beyond| format!("{}:{}: {} | {}", beyond.at.line, beyond.at.column, beyond.what, beyond.hint))
}

#[test]
fn records_are_those_that_are_made() {
    let text = "$TTL 60\na A 192.0.2.1\n$GENERATE 1-10/3 h$ A 192.0.2.$\n$generate 0-1 m$ 5 IN MX 10 h$\n";
    let found = counted(text, ANY).expect("within the limits");
    assert_eq!(found.records, 6);
    assert_eq!(records(text.strip_prefix("$TTL 60\n").expect("a TTL")).len(), 1 + 6);
    assert_eq!(counted("$TTL 60\na TXT \"$\" ; GENERATE\n", ANY), Ok(Made::default()));
}

/// Whatever the template becomes, its lines are no longer than what was counted.
#[test]
fn octets_are_never_fewer_than_those_made() {
    for template in [
        "0-9999 host-$ A 192.0.2.1",
        "0-9999 h${0,60,d} A 192.0.2.1",
        "0-50 h${-40,3,x} TXT \"${-40} ${-40,4,o}\"",
        "1-20 a$ MX 10 ${0,20,n}",
        "1-20 a$ RP m$ t$",
        "1-20 a$ TXT \u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
        "1-20 a$ TXT a b c d e f g h i j k l m n o p q r s t u v w x y z",
        "1-20 a$ LOC 0 N 0 E 0",
        "1-20 a$ TYPE65280 \\# 4 000000${0,2,x}",
        "1-20 a$ NSEC \\# 35 000020ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "1-20 a$ TXT \\# 8 0701020304050607",
        "1-20 a$ SOA . . 1 2 3 4 5",
    ] {
        let text = format!("$ORIGIN {}example.com.\n$TTL 2147483647\n$GENERATE {template}\n", "long.".repeat(30));
        let found = counted(&text, ANY).expect("within the limits");
        let (lines, read) = parse(text.as_bytes());
        assert!(read.problems.is_empty(), "{template}: {:?}", read.problems);
        assert_eq!(found.records, lines.records.len() as u64, "{template}");
        // A line here lacks its class and its end.
        let made: usize = lines.records.iter().map(|line| line.len() + " IN".len() + 1).sum();
        assert!(found.octets >= made as u64, "{template}: {} octets counted, {made} made", found.octets);
    }
}

#[test]
fn the_first_directive_that_goes_beyond_is_told() {
    let text =
        "$TTL 60\n$GENERATE 1-600 a$ A 192.0.2.1\n  \n$GENERATE 1-401 b$ A 192.0.2.1\n$GENERATE 1-9 c$ A 192.0.2.1\n";
    assert_eq!(
        counted(text, Made { records: 1000, ..ANY }).unwrap_err(),
        "4:1: $GENERATE would make 1001 records, with those before it; at most 1000 are made of one text | take a \
         smaller range, or raise [limits] generate_records of the server"
    );
    assert_eq!(counted(text, Made { records: 1010, ..ANY }).map(|made| made.records), Ok(1010));
    let told = counted(text, Made { octets: 10_000, ..ANY }).unwrap_err();
    assert!(told.starts_with("2:1: $GENERATE would make") && told.contains("octets"), "{told}");
    assert!(told.ends_with("raise [limits] generate_octets of the server"), "{told}");
}

/// Counting goes as far as reading does, whatever is wrong on the way.
#[test]
fn faults_hide_no_directive() {
    let faults = "a A nothing\n".repeat(200);
    let beyond = "$GENERATE 1-2000000 a$ A 192.0.2.1\n";
    for text in [
        format!("{faults}{beyond}"),
        format!("$GENERATE 1-1 @ SOA . . 1 2 3 4 5\n{}{beyond}", "a A 192.0.2.1\n".repeat(200)),
        format!("$GENERATE x\n$INCLUDE other\n{beyond}"),
        format!("a TXT \"open\n{beyond}"),
        format!("$ORIGIN ..\n$TTL x\n{beyond}"),
    ] {
        let told = counted(&text, ANY).unwrap_err();
        assert!(told.contains(" records, with"), "{told}");
    }
}

#[test]
fn a_template_that_becomes_long_is_not_written_to_be_counted() {
    let text = format!("$TTL 60\n$GENERATE 1-1 a TXT {}\n", "${0,255,d}".repeat(2_000_000));
    assert!(counted(&text, ANY).unwrap_err().contains("generate_octets"));
}
