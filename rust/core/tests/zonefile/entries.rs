use crate::*;

#[test]
fn owner_ttl_class_and_type_in_every_order() {
    for line in
        ["www 5 IN A 192.0.2.1", "www IN 5 A 192.0.2.1", "WWW\t5\tin\ta\t192.0.2.1", "www 5 CLASS1 TYPE1 192.0.2.1"]
    {
        assert_eq!(records(line), ["www.example.com. 5 A 192.0.2.1"], "{line}");
    }
    assert_eq!(records("www A 192.0.2.1"), ["www.example.com. 60 A 192.0.2.1"]);
    assert_eq!(
        records("a A 192.0.2.1\n  A 192.0.2.2\n\tTXT x"),
        ["a.example.com. 60 A 192.0.2.1", "a.example.com. 60 A 192.0.2.2", "a.example.com. 60 TXT \"x\""]
    );
}

#[test]
fn names_are_absolute_and_in_lower_case() {
    assert_eq!(
        records("WWW CNAME Other\n@ MX 5 Mail.Example.ORG.\nx.y NS @"),
        [
            "www.example.com. 60 CNAME other.example.com.",
            "example.com. 60 MX 5 mail.example.org.",
            "x.y.example.com. 60 NS example.com.",
        ]
    );
    assert_eq!(
        records("$ORIGIN sub\na NS b\n$ORIGIN .\na NS b"),
        ["a.sub.example.com. 60 NS b.sub.example.com.", "a. 60 NS b."]
    );
}

/// Names are in lower case where signatures are made over them so, and as they were written elsewhere
/// (RFC 4034 6.2, RFC 6840 5.1).
#[test]
fn types_whose_names_keep_their_case() {
    let line = "a NSEC B.Example. A\na SVCB 1 Svc\na RRSIG A 8 2 5 1 1 1 Signer. AAAA\na NAPTR 1 1 U E2U \"\" Repl\na HIP 1 00 AAAA Rvs";
    assert_eq!(
        records(line),
        [
            "a.example.com. 60 NSEC B.Example. A",
            "a.example.com. 60 SVCB 1 Svc.example.com.",
            "a.example.com. 60 RRSIG A 8 2 5 19700101000001 19700101000001 1 signer. AAAA",
            "a.example.com. 60 NAPTR 1 1 \"U\" \"E2U\" \"\" repl.example.com.",
            "a.example.com. 60 HIP 1 00 AAAA Rvs.example.com.",
        ]
    );
}

#[test]
fn escapes() {
    assert_eq!(records(r"a\.b A 192.0.2.1"), [r"a\.b.example.com. 60 A 192.0.2.1"]);
    assert_eq!(records(r"\065\$\@ A 192.0.2.1"), [r"a\$\@.example.com. 60 A 192.0.2.1"]);
    assert_eq!(records(r"\@ NS \010.\255."), [r"\@.example.com. 60 NS \010.\255."]);
    assert_eq!(records(r#"a TXT \"\065\; "x\"\\;y" "#), [r#"a.example.com. 60 TXT "\"A;" "x\"\\;y""#]);
}

#[test]
fn parentheses_comments_and_line_ends() {
    let soa = "@ SOA a b ( 1 ; serial\r\n\t2 3\r\n 4 ) 5 ; end\r\n";
    assert_eq!(records(soa), ["example.com. 60 SOA a.example.com. b.example.com. 1 2 3 4 5"]);
    assert_eq!(records("(\na A (192.0.2.1)\n)"), ["a.example.com. 60 A 192.0.2.1"]);
    assert_eq!(records("a TXT(\"x\"y;(\n)"), ["a.example.com. 60 TXT \"x\" \"y\""]);
    assert_eq!(records("a TXT ( \"two\nlines\" )"), ["a.example.com. 60 TXT \"two\\010lines\""]);
    assert_eq!(records("; comment\n\n   ; comment\n\t\r\na TXT x;y"), ["a.example.com. 60 TXT \"x\""]);
}

#[test]
fn byte_order_mark() {
    let (lines, read) = parse(b"\xef\xbb\xbfwww 5 A 192.0.2.1");
    assert!(read.problems.is_empty());
    assert_eq!((lines.records[0].as_str(), lines.positions[0]), ("www.example.com. 5 A 192.0.2.1", (1, 1, 1, 9)));
}

#[test]
fn positions() {
    let text = "$TTL 5\n  \na   A  192.0.2.1\n  TXT ( ; c\n\n    x )\nAPL-owner APL";
    let (lines, read) = parse(text.as_bytes());
    assert!(read.problems.is_empty());
    assert_eq!(lines.positions, [(3, 1, 3, 8), (4, 3, 6, 5), (7, 1, 7, 14)]);
}

#[test]
fn unknown_types() {
    assert_eq!(records("a TYPE731 \\# 3 ab cd e f"), ["a.example.com. 60 TYPE731 \\# 3 abcdef"]);
    assert_eq!(records("a TYPE731 \\# 0"), ["a.example.com. 60 TYPE731 \\# 0"]);
    assert_eq!(records("a MX \\# 5 000a 014100"), ["a.example.com. 60 MX 10 a."]);
    assert_eq!(
        records("a ALIAS b\na TYPE65401 \\# 3 014200"),
        ["a.example.com. 60 ALIAS b.example.com.", "a.example.com. 60 ALIAS b."]
    );
}
