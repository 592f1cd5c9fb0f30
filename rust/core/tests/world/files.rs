//! Several files as one world, and files that are no zone.

use super::{lines, name, read, source, Folder, HEAD};
use truename_core::graph::{FactKind, Limits, World};
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
    assert!(world.exists(&name("www.example.com")) && !world.exists(&name("other.example.com")));
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
    assert!(outcomes[0].is_zone && world.exists(&name("www.example.com")) && world.exists(&name("example.com")));
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
    assert!(!world.exists(&name("example.com")));
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
    assert!(world.exists(&name("other.example.com")) && !world.exists(&name("www.example.com")));
}
