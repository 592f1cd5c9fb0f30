use super::*;

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

#[test]
fn text_and_back() {
    for text in [".", "example.com.", "a\\.b.example.", "\\000\\255x.example.", "\\@.example.", "*.example."] {
        assert_eq!(name(text).to_string(), text);
    }
}

#[test]
fn labels_as_they_are_written() {
    let cut = |text| written_labels(text).collect::<Vec<_>>();
    assert_eq!(cut("www.Example.com."), ["www", "Example", "com"]);
    assert_eq!(cut(r"a\.b\046c\\.d"), [r"a\.b\046c\\", "d"]);
    assert_eq!(cut("b\u{fc}cher.\\\u{fc}.de"), ["b\u{fc}cher", "\\\u{fc}", "de"]);
    assert_eq!(cut("a..b"), ["a", "", "b"]);
    assert_eq!(cut("a\\"), ["a\\"]);
    for root in [".", ""] {
        assert_eq!(cut(root), [""; 0]);
    }
}

#[test]
fn relative_names_take_the_origin() {
    let origin = name("example.com");
    assert_eq!(Name::from_text("www", &origin).unwrap(), name("www.example.com"));
    assert_eq!(Name::from_text("www.", &origin).unwrap(), name("www"));
}

#[test]
fn limits() {
    let long = "a".repeat(64);
    assert_eq!(long.parse::<Name>(), Err(NameError::LabelTooLong));
    assert!("a".repeat(63).parse::<Name>().is_ok());
    let label = "a".repeat(63);
    let most = format!("{label}.{label}.{label}.{}.", "a".repeat(61));
    assert_eq!(name(&most).len(), 255);
    let over = format!("{label}.{label}.{label}.{}.", "a".repeat(62));
    assert_eq!(over.parse::<Name>(), Err(NameError::NameTooLong));
    assert_eq!("a..b".parse::<Name>(), Err(NameError::EmptyLabel));
    assert_eq!(".a".parse::<Name>(), Err(NameError::EmptyLabel));
    assert_eq!("a\\256".parse::<Name>(), Err(NameError::BadEscape));
    assert_eq!("a\\".parse::<Name>(), Err(NameError::BadEscape));
}

#[test]
fn in_place_reading_agrees_with_from_text() {
    let origin = name("example.com");
    let label = "a".repeat(63);
    let full = format!("{label}.{label}.{label}.{}.", "a".repeat(61));
    let over = format!("{label}.{label}.{label}.{}.", "a".repeat(62));
    let fits = format!("{label}.{label}.{label}.{}", "a".repeat(49));
    let just_over = format!("{label}.{label}.{label}.{}", "a".repeat(50));
    let long = "a".repeat(300);
    for text in [
        ".",
        "www",
        "www.",
        "a.b",
        "a.b.",
        "",
        "..",
        "a..b",
        ".a",
        "a\\.b",
        "a\\256",
        "a\\",
        "\\065",
        &label,
        &full,
        &over,
        &fits,
        &just_over,
        &long,
        &long[..64],
    ] {
        let mut read = name("before.example");
        let outcome = read.set_lowercase(text.as_bytes(), &origin).map(|()| read);
        assert_eq!(outcome, Name::from_text(text, &origin).map(Name::to_lowercase), "{text}");
    }
    let mut read = Name::ROOT;
    assert_eq!(read.set_lowercase(b"WwW", &origin).map(|()| read.as_wire()[1..4].to_vec()), Ok(b"www".to_vec()));
}

#[test]
fn wire_is_checked() {
    assert_eq!(Name::from_wire(b"\x03www"), Err(NameError::Truncated));
    assert_eq!(Name::from_wire(b"\xc0\x0c"), Err(NameError::LabelTooLong));
    assert_eq!(Name::from_wire(b"\x01a\x00rest").unwrap(), name("a"));
}

#[test]
fn below_respects_labels() {
    assert!(name("a.Example.com").is_at_or_below(&name("example.com")));
    assert!(!name("aexample.com").is_at_or_below(&name("example.com")));
    // The octets of `other` also occur inside a label here, one off a label's start.
    let tricky = Name::from_wire(b"\x06\x01a\x03com\x03com\x00");
    assert!(tricky.is_ok_and(|n| !n.is_at_or_below(&name("a.com.com"))));
}

#[test]
fn dname_replacement() {
    let (old, new) = (name("example.com"), name("example.net"));
    assert_eq!(name("a.b.example.com").replace_suffix(&old, &new), Ok(name("a.b.example.net")));
}

#[test]
fn canonical_order_of_rfc_4034() {
    let order = [
        "example",
        "a.example",
        "yljkjljk.a.example",
        "Z.a.example",
        "zABC.a.EXAMPLE",
        "z.example",
        "\\001.z.example",
        "*.z.example",
        "\\200.z.example",
    ];
    assert!(order.windows(2).all(|w| name(w[0]) < name(w[1])));
}

#[test]
fn lower_case_reaches_the_last_octet_of_names_of_any_length() {
    for labels in [1, 7, 8, 9, 119, 120, 126, 127] {
        let wire = [b"\x01A".repeat(labels), vec![0]].concat();
        let mut name = Name::from_wire(&[b"\x01Z".repeat(127), vec![0]].concat()).unwrap();
        name.assign_lowercase(&wire);
        assert_eq!(name.as_wire(), wire.to_ascii_lowercase());
    }
}
