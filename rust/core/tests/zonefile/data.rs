use crate::*;

fn wire(rtype: &str, text: &str) -> Vec<u8> {
    let rtype: Rtype = rtype.parse().expect("a type");
    rdata_from_text(rtype, text, &name("example.com")).unwrap_or_else(|fault| panic!("{rtype} {text}: {fault}"))
}

#[test]
fn every_type_of_the_sample_zone_reads_back() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/alltypes.zone");
    let mut first = Lines::default();
    let zone = read(&path, None, &mut first).expect("the sample zone");
    assert!(zone.problems.is_empty(), "{:?}", zone.problems);
    assert_eq!(zone.origin, name("alltypes.example"));
    let types: std::collections::HashSet<&str> =
        first.records.iter().filter_map(|line| line.split(' ').nth(2)).collect();
    assert!(types.len() > 75, "{}", types.len());
    let text: String = first.records.iter().map(|line| format!("{line}\n")).collect();
    let mut second = Lines::default();
    let again = read_bytes(text.as_bytes(), Path::new("alltypes.example.zone"), None, &mut second);
    assert!(again.problems.is_empty(), "{:?}", again.problems);
    assert_eq!(first.records, second.records);
}

#[test]
fn wire_forms_of_the_rfcs() {
    // RFC 1876 4, 3123 4, 4034 4.3, 8777 A, 4398 2, 2782, 7553 4.5, 8659 4.1, 5155 3.3
    assert_eq!(
        wire("LOC", "42 21 54 N 71 06 18 W -24m 30m"),
        b"\x00\x33\x16\x13\x89\x17\x2d\xd0\x70\xbe\x15\xf0\x00\x98\x8d\x20"
    );
    assert_eq!(
        wire("APL", "1:192.168.32.0/21 !1:192.168.38.0/28"),
        b"\0\x01\x15\x03\xc0\xa8\x20\0\x01\x1c\x83\xc0\xa8\x26"
    );
    assert_eq!(
        wire("NSEC", "h. A MX RRSIG NSEC TYPE1234"),
        [&b"\x01h\0\0\x06\x40\x01\0\0\0\x03\x04\x1b"[..], &[0; 26], b"\x20"].concat()
    );
    assert_eq!(wire("AMTRELAY", "10 1 3 amt.example."), b"\x0a\x83\x03amt\x07example\0");
    assert_eq!(wire("CERT", "PKIX 1 RSASHA256 AAAA"), b"\0\x01\0\x01\x08\0\0\0");
    assert_eq!(wire("URI", "10 1 \"ftp://a\""), b"\0\x0a\0\x01ftp://a");
    assert_eq!(wire("CAA", "0 issue \"ca\""), b"\0\x05issueca");
    assert_eq!(wire("NSEC3PARAM", "1 0 12 aabbccdd"), b"\x01\0\0\x0c\x04\xaa\xbb\xcc\xdd");
    assert_eq!(wire("WKS", "192.0.2.1 tcp 25"), b"\xc0\0\x02\x01\x06\0\0\0\x40");
    assert_eq!(wire("HIP", "2 20 AAAA a."), b"\x01\x02\0\x03\x20\0\0\0\x01a\0");
}

#[test]
fn rrsig_times() {
    let text = "A 8 2 60 20380119031407 20000229120000 1 . AAAA";
    assert_eq!(present(Rtype::RRSIG, &wire("RRSIG", text)), text);
    assert_eq!(wire("RRSIG", "A 8 2 60 4294967295 0 1 . AAAA")[8..16], *b"\xff\xff\xff\xff\0\0\0\0");
    assert!(present(Rtype::RRSIG, &wire("RRSIG", "A 8 2 60 4294967295 0 1 . AAAA")).contains("21060207062815"));
}

/// The test vectors of RFC 9460 appendix D.
#[test]
fn svcb_vectors() {
    for (text, wanted) in [
        ("0 foo.example.com.", &b"\0\0\x03foo\x07example\x03com\0"[..]),
        ("1 .", b"\0\x01\0"),
        ("16 foo.example.com. port=53", b"\0\x10\x03foo\x07example\x03com\0\0\x03\0\x02\0\x35"),
        ("1 foo.example.com. key667=hello", b"\0\x01\x03foo\x07example\x03com\0\x02\x9b\0\x05hello"),
        ("1 foo.example.com. key667=\"hello\\210qoo\"", b"\0\x01\x03foo\x07example\x03com\0\x02\x9b\0\x09hello\xd2qoo"),
        ("1 . ipv6hint=\"2001:db8::1\"", b"\0\x01\0\0\x06\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
        ("16 . alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", b"\0\x10\0\0\x01\0\x0c\x08f\\oo,bar\x02h2"),
        ("16 . alpn=f\\\\\\092oo\\092,bar,h2", b"\0\x10\0\0\x01\0\x0c\x08f\\oo,bar\x02h2"),
        (
            "16 . alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1",
            b"\0\x10\0\0\0\0\x04\0\x01\0\x04\0\x01\0\x09\x02h2\x05h3-19\0\x04\0\x04\xc0\0\x02\x01",
        ),
    ] {
        assert_eq!(wire("SVCB", text), wanted, "{text}");
        assert_eq!(wire("SVCB", &present(Rtype::SVCB, wanted)), wanted, "{text}");
    }
}

#[test]
fn svcb_faults() {
    for text in [
        "1 . key123=abc key123=def",
        "1 . mandatory",
        "1 . alpn",
        "1 . port",
        "1 . ipv4hint",
        "1 . ipv6hint",
        "1 . ech",
        "1 . no-default-alpn=abc alpn=h2",
        "1 . no-default-alpn",
        "1 . mandatory=key123",
        "1 . mandatory=mandatory",
        "1 . mandatory=key123,key123 key123=abc",
        "1 . port=65536",
        "1 . ipv4hint=192.0.2.1,",
        "1 . alpn=h2,,h3",
        "1 . key65535=x",
        "1 . key065=x",
        "1 . unknown=x",
        "1 . \"alpn=h2\"",
        "1 . key3=x",
    ] {
        assert!(rdata_from_text(Rtype::SVCB, text, &Name::ROOT).is_err(), "{text}");
    }
    assert_eq!(
        present(Rtype::HTTPS, &wire("HTTPS", "1 . key9=\\000\\029 key19 key3=\\000\\053")),
        "1 . port=53 tls-supported-groups=29 key19"
    );
    let fault = rdata_from_text(Rtype::SVCB, "1 . alpn=h2 prt=53", &Name::ROOT).expect_err("no such key");
    assert_eq!((fault.column, fault.hint.contains("key65500")), (13, true));
}

#[test]
fn octets_that_do_not_fit_are_shown_as_octets() {
    assert_eq!(present(Rtype::A, b"\xc0\0\x02"), "\\# 3 c00002");
    assert_eq!(present(Rtype::MX, b"\0\x0a\x04mail"), "\\# 7 000a046d61696c");
    assert_eq!(present("LOC".parse().expect("a type"), &[0xff; 16]), format!("\\# 16 {}", "ff".repeat(16)));
    assert_eq!(present(Rtype(65280), b""), "\\# 0");
    assert_eq!(present("APL".parse().expect("a type"), b""), "\\# 0");
}

#[test]
fn every_octet_string_has_a_text_that_reads_back() {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    for round in 0..60_000u32 {
        let rtype = Rtype((round % 262 + 1) as u16);
        let length = next() % 24;
        let octets: Vec<u8> = (0..length).map(|_| if next() % 2 == 0 { next() % 8 } else { next() }).collect();
        let text = present(rtype, &octets);
        match rdata_from_text(rtype, &text, &Name::ROOT) {
            Ok(again) => assert!(again.eq_ignore_ascii_case(&octets), "{rtype} {octets:?} {text} {again:?}"),
            // Malformed octets of a known type are shown, but not taken.
            Err(fault) => assert!(fault.what.starts_with("these octets are no data"), "{rtype} {text}: {fault}"),
        }
    }
}

#[test]
fn names_inside_with_their_offsets() {
    let found = |rtype: &str, text: &str| -> Vec<(usize, String)> {
        let octets = wire(rtype, text);
        let rtype = rtype.parse().expect("a type");
        names_in(rtype, &octets)
            .map(|(at, octets)| (at, Name::from_wire(octets).expect("a name").to_string()))
            .collect()
    };
    let one = |at: usize| vec![(at, "a.example.com.".to_string())];
    for (rtype, text, at) in [
        ("CNAME", "a", 0),
        ("ALIAS", "a", 0),
        ("MX", "1 a", 2),
        ("SRV", "1 2 3 a", 6),
        ("SVCB", "1 a alpn=h2", 2),
        ("NSEC", "a A", 0),
        ("RRSIG", "A 8 2 60 1 1 1 a AAAA", 18),
        ("NAPTR", "1 2 \"x\" \"yz\" \"\" a", 10),
        ("IPSECKEY", "1 3 2 a AAAA", 3),
        ("AMTRELAY", "1 1 3 a", 2),
        ("HIP", "2 20 AAAA a", 8),
    ] {
        assert_eq!(found(rtype, text), one(at), "{rtype}");
    }
    assert_eq!(found("SOA", "a b 1 2 3 4 5"), [(0, "a.example.com.".to_string()), (15, "b.example.com.".to_string())]);
    assert_eq!(found("HIP", "2 20 AAAA a. b."), [(8, "a.".to_string()), (11, "b.".to_string())]);
    for (rtype, text) in
        [("A", "192.0.2.1"), ("TXT", "a"), ("IPSECKEY", "1 1 2 192.0.2.1 AAAA"), ("TYPE731", "\\# 2 0161")]
    {
        assert_eq!(found(rtype, text), [], "{rtype}");
    }
    assert_eq!(names_in(Rtype::MX, b"\0\x0a\x04mail").count(), 0);
}

#[test]
fn data_of_a_caller() {
    let origin = name("example.com");
    let fault = rdata_from_text(Rtype::MX, "10 a b", &origin).expect_err("too much data");
    assert_eq!((fault.line, fault.column), (1, 6));
    assert!(rdata_from_text(Rtype::A, "192.0.2.1\n192.0.2.2", &origin).is_err());
    assert_eq!(rdata_from_text(Rtype::A, "192.0.2.1\n", &origin), Ok(vec![192, 0, 2, 1]));
    assert_eq!(rdata_from_text(Rtype::CNAME, "@", &origin), Ok(origin.as_wire().to_vec()));
}
