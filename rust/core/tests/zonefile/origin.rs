use crate::*;

fn origin_of(path: &str, text: &str) -> (Name, Vec<String>) {
    let mut lines = Lines::default();
    let read = read_bytes(text.as_bytes(), Path::new(path), None, &mut lines);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    (read.origin, lines.records)
}

#[test]
fn from_the_soa_the_directive_or_the_file() {
    const SOA: &str = "SOA a. b. 1 2 3 4 5\n";
    for (path, text, origin) in [
        ("x.zone", format!("Example.ORG. {SOA}www A 192.0.2.1"), "example.org."),
        ("x.zone", format!("$TTL 5 ; c\n\n(\nexample.org. 5 IN ) {SOA}www A 192.0.2.1"), "example.org."),
        ("x.zone", format!("$ORIGIN example.org.\n@ {SOA}www A 192.0.2.1"), "example.org."),
        ("x.zone", format!("$ORIGIN org.\nexample {SOA}www.example A 192.0.2.1"), "example.org."),
        ("x.zone", "$ORIGIN example.org.\nwww 5 A 192.0.2.1".to_string(), "example.org."),
        ("dir/Example.org.zone", format!("@ {SOA}www A 192.0.2.1"), "example.org."),
        ("example.org", format!("@ {SOA}www A 192.0.2.1"), "example.org."),
        ("example.org.zone", "\twww 5 A 192.0.2.1\n".trim_start().to_string(), "example.org."),
    ] {
        let (found, records) = origin_of(path, &text);
        assert_eq!(found.to_string(), origin, "{path} {text}");
        assert!(records.last().is_some_and(|record| record.starts_with("www.example.org. 5 A")), "{records:?}");
    }
}

#[test]
fn none_to_be_found() {
    let mut count = Count(0);
    let read = read_bytes(b"www 5 A 192.0.2.1", Path::new("a..b"), None, &mut count);
    assert_eq!((read.problems.len(), count.0), (1, 0));
    assert!(read.problems[0].hint.contains("$ORIGIN"));
}

#[test]
fn the_argument_goes_before_everything() {
    let (lines, read) = parse(b"other. 5 SOA a b 1 2 3 4 5\nwww A 192.0.2.1");
    assert_eq!(read.origin, name("example.com"));
    assert_eq!(lines.records[1], "www.example.com. 5 A 192.0.2.1");
}
