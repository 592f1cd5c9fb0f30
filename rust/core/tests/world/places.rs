//! Positions: of the record, of its data, in included files, in the order of the files.

use super::{facts, found, line, lines, read, Folder, HEAD};
use truename_core::facts::FactKind;

#[test]
fn data_stand_where_they_begin() {
    let folder = Folder::new();
    let path = folder.zone("example.com", "www 60 IN (\n   CNAME\n  missing )\n  60 A 192.0.2.1\n");
    let (world, _) = read(&[&path]);
    let conflict = facts(&world).into_iter().find(|placed| placed.fact.kind == FactKind::ConflictAliasData);
    let conflict = conflict.expect("a conflict");
    assert_eq!((conflict.at.line, conflict.at.column, conflict.data_at), (4, 1, (6, 3)));
    let other = conflict.other_at.expect("the address");
    assert_eq!((other.line, other.column), (7, 3));
}

#[test]
fn facts_of_the_graph_stand_at_their_record() {
    let folder = Folder::new();
    let path = folder.zone("example.com", "b 60 CNAME gone\nm 60 MX 10 ns\nm 60 MX 20 nobody\na 60 CNAME nowhere\n");
    let (world, _) = read(&[&path]);
    let expected = [
        "example.com.zone:4:1 target-missing b.example.com. CNAME gone.example.com.",
        "example.com.zone:6:1 target-missing m.example.com. MX 20 nobody.example.com.",
        "example.com.zone:7:1 target-missing a.example.com. CNAME nowhere.example.com.",
    ];
    assert_eq!(lines(&world, &[FactKind::TargetMissing]), expected);
}

#[test]
fn scattered_records_of_an_owner() {
    let found = found("www 60 A 192.0.2.1\nx 60 A 192.0.2.2\nwww 60 CNAME a\nx 60 CNAME a\n");
    let expected = [
        "example.com.zone:6:1 conflict-alias-data www.example.com. CNAME a.example.com. [example.com.zone:4:1]",
        "example.com.zone:7:1 conflict-alias-data x.example.com. CNAME a.example.com. [example.com.zone:5:1]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn included_files() {
    let folder = Folder::new();
    folder.write("hosts.inc", "\nwww 60 CNAME a\n");
    let path = folder.zone("example.com", "www 60 A 192.0.2.1\n$INCLUDE hosts.inc\n$INCLUDE none.inc\n");
    let (world, outcomes) = read(&[&path]);
    assert_eq!(outcomes[0].files.len(), 2);
    let found: Vec<String> = lines(&world, &[FactKind::ConflictAliasData, FactKind::Unreadable]);
    assert!(found[0].starts_with("example.com.zone:6:10 unreadable"), "{found:?}");
    let conflict = "hosts.inc:2:1 conflict-alias-data www.example.com. CNAME a.example.com. [example.com.zone:4:1]";
    assert_eq!(found[1], conflict);
}

#[test]
fn one_owner_with_many_records() {
    let folder = Folder::new();
    let text: String = (0..200).map(|i| format!("m 60 MX {i} gone{i}\n")).collect();
    let (world, _) = read(&[&folder.zone("example.com", &text)]);
    let missing = world
        .facts(None, &truename_core::facts::Asked::new(truename_core::facts::Kinds::of(&[FactKind::TargetMissing])));
    let found: Vec<u32> = missing.iter().map(|placed| placed.at.line).collect();
    assert!(found.iter().copied().eq(4..204), "{found:?}");
}

#[test]
fn files_come_in_the_order_they_were_given() {
    let folder = Folder::new();
    let paths: Vec<_> =
        (0..40).rev().map(|i| folder.zone(&format!("z{i}.example"), "a 60 CNAME gone\na 60 A 192.0.2.1\n")).collect();
    let (world, outcomes) = read(&paths.iter().map(|path| path.as_path()).collect::<Vec<_>>());
    assert!(outcomes.iter().zip(&paths).all(|(outcome, path)| outcome.path == *path));
    let found: Vec<String> = facts(&world).iter().map(|placed| line(&world, placed)).collect();
    let conflicts: Vec<&String> = found.iter().filter(|line| line.contains("conflict")).collect();
    assert_eq!(conflicts.len(), 40);
    assert!(conflicts.iter().zip((0..40).rev()).all(|(line, i)| line.starts_with(&format!("z{i}.example.zone:4:1"))));
}

#[test]
fn a_name_of_two_zones() {
    let folder = Folder::new();
    let parent =
        folder.zone("example.com", "sub 60 NS ns.sub\nsub 60 CNAME a\nns.sub 60 A 192.0.2.1\nns.sub 60 CNAME b\n");
    let child = folder.write("sub.example.com.zone", format!("{HEAD}ns 60 CNAME c\n"));
    let (world, _) = read(&[&parent, &child]);
    let expected = [
        "example.com.zone:5:1 conflict-alias-data sub.example.com. CNAME a.example.com. [example.com.zone:4:1]",
        "example.com.zone:7:1 conflict-alias-data ns.sub.example.com. CNAME b.example.com. [example.com.zone:6:1]",
        "sub.example.com.zone:4:1 conflict-alias-data ns.sub.example.com. CNAME c.sub.example.com. [sub.example.com.zone:3:1]",
    ];
    assert_eq!(lines(&world, &[FactKind::ConflictAliasData]), expected);
}
