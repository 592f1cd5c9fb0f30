//! Files that no zone file is like.

use super::{facts, lines, read, Folder, HEAD};
use std::time::{Duration, Instant};
use truename_core::facts::FactKind;

/// Far more than any of these takes on a slow machine, far less than what is unbounded.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn octets_that_are_no_text() {
    let folder = Folder::new();
    let octets: Vec<u8> = (0..3_000_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let start = Instant::now();
    let (world, outcomes) = read(&[&folder.write("example.com.zone", octets)]);
    let found = facts(&world);
    let unreadable: Vec<_> = found.iter().filter(|placed| placed.fact.kind == FactKind::Unreadable).collect();
    assert!((1..=51).contains(&unreadable.len()), "{}", unreadable.len());
    assert!(unreadable.last().expect("some").fact.detail.contains("not read further"));
    assert!(outcomes[0].error.is_none() && start.elapsed() < SOON);
}

#[test]
fn ten_megabytes_on_one_line() {
    let folder = Folder::new();
    let start = Instant::now();
    for octet in ["a", "(", "\"", "\\", " x"] {
        let (world, _) = read(&[&folder.write("example.com.zone", format!("{HEAD}{}\n", octet.repeat(10_000_000)))]);
        let found = lines(&world, &[FactKind::Unreadable]);
        assert!((1..=51).contains(&found.len()), "{octet}: {}", found.len());
        assert!(facts(&world).iter().all(|placed| placed.fact.detail.len() < 1000));
    }
    assert!(start.elapsed() < SOON);
}

#[test]
fn includes_without_end() {
    let folder = Folder::new();
    let own = folder.write("example.com.zone", format!("{HEAD}$INCLUDE example.com.zone\n"));
    (0..40).for_each(|i| {
        drop(folder.write(&format!("deep{i}"), format!("$INCLUDE deep{}\n$INCLUDE deep{}\n", i + 1, i + 2)))
    });
    let deep = folder.write("example.org.zone", format!("{HEAD}$INCLUDE deep0\n"));
    let start = Instant::now();
    let (world, _) = read(&[&own, &deep]);
    let found = lines(&world, &[FactKind::Unreadable]);
    assert!(found[0].starts_with("example.com.zone:4:10 unreadable"), "{found:?}");
    assert!(found.len() <= 52 && start.elapsed() < SOON);
}

#[test]
fn records_without_end() {
    let folder = Folder::new();
    let (world, _) = read(&[&folder.zone("example.com", "$GENERATE 0-2147483647 h$ 60 A 192.0.2.1\n")]);
    assert_eq!(lines(&world, &[FactKind::Unreadable]).len(), 1);
}

#[test]
fn faults_beside_records_are_all_told() {
    let folder = Folder::new();
    let text: String = (0..5_000).map(|i| format!("g{i} 60 A 192.0.2.1\nb{i} 60 A nothing\n")).collect();
    let (world, outcomes) = read(&[&folder.zone("example.com", &text)]);
    assert_eq!(lines(&world, &[FactKind::Unreadable]).len(), 5_000);
    assert_eq!(outcomes[0].records, 5_003);
}

#[test]
fn conflicts_without_end_are_all_told() {
    let folder = Folder::new();
    let text: String = (0..50_000).map(|i| format!("w{i} 60 A 192.0.2.1\nw{i} 60 CNAME ns\n")).collect();
    let start = Instant::now();
    let (world, _) = read(&[&folder.zone("example.com", &text)]);
    assert_eq!(lines(&world, &[FactKind::ConflictAliasData]).len(), 50_000);
    let text: String = (0..20_000).map(|i| format!("w 60 CNAME t{i}\n")).collect();
    let (world, _) = read(&[&folder.zone("example.com", &text)]);
    assert_eq!(lines(&world, &[FactKind::ConflictAliases]).len(), 19_999);
    assert!(start.elapsed() < SOON);
}
