//! What no node can hold: both records are named, everything of an owner is told, and the rest is placed.

use super::{found, lines, name, read, Folder};
use truename_core::facts::FactKind;
use truename_core::record::Rtype;

#[test]
fn an_alias_with_other_data_and_a_second_alias() {
    let found = found("www 60 A 192.0.2.1\nwww 60 CNAME a\nwww 60 CNAME b\nwww 60 TXT x\n");
    let expected = [
        "example.com.zone:5:1 conflict-alias-data www.example.com. CNAME a.example.com. [example.com.zone:4:1]",
        "example.com.zone:6:1 conflict-aliases www.example.com. CNAME b.example.com. [example.com.zone:5:1]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_same_record_twice_is_one_and_proofs_and_keys_may_stand_beside_an_alias() {
    assert!(found("www 60 CNAME a\nwww 60 CNAME a\nwww 60 NSEC x A\nwww 60 KEY 256 3 8 AwEAAag=\n").is_empty());
    assert_eq!(found("www 60 CNAME a\nwww 60 KEY 256 3 8 AwEAAag=\nwww 60 DNSKEY 256 3 8 AwEAAag=\n").len(), 1);
}

#[test]
fn an_alias_at_the_apex() {
    let found = found("@ 60 CNAME a\n@ 60 CNAME b\n");
    let expected = [
        "example.com.zone:4:1 conflict-apex-alias example.com. CNAME a.example.com.",
        "example.com.zone:5:1 conflict-aliases example.com. CNAME b.example.com. [example.com.zone:4:1]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_alias_alone_at_the_apex() {
    let folder = Folder::new();
    let (world, _) = read(&[&folder.write("example.com.zone", "@ 60 CNAME a\n")]);
    assert_eq!(lines(&world, &[FactKind::ConflictApexAlias]).len(), 1);
    assert_eq!(lines(&world, &[FactKind::SoaMissing, FactKind::NsMissing]).len(), 2);
}

#[test]
fn dnames() {
    let found = found("d 60 DNAME a\nd 60 DNAME b\nc 60 NS ns\nc 60 DNAME a\n@ 60 DNAME x.example.\n");
    let expected = [
        "example.com.zone:5:1 conflict-dnames d.example.com. DNAME b.example.com. [example.com.zone:4:1]",
        "example.com.zone:7:1 conflict-dname-ns c.example.com. DNAME a.example.com. [example.com.zone:6:1]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_can_be_held_is_held() {
    let folder = Folder::new();
    let text = "www 60 A 192.0.2.1\nwww 60 CNAME a\nwww 60 CNAME b\nd 60 DNAME a\nd 60 DNAME b\n\
                c 60 DNAME a\nc 60 NS ns\n@ 60 CNAME a\n@ 60 A 192.0.2.2\n";
    let (world, outcomes) = read(&[&folder.zone("example.com", text)]);
    assert!(outcomes[0].is_zone);
    assert_eq!((outcomes[0].records, outcomes[0].names, outcomes[0].serial), (12, 5, 7));
    let types = |owner: &str| -> Vec<String> {
        let snapshot = world.snapshot();
        let payload = snapshot.slot(snapshot.id(&name(owner)).expect("known")).payloads().next().expect("held");
        let alias = match payload.node() {
            truename_core::graph::Node::Alias(link, _) => vec![format!("CNAME {}", snapshot.name(link.target))],
            _ => Vec::new(),
        };
        alias
            .into_iter()
            .chain(payload.sets().iter().map(|set| format!("{} {}", set.rtype, set.iter().count())))
            .collect()
    };
    assert_eq!(types("www.example.com"), ["CNAME a.example.com."]);
    assert_eq!(types("d.example.com"), ["DNAME 1"]);
    assert_eq!(types("c.example.com"), ["NS 1"]);
    assert_eq!(types("example.com"), ["A 1", "NS 1", "SOA 1"]);
    assert_eq!(Rtype::A.to_string(), "A");
}

#[test]
fn outside_and_soas() {
    let found = found("x.example.org. 60 A 192.0.2.1\n@ 60 SOA ns host 8 7200 900 1209600 300\n");
    assert_eq!(found[0], "example.com.zone:4:1 outside x.example.org. A 192.0.2.1");
    assert!(found[1].starts_with("example.com.zone:5:1 soa-second example.com. SOA ns.example.com."), "{}", found[1]);
    assert!(found[1].ends_with("[example.com.zone:1:1]"), "{}", found[1]);
}

#[test]
fn a_misplaced_soa() {
    let folder = Folder::new();
    let path = folder.write("example.com.zone", "$ORIGIN example.com.\nsub 60 SOA ns host 7 7200 900 1209600 300\n");
    let mut world = truename_core::world::World::new(truename_core::walk::Limits { max_chain: 16, within_zone: false });
    let given = truename_core::world::Source { path, origin: Some(name("example.com")) };
    world.read(&[given], &mut |_, _| true).expect("read");
    let found = lines(&world, &[FactKind::SoaMisplaced]);
    assert!(found[0].starts_with("example.com.zone:2:1 soa-misplaced sub.example.com. SOA"), "{found:?}");
}
