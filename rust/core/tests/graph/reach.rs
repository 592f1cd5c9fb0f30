//! Who reaches a name is who gets there going forwards.

use super::scope::{graph, name};
use super::worlds::{self, Dice};
use std::collections::{BTreeSet, HashSet};
use truename_core::graph::{NameId, Node, Payload, Snapshot, Wanted};
use truename_core::name::Name;
use truename_core::record::Rtype;
use truename_core::record::{is_link, targets};
use truename_core::walk::{Cover, Found};

/// The names that the records of a payload lead to.
fn named(version: &Snapshot, payload: &Payload<'_>) -> Vec<Name> {
    let alias = match payload.node() {
        Node::Alias(link, _) => Some(version.name(link.target)),
        _ => None,
    };
    let sets = payload.sets();
    let links = sets.iter().filter(|set| is_link(set.rtype));
    let data = links.flat_map(|set| set.iter().flat_map(move |data| targets(set.rtype, data)).collect::<Vec<_>>());
    alias.into_iter().chain(data).collect()
}

/// The names that a payload hands questions on to.
fn forwarded(version: &Snapshot, payload: &Payload<'_>) -> Vec<Name> {
    let has = |rtype| payload.sets().get(rtype).is_some();
    let has_both = has(Rtype::A) && has(Rtype::AAAA);
    let alias = match payload.node() {
        Node::Alias(link, _) => Some(version.name(link.target)),
        _ => None,
    };
    let first = |rtype: Rtype| {
        let set = payload.sets().get(rtype)?;
        let is_alias = |data: &&[u8]| rtype == Rtype::ALIAS || (data.starts_with(&[0, 0]) && data.get(2) != Some(&0));
        targets(rtype, set.iter().find(is_alias)?).next()
    };
    let forwards = [first(Rtype::ALIAS).filter(|_| !has_both), first(Rtype::HTTPS), first(Rtype::SVCB)];
    alias.into_iter().chain(forwards.into_iter().flatten()).collect()
}

/// The names that a name leads to in one step.
fn next(version: &Snapshot, name: &Name) -> Vec<Name> {
    let mut wanted = Wanted::new();
    wanted.set(*name, version.keys());
    match version.find(&wanted, Rtype::A) {
        Found::Exact(spot) | Found::Wildcard(spot) => forwarded(version, &spot.payload),
        Found::Redirect(spot) => {
            let target = spot.payload.sets().get(Rtype::DNAME).and_then(|set| Name::from_wire(set.iter().next()?).ok());
            let made = target.and_then(|target| name.replace_suffix(&version.name(spot.owner), &target).ok());
            made.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether `wildcard` is what answers for a name.
fn is_answered_by(version: &Snapshot, name: &Name, wildcard: &Name) -> bool {
    let mut wanted = Wanted::new();
    wanted.set(*name, version.keys());
    matches!(version.find(&wanted, Rtype::A), Found::Wildcard(spot) if version.name(spot.owner) == *wildcard)
}

fn leads(version: &Snapshot, from: Vec<Name>, to: &Name) -> bool {
    let (mut open, mut seen) = (from, HashSet::new());
    while let Some(name) = open.pop() {
        if name == *to || is_answered_by(version, &name, to) {
            return true;
        }
        // DNAMEs may make names without end.
        if seen.len() < 300 && seen.insert(name) {
            open.extend(next(version, &name));
        }
    }
    false
}

fn is_visible(version: &Snapshot, owner: NameId, payload: &Payload<'_>) -> bool {
    let above = version.slot(owner).parent();
    version.is_own(owner, payload) && (owner == payload.zone || version.cover(payload.zone, above) == Cover::None)
}

/// The names that the records of an owner lead to which are seen: at a cut only its servers.
fn seen(version: &Snapshot, owner: NameId, payload: &Payload<'_>) -> Vec<Name> {
    let is_cut = payload.below() == truename_core::graph::Below::Cut && version.slot(owner).label() != b"*";
    match payload.sets().get(Rtype::NS).filter(|_| is_cut) {
        Some(set) => set.iter().flat_map(|data| targets(Rtype::NS, data)).collect(),
        None => named(version, payload),
    }
}

fn forwards(version: &Snapshot, to: &Name) -> BTreeSet<Name> {
    let owners = (0..version.ids()).map(NameId).filter(|id| version.has(*id));
    let leads_there = |owner: &NameId| {
        let payloads = version.slot(*owner).payloads().filter(|payload| is_visible(version, *owner, payload));
        leads(version, payloads.flat_map(|payload| seen(version, *owner, &payload)).collect(), to)
    };
    owners.filter(leads_there).map(|owner| version.name(owner)).filter(|name| name != to).collect()
}

/// Owners of DNAMEs are listed for what names below them lead to, which no walk from the owner shows.
fn holds_dname(version: &Snapshot, owner: &Name) -> bool {
    let id = version.id(owner);
    id.is_some_and(|id| version.slot(id).payloads().any(|payload| payload.sets().get(Rtype::DNAME).is_some()))
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed);
    let world = worlds::world(&mut dice);
    let version = graph(&world).snapshot();
    for _ in 0..4 {
        let to = name(&worlds::name(&mut dice));
        let reach = version.reach(&to, usize::MAX, None);
        assert_eq!(reach.count, reach.page.len());
        let found: BTreeSet<Name> = reach.page.iter().map(|one| version.name(one.owner)).collect();
        assert_eq!(found.len(), reach.count, "a name is listed once");
        assert!(reach.page.iter().all(|one| one.path.last() == Some(&to) && one.path[0] == version.name(one.owner)));
        let without = |names: BTreeSet<Name>| -> BTreeSet<Name> {
            names.into_iter().filter(|owner| !holds_dname(&version, owner)).collect()
        };
        let case = || format!("seed {seed}, {to}:\n{}", super::scope::shown(&world));
        assert_eq!(without(found), without(forwards(&version, &to)), "{}", case());
        let mut paged = Vec::new();
        while let Some(last) = version.reach(&to, 1, paged.last()).page.pop() {
            paged.push(version.name(last.owner));
        }
        assert_eq!(paged, reach.page.iter().map(|one| version.name(one.owner)).collect::<Vec<_>>());
    }
}

#[test]
fn backwards_is_forwards() {
    let seeds = std::env::var("REACH_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    (1..=seeds).for_each(check);
}
