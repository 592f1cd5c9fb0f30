//! A graph after any history of changes is the graph that would have been built from the result.
//!
//! What publishing a change in O(change) keeps right by bookkeeping - answers, inbound links, facts, counts - is compared
//! with a graph that was made from the same records at once. Whether a change is taken at all is compared too.

use crate::history::{names, read, text, Sets, Step, ORIGINS};
use crate::message::Message;
use crate::{answerer, graph, limits, reply};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use truename_core::facts::{Asked, Fact, Kinds, Scope};
use truename_core::graph::Snapshot;
use truename_core::listen::Transport;
use truename_core::name::Name;
use truename_core::publish::{Graph, SetChange};
use truename_core::record::{rdata_from_text, Rtype};

/// What is asked of every name: NS, CNAME, A, DNAME, DS, NSEC, HTTPS, ANY, and a type that nothing has.
const TYPES: [u16; 9] = [2, 5, 1, 39, 43, 47, 65, 255, 99];

/// An OPT record: 1,232 octets, DNSSEC wanted.
const OPT: &[u8] = b"\0\0\x29\x04\xd0\0\0\x80\0\0\0";

/// The records of each zone that is served.
type World = BTreeMap<&'static str, Sets>;

/// Goes through the history that `octets` stand for. Panics when something that must hold does not.
pub fn check(octets: &[u8]) {
    let Ok(steps) = read(octets) else { return };
    let (edited, mut world) = (graph(), World::new());
    for (number, step) in steps.iter().enumerate() {
        take(&edited, &mut world, step);
        // All types at the end; before it a few in turn, because the beginning of a history is a history too.
        let is_last = number + 1 == steps.len();
        let types = if is_last { &TYPES[..] } else { &TYPES[number % 3 * 3..][..3] };
        compare(&edited, &world, types);
    }
}

/// Puts one step to the graph and, if it is taken, to the world.
fn take(edited: &Graph, world: &mut World, step: &Step) {
    match step {
        Step::Unload(origin) => {
            assert_eq!(edited.unload(&name(origin)), world.remove(origin).is_some());
        }
        Step::Load(origin, sets) => {
            let is_taken = load(edited, origin, sets);
            assert_eq!(is_taken, load(&graph(), origin, sets), "it depends on what is served: {}", text(sets));
            if is_taken {
                world.insert(origin, sets.clone());
            }
        }
        Step::Change(origin, sets) => change(edited, world, origin, sets),
    }
}

fn change(edited: &Graph, world: &mut World, origin: &'static str, sets: &Sets) {
    let taken = edited.change(&name(origin), &wire(sets));
    let Some(before) = world.get(origin) else { return assert!(taken.is_err(), "a zone that is not served") };
    let mut after = before.clone();
    after.extend(sets.clone());
    after.retain(|_, (_, data)| !data.is_empty());
    // To delete what lies outside is refused too, though nothing of it shows in the result.
    let is_inside = sets.keys().all(|(owner, _)| name(owner).is_at_or_below(&name(origin)));
    assert_eq!(taken.is_ok(), is_inside && load(&graph(), origin, &after), "{taken:?}: {}", text(&after));
    if let Ok(owners) = taken {
        assert_eq!(owners, differing(before, &after), "how many owners changed");
        world.insert(origin, after);
    }
}

fn differing(before: &Sets, after: &Sets) -> usize {
    let has_changed = |key: &&(String, &'static str)| before.get(*key) != after.get(*key);
    let owners: BTreeSet<&String> =
        before.keys().chain(after.keys()).filter(has_changed).map(|(owner, _)| owner).collect();
    owners.len()
}

fn load(graph: &Graph, origin: &str, sets: &Sets) -> bool {
    graph.load_bytes(text(sets).as_bytes(), Path::new("zone"), Some(&name(origin))).problems.is_empty()
}

fn wire(sets: &Sets) -> Vec<SetChange> {
    let read =
        |rtype, data: &String| rdata_from_text(rtype, data, &Name::ROOT).expect("data of the table is well-formed");
    let set = |((owner, rtype), (ttl, data)): (&(String, &str), &(u32, BTreeSet<String>))| {
        let rtype = rtype.parse::<Rtype>().expect("a type of the table");
        SetChange { owner: name(owner), rtype, ttl: *ttl, data: data.iter().map(|data| read(rtype, data)).collect() }
    };
    sets.iter().map(set).collect()
}

fn name(text: &str) -> Name {
    Name::from_text(text, &Name::ROOT).expect("a name of the table")
}

/// Everything that can be asked of `edited` is as in a graph that is made of `world`.
fn compare(edited: &Graph, world: &World, types: &[u16]) {
    let fresh = graph();
    // The other way round than they were loaded, mostly: names get other numbers.
    for origin in ORIGINS.iter().rev() {
        if let Some(sets) = world.get(origin) {
            assert!(load(&fresh, origin, sets), "{}", text(sets));
        }
    }
    let zones = |graph: &Graph| -> Vec<String> {
        graph.zones().iter().map(|z| format!("{} {} {} {}", z.origin, z.serial, z.records, z.names)).collect()
    };
    assert_eq!(zones(edited), zones(&fresh));
    let (one, other) = (edited.snapshot(), fresh.snapshot());
    compare_answers(&one, &other, types);
    for text in names() {
        assert_eq!(inbound(&one, &text), inbound(&other, &text), "who names {text}");
    }
    assert_eq!(facts(edited), facts(&fresh));
}

/// All facts in words, in some fixed order.
fn facts(graph: &Graph) -> Vec<String> {
    let (snapshot, zones) = graph.version();
    let facts = snapshot.facts(&zones, Scope::All, &Asked::new(Kinds::ALL), limits());
    let shown = |fact: &Fact| {
        let (zone, owner) = (snapshot.name(fact.zone), snapshot.name(fact.owner));
        let chain: Vec<Name> = fact.chain.iter().collect();
        format!("{} {zone} {owner} {} {} {:?} {chain:?}", fact.kind.word(), fact.ttl, fact.rtype, fact.data)
    };
    let mut all: Vec<String> = facts.first.iter().map(shown).collect();
    assert_eq!(all.len(), facts.counts().map(|(_, count)| count).sum());
    all.sort();
    all
}

fn compare_answers(one: &Snapshot, other: &Snapshot, types: &[u16]) {
    let (mut left, mut right) = (answerer(), answerer());
    for text in names() {
        for rtype in types {
            let query = query(&name(&text), *rtype);
            let left = reply(&mut left, one, &query, Transport::Udp);
            let right = reply(&mut right, other, &query, Transport::Udp);
            // Octet for octet, mostly. A name that was an apex once is still known to the graph, and a name in an SOA
            // record is compressed against the names that are known.
            if left != right {
                assert_eq!(message(&left), message(&right), "{text} {rtype}");
            }
        }
    }
}

fn message(reply: &Option<Vec<u8>>) -> Message {
    Message::read(reply.as_ref().expect("a query has a reply")).expect("a reply keeps to the format")
}

fn query(name: &Name, rtype: u16) -> Vec<u8> {
    let head = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    [&head, name.as_wire(), &rtype.to_be_bytes(), &[0, 1], OPT].concat()
}

fn inbound(snapshot: &Snapshot, text: &str) -> BTreeSet<String> {
    let Some(id) = snapshot.id(&name(text)) else { return BTreeSet::new() };
    let owners: BTreeSet<String> = snapshot.inbound(id, None).map(|owner| snapshot.name(owner).to_string()).collect();
    assert_eq!(snapshot.inbound_count(id), owners.len());
    owners
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn histories_of_pseudorandom_octets() {
        let mut state = 1u64;
        for _ in 0..200 {
            let mut octet = || {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 56) as u8
            };
            check(&(0..600).map(|_| octet()).collect::<Vec<u8>>());
        }
    }
}
