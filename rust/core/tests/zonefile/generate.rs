use crate::*;

#[test]
fn numbers_and_formats() {
    assert_eq!(
        records("$GENERATE 1-5/2 h$ A 192.0.2.$"),
        ["h1.example.com. 60 A 192.0.2.1", "h3.example.com. 60 A 192.0.2.3", "h5.example.com. 60 A 192.0.2.5"]
    );
    assert_eq!(
        records("$GENERATE 10-10 a${-1,3,d} 5 IN CNAME b${0,4,x}.${0,0,o}"),
        ["a009.example.com. 5 CNAME b000a.12.example.com."]
    );
    assert_eq!(
        records("$GENERATE 255-255 ${0,7,n}.ip6 PTR h${0,2,X}-${0,3,N}.x."),
        ["f.f.0.0.ip6.example.com. 60 PTR hff-f.f.x."]
    );
    assert_eq!(records("$GENERATE 0-0 a${-2} CNAME \\$.$$"), ["a-2.example.com. 60 CNAME \\$.\\$.example.com."]);
}

#[test]
fn data_of_several_words() {
    assert_eq!(records("$GENERATE 1-1 @ MX \"10 mail$\" ; comment"), ["example.com. 60 MX 10 mail1.example.com."]);
    assert_eq!(records("$GENERATE 1-1 @ MX 10 mail$ ; comment"), ["example.com. 60 MX 10 mail1.example.com."]);
    assert_eq!(records("$GENERATE 1-1 a TXT x \"y; $\""), ["a.example.com. 60 TXT \"x\" \"y; 1\""]);
}

#[test]
fn the_owner_before_stays() {
    assert_eq!(
        records("a A 192.0.2.1\n$GENERATE 1-1 b$ A 192.0.2.2\n A 192.0.2.3")[2],
        "a.example.com. 60 A 192.0.2.3"
    );
}

#[test]
fn faults() {
    assert_problem("$GENERATE", "2:10: the range is missing", "$GENERATE 1-10");
    assert_problem("$GENERATE 5-1 a A 192.0.2.1", "2:11: `5-1` is no range", "$GENERATE 1-10");
    assert_problem("$GENERATE 1-5/0 a A 192.0.2.1", "2:11: `1-5/0` is no range", "");
    assert_problem("$GENERATE 1-5 a${1,2,q} A 192.0.2.1", "2:16: `${1,2,q}` is no format", "base one of");
    assert_problem("$GENERATE 1-5 a$ A 192.0.$", "2:20: `192.0.1` is no IPv4 address (made for $ = 1)", "");
    assert_problem("$GENERATE 1-5 a..$ A 192.0.2.$", "2:15: `a..1` is no name", "");
    assert_problem("$GENERATE 1-5 a$ CNAM x", "2:18: `CNAM` is no record type", "CNAME");
}

#[test]
fn too_many_are_refused_before_they_are_made() {
    assert_problem("$GENERATE 0-2147483647 a$ A 192.0.2.1", "2:11: $GENERATE would make 2147483648 records", "smaller");
    assert_problem("$GENERATE 0-2147483648 a$ A 192.0.2.1", "2:11: `0-2147483648` is no range", "");
    let long = format!("$GENERATE 0-16777215 a$ TXT {}", "\"x\" ".repeat(1000));
    assert_problem(&long, "2:11: $GENERATE would repeat too long a text", "smaller");
}
