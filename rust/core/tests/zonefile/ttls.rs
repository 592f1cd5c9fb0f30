use crate::*;

fn without_default(text: &str) -> Vec<String> {
    let (lines, read) = parse(text.as_bytes());
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    lines.records.iter().filter_map(|line| line.split(' ').nth(1).map(str::to_string)).collect()
}

#[test]
fn the_directive_then_the_last_one_then_the_soa_minimum() {
    assert_eq!(without_default("$TTL 7\na 5 A 192.0.2.1\nb A 192.0.2.1"), ["5", "7"]);
    assert_eq!(without_default("a 5 A 192.0.2.1\nb A 192.0.2.1\n$TTL 9\nc A 192.0.2.1"), ["5", "5", "9"]);
    assert_eq!(without_default("@ SOA a b 1 2 3 4 55\nb A 192.0.2.1"), ["55", "55"]);
}

#[test]
fn units() {
    assert_eq!(
        without_default("$TTL 1h30m\na A 192.0.2.1\na 1W2d3H4m5s A 192.0.2.1\na 2h5 A 192.0.2.1"),
        ["5400", "788645", "7205"]
    );
    assert_eq!(
        records("@ SOA a b 1 2h 30m 2w 1d"),
        ["example.com. 60 SOA a.example.com. b.example.com. 1 7200 1800 1209600 86400"]
    );
}

#[test]
fn no_ttl_anywhere() {
    assert_eq!(problems("a A 192.0.2.1").len(), 1);
    assert!(problems("a A 192.0.2.1")[0].starts_with("1:1: the record has no TTL | write `$TTL 3600`"));
}

#[test]
fn rfc_2181_8_limit() {
    assert_eq!(without_default("a 2147483647 A 192.0.2.1"), ["2147483647"]);
    assert_problem("a 2147483648 A 192.0.2.1", "2:3: the TTL `2147483648` is over", "86400");
    assert_problem("a 99999999999999999999 A 192.0.2.1", "2:3: `99999999999999999999` is no TTL", "3600");
    assert_problem("$TTL 2147483648", "2:6: the TTL", "86400");
    assert_problem("a 1x A 192.0.2.1", "2:3: `1x` is no TTL", "1h");
}
