//! Several files as one world, and files that are no zone.

use super::{lines, name, read, source, Folder, HEAD};
use truename_core::facts::FactKind;
use truename_core::graph::Node;
use truename_core::publish::Graph;
use truename_core::walk::Limits;
use truename_core::world::World;
use truename_core::zonefile::Texts;

#[test]
fn two_files_for_one_zone() {
    let folder = Folder::new();
    let one = folder.zone("example.com", "www 60 A 192.0.2.1\n");
    let two = folder.write("two.zone", format!("$ORIGIN example.com.\n{HEAD}other 60 A 192.0.2.1\n"));
    let (world, outcomes) = read(&[&one, &two]);
    assert_eq!((outcomes[0].is_zone, outcomes[1].is_zone), (true, false));
    assert_eq!(
        lines(&world, &[FactKind::ZoneTwice]),
        ["two.zone:0:0 zone-twice example.com. SOA [example.com.zone:0:0]"]
    );
    assert!(world.snapshot().exists(&name("www.example.com")) && !world.snapshot().exists(&name("other.example.com")));
}

#[test]
fn links_lead_from_file_to_file() {
    let folder = Folder::new();
    let one = folder.zone("example.com", "a 60 CNAME there.example.org.\nb 60 CNAME gone.example.org.\n");
    let two = folder.zone("example.org", "there 60 A 192.0.2.1\n");
    let (world, _) = read(&[&one, &two]);
    let expected = ["example.com.zone:5:1 target-missing b.example.com. CNAME gone.example.org."];
    assert_eq!(lines(&world, &[FactKind::TargetMissing]), expected);
}

#[test]
fn a_file_that_is_not_there_and_one_that_is() {
    let folder = Folder::new();
    let good = folder.zone("example.com", "");
    let (world, outcomes) = read(&[&folder.0.join("none.zone"), &good, &folder.0]);
    assert!(outcomes[0].error.is_some() && outcomes[2].error.is_some());
    assert!(outcomes[1].error.is_none() && outcomes[1].is_zone);
    assert_eq!(world.zones().count(), 1);
}

#[test]
fn what_a_zone_lacks() {
    let folder = Folder::new();
    let path = folder.write("example.com.zone", "www 60 A 192.0.2.1\n");
    let kinds = [FactKind::SoaMissing, FactKind::NsMissing];
    let (world, outcomes) = read(&[&path]);
    assert!(
        outcomes[0].is_zone
            && world.snapshot().exists(&name("www.example.com"))
            && world.snapshot().exists(&name("example.com"))
    );
    let expected =
        ["example.com.zone:0:0 soa-missing example.com. SOA", "example.com.zone:0:0 ns-missing example.com. NS"];
    assert_eq!(lines(&world, &kinds), expected);
    // What cannot be read may be what is missing.
    for (text, missing) in
        [("@ 60 SOA ns\n", 1), ("@ 60 SOAA ns\n", 0), ("x 60 A nothing\n", 2), ("$INCLUDE none\n", 0)]
    {
        let (world, _) = read(&[&folder.write("example.net.zone", text)]);
        assert_eq!(lines(&world, &kinds).len(), missing, "{text}");
    }
    // With an SOA, what is missing stands there.
    let (world, _) = read(&[&folder.write("example.net.zone", "\n@ 60 SOA ns host 1 2 3 4 5\n")]);
    assert_eq!(lines(&world, &kinds), ["example.net.zone:2:1 ns-missing example.net. NS"]);
}

#[test]
fn an_empty_file_is_no_zone() {
    let folder = Folder::new();
    let (world, outcomes) = read(&[&folder.write("example.com.zone", "; nothing\n")]);
    assert!(!outcomes[0].is_zone && outcomes[0].error.is_none());
    assert_eq!(lines(&world, &[FactKind::SoaMissing, FactKind::NsMissing]).len(), 2);
    assert!(!world.snapshot().exists(&name("example.com")));
}

#[test]
fn files_that_come_later() {
    let folder = Folder::new();
    let (mut world, _) = read(&[&folder.zone("example.com", "a 60 CNAME b.example.org.\n")]);
    assert!(lines(&world, &[FactKind::TargetMissing]).is_empty());
    let later = folder.zone("example.org", "c 60 CNAME gone\n");
    world.read(&[source(&later)], &mut |_, _| true).expect("read");
    let expected = [
        "example.com.zone:4:1 target-missing a.example.com. CNAME b.example.org.",
        "example.org.zone:4:1 target-missing c.example.org. CNAME gone.example.org.",
    ];
    assert_eq!(lines(&world, &[FactKind::TargetMissing]), expected);
}

#[test]
fn reading_can_be_stopped() {
    let folder = Folder::new();
    let paths: Vec<_> = (0..50).map(|i| folder.zone(&format!("z{i}.example"), "")).collect();
    let sources: Vec<_> = paths.iter().map(|path| source(path)).collect();
    let mut world = World::new(Limits { max_chain: 16, within_zone: false });
    let mut told = Vec::new();
    assert!(world
        .read(&sources, &mut |done, total| {
            told.push((done, total));
            told.len() < 10
        })
        .is_none());
    assert_eq!(world.zones().count(), 0);
    assert!(told.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 == pair[1].1), "{told:?}");
    world.read(&sources, &mut |_, _| true).expect("read");
    assert_eq!(world.zones().count(), 50);
}

#[test]
fn a_text_stands_for_a_file_and_for_one_that_is_included() {
    let folder = Folder::new();
    let path = folder.zone("example.com", "www 60 A 192.0.2.2\n");
    let included = folder.write("more", "web 60 A 192.0.2.3\n");
    let texts = Texts::from([
        (path.clone(), format!("{HEAD}$INCLUDE more\n").into_bytes()),
        (included.clone(), b"web 60 A 192.0.2.3\nother 60 A 192.0.2.4\n".to_vec()),
    ]);
    let mut world = World::new(Limits { max_chain: 16, within_zone: false });
    let outcomes = world.read_with(&[source(&path)], &texts, &mut |_, _| true).expect("was not stopped");
    assert_eq!((outcomes[0].records, outcomes[0].files.as_slice()), (5, &[path, included][..]));
    assert!(world.snapshot().exists(&name("other.example.com")) && !world.snapshot().exists(&name("www.example.com")));
}

/// Large enough for every thread that takes part in large files.
#[test]
fn a_large_zone_is_the_same_however_it_is_read() {
    const ALIASES: usize = 120_000;
    let folder = Folder::new();
    let text: String = (0..ALIASES).map(|i| format!("a{i} 60 CNAME h{}\n", i % 1000)).collect();
    let hosts: String = (0..1000).map(|i| format!("h{i} 60 A 192.0.2.1\n")).collect();
    let path = folder.zone("example.com", &format!("{text}{hosts}"));
    let (world, outcomes) = read(&[&path]);
    let graph = Graph::new(Limits { max_chain: 16, within_zone: false });
    let loaded = graph.load(&path, None).expect("a file");
    assert!(loaded.problems.is_empty());
    assert_eq!((outcomes[0].records, outcomes[0].names), (loaded.zone.records, loaded.zone.names));
    assert_eq!(outcomes[0].names, ALIASES + 1002);
    for (snapshot, zone) in
        [(&**world.snapshot(), world.zones().next().expect("a zone")), (&graph.snapshot(), &loaded.zone)]
    {
        assert_eq!(snapshot.members(zone.id).count(), ALIASES + 1002);
        for i in (0..ALIASES).step_by(997) {
            let id = |text: String| snapshot.id(&name(&text)).expect("known");
            let (alias, host) = (id(format!("a{i}.example.com")), id(format!("h{}.example.com", i % 1000)));
            let node = snapshot.slot(alias).payload(zone.id).expect("held").node();
            assert!(matches!(node, Node::Alias(link, _) if link.target == host), "{i}");
            assert_eq!(snapshot.inbound_count(host), ALIASES / 1000);
        }
    }
    assert!(lines(&world, &[FactKind::TargetMissing]).is_empty());
}
