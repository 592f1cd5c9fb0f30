use crate::*;

#[test]
fn all_at_once_and_the_rest_is_read() {
    let text = "$TTL 5\na A 192.0.2.256\nb A 192.0.2.1\nc AAA ::1\nd CNAME e f\ne A 192.0.2.2\n";
    let (lines, read) = parse(text.as_bytes());
    assert_eq!(lines.records, ["b.example.com. 5 A 192.0.2.1", "e.example.com. 5 A 192.0.2.2"]);
    assert_eq!(read.problems.iter().map(|p| (p.at.line, p.at.column)).collect::<Vec<_>>(), [(2, 5), (4, 3), (5, 11)]);
}

#[test]
fn types() {
    assert_problem("a CNAM b", "2:3: `CNAM` is no record type", "did you mean CNAME?");
    assert_problem("a b.example.org.", "2:3: `b.example.org.` is no record type", "CNAME b.example.org.");
    assert_problem("a 192.0.2.1", "2:3: an address where the type should be", "A 192.0.2.1");
    assert_problem("a 2001:db8::1", "2:3: an address where the type should be", "AAAA 2001:db8::1");
    assert_problem("a dead::1", "2:3: `dead::1` is no record type", "AAAA dead::1");
    assert_problem("a 60 IN", "2:8: the record's type is missing", "owner [TTL] [IN] type data");
    assert_problem("a 60 IN 60 A 192.0.2.1", "2:9: a second TTL", "");
    assert_problem("a IN IN A 192.0.2.1", "2:6: a second class", "");
    assert_problem("a CH A 192.0.2.1", "2:3: the class `CH`", "IN");
    assert_problem("a CLASS3 TXT x", "2:3: the class `CLASS3`", "IN");
    assert_problem("a ANY x", "2:3: ANY exists only in questions", "");
    assert_problem("a TYPE0 \\# 0", "2:3: TYPE0 exists only", "");
    assert_problem("a OPT \\# 0", "2:3: OPT exists only", "");
    assert_problem("a \"A\" 192.0.2.1", "2:3: a quoted string", "");
}

#[test]
fn addresses() {
    assert_problem(
        "a A 2001:db8::1",
        "2:5: `2001:db8::1` is no IPv4 address",
        "an IPv6 address belongs in an AAAA record",
    );
    assert_problem("a AAAA 192.0.2.1", "2:8: `192.0.2.1` is no IPv6 address", "an IPv4 address belongs in an A record");
    assert_problem("a A host.example.", "2:5: `host.example.` is no IPv4 address", "CNAME host.example.");
    assert_problem("a A", "2:4: the data of A is not complete", "192.0.2.1");
    assert_problem("a A 192.0.2.1 192.0.2.2", "2:15: `192.0.2.2` is more than the data of A has", "192.0.2.1");
}

#[test]
fn a_name_may_look_like_an_address() {
    assert_eq!(records("blog CNAME 192.0.2.1"), ["blog.example.com. 60 CNAME 192.0.2.1.example.com."]);
}

#[test]
fn names() {
    let long = "a".repeat(64);
    assert_problem(&format!("{long} A 192.0.2.1"), "2:1: `aaaa", "63 octets");
    assert_problem(&format!("a CNAME {long}"), "2:9: `aaaa", "63 octets");
    assert_problem(&format!("a CNAME {}", "a.".repeat(130)), "2:9: `a.a.", "origin");
    assert_problem("a..b A 192.0.2.1", "2:1: `a..b` is no name", "one dot");
    assert_problem("a CNAME \"b\"", "2:9: a name is not written in quotes", "quotes");
    assert_problem(r"a\25 A 192.0.2.1", r"2:1: `a\25` is no name: a backslash", r"\\");
    assert_problem(" A 192.0.2.1", "2:2: the record has no owner", "begin the line");
}

#[test]
fn an_owner_that_cannot_be_read_is_reported_once() {
    let (lines, read) = parse(b"$TTL 5\na A 192.0.2.1\nb..c A 192.0.2.2\n A 192.0.2.3\nd A 192.0.2.4");
    assert_eq!(lines.records, ["a.example.com. 5 A 192.0.2.1", "d.example.com. 5 A 192.0.2.4"]);
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn data() {
    assert_problem("a MX mail", "2:6: `mail` is no number from 0 to 65535", "MX data looks like: 10 mail.example.com.");
    assert_problem("a MX 65536 mail", "2:6: `65536` is no number", "10 mail");
    assert_problem("a MX 10", "2:8: the data of MX is not complete", "10 mail");
    assert_problem(&format!("a TXT x {}", "y".repeat(256)), "2:9: a string of 256 octets", "split it");
    assert_problem("a TXT \"x\\300\"", "2:9: a backslash", r"write `\192` for `\300`, which is octal");
    assert_problem("a TXT \"x\\999\"", "2:9: a backslash", r"\\");
    assert_problem("a SSHFP 1 1 abc", "2:16: an odd number of hexadecimal digits", "two digits");
    assert_problem("a SSHFP 1 1 ab cg", "2:17: `cg` is no hexadecimal text", "SSHFP data looks like");
    assert_problem("a DNSKEY 256 3 8 AA!A", "2:20: `AA!A` is no base 64 text", "DNSKEY data looks like");
    assert_problem("a DNSKEY 256 3 RSA AAAA", "2:16: `RSA` is no DNSSEC algorithm", "DNSKEY");
    assert_problem("a TYPE731 x", "2:11: TYPE731 has no written form", "\\# LENGTH");
    assert_problem("a TYPE731 \\# 3 abcd", "2:14: the length says 3, but there are 2 octets", "write 2");
    assert_problem("a A \\# 3 abcdef", "2:5: these octets are no data of A", "");
    assert_problem("a MX \\# 4 000a0141", "2:6: these octets are no data of MX", "");
    assert_problem("a NSEC b A NSX", "2:12: `NSX` is no record type", "did you mean");
    assert_problem("a CAA 0 is-sue x", "2:9: `is-sue` is no property tag", "issue");
}

#[test]
fn parentheses_and_quotes() {
    assert_problem("a TXT (x\n y\nb A 192.0.2.1", "2:7: this parenthesis is never closed", "`)`");
    assert_problem("a TXT x )\nb A 192.0.2.1", "2:9: a closing parenthesis", "away");
    assert_problem("a TXT \"x y\nb A 192.0.2.1", "2:7: this quoted string is never closed", "`\"`");
}

#[test]
fn behind_an_unclosed_parenthesis_reading_goes_on() {
    let (lines, read) = parse(b"$TTL 5\n@ SOA a b (\n  1\n  2 3 4 5\na A 192.0.2.1\nb AAA ::1\n");
    assert_eq!(lines.records, ["a.example.com. 5 A 192.0.2.1"]);
    let found: Vec<_> = read.problems.iter().map(|p| (p.at.line, p.at.column)).collect();
    assert!(found.contains(&(2, 11)) && found.contains(&(6, 3)), "{found:?}");
}

#[test]
fn control_characters() {
    assert_problem("a\0b A 192.0.2.1\nb A 192.0.2.1", "2:2: the control character 0", "\\000");
    assert_eq!(problems("\0\u{1}\u{2}\n".repeat(1000)).len(), 51);
}

#[test]
fn many_problems_end_the_reading() {
    let found = problems("a A x\n".repeat(100_000));
    assert_eq!(found.len(), 51);
    assert!(found[50].contains("more than 50 problems"), "{}", found[50]);
}
