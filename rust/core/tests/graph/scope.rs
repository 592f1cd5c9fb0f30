//! The scope of a change misses nothing.

use super::worlds::{self, changed, text, Dice, Sets, World};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use truename_core::facts::{Asked, Fact, FactKind, Facts, Kinds, Scope};
use truename_core::graph::Snapshot;
use truename_core::name::Name;
use truename_core::publish::{Changes, Graph, SetChange};
use truename_core::record::{present, rdata_from_text, Rtype};
use truename_core::walk::Limits;

const LIMITS: Limits = Limits { max_chain: 5, within_zone: false };

pub fn name(text: &str) -> Name {
    Name::from_text(text, &Name::ROOT).expect("a name")
}

fn asked(kinds: Kinds) -> Asked<'static> {
    Asked { services: vec![b"_s".to_vec(), b"b".to_vec()], long: 3, many: 2, ..Asked::new(kinds) }
}

/// Everything that a fact says, with its owner.
pub type Told = BTreeSet<(Name, String)>;

pub fn told(facts: &Facts, version: &Snapshot) -> Told {
    assert_eq!(facts.first.len(), facts.counts().map(|(_, count)| count).sum());
    let words = |fact: &Fact| {
        let chain: Vec<Name> = fact.chain.iter().collect();
        let other =
            fact.other.as_ref().map(|o| format!("{} {} {}", version.name(o.owner), o.rtype, present(o.rtype, &o.data)));
        let data = if fact.data.is_empty() { String::new() } else { present(fact.rtype, &fact.data) };
        let Fact { kind, ttl, rtype, end, number, detail, .. } = fact;
        let (zone, owner) = (version.name(fact.zone), version.name(fact.owner));
        format!("{} {zone} {owner} {ttl} {rtype} {data} {chain:?} {end} {number} {other:?} {detail}", kind.word())
    };
    let all: Told = facts.first.iter().map(|fact| (version.name(fact.owner), words(fact))).collect();
    assert_eq!(all.len(), facts.first.len(), "a fact is told once");
    all
}

pub fn graph(world: &World) -> Graph {
    let graph = Graph::new(LIMITS);
    for (origin, sets) in world {
        publish(&graph, Changes { texts: vec![(name(origin), text(sets).into())], ..Changes::default() });
    }
    graph
}

pub fn publish(graph: &Graph, changes: Changes) {
    let prepared = graph.prepare(&changes).expect("all zones are there");
    let words: Vec<&String> = prepared.refused.iter().map(|(fact, _)| &fact.detail).collect();
    assert!(words.is_empty(), "{words:?}");
    graph.publish(&prepared).expect("nobody else publishes");
}

pub fn all(graph: &Graph, kinds: Kinds) -> Told {
    let (version, zones) = graph.version();
    told(&version.facts(&zones, Scope::All, &asked(kinds), LIMITS), &version)
}

/// Everything that there is to tell of a graph's zones.
pub fn told_of(graph: &Graph, kinds: Kinds) -> Told {
    all(graph, kinds)
}

/// All kinds, as these worlds are asked for them.
pub fn all_kinds() -> Kinds {
    Kinds::ALL
}

/// The kinds that an edit is told of, as these worlds are asked for them.
pub fn wanted_kinds() -> Asked<'static> {
    asked(kinds())
}

fn wire(origin: &str, sets: &Sets) -> Vec<(Name, SetChange)> {
    let set = |((owner, rtype), (ttl, data)): (&(String, &str), &(u32, BTreeSet<String>))| {
        let rtype: Rtype = rtype.parse().expect("a type");
        let data = data.iter().map(|data| rdata_from_text(rtype, data, &Name::ROOT).expect("data")).collect();
        (name(origin), SetChange { owner: name(owner), rtype, ttl: *ttl, data })
    };
    sets.iter().map(set).collect()
}

/// One random step: what to prepare, and the world after it.
pub fn step(dice: &mut Dice, world: &World) -> (Changes, World) {
    let (mut changes, mut after) = (Changes::default(), world.clone());
    for _ in 0..1 + dice.below(6) / 5 {
        let origin = *dice.choose(&worlds::ORIGINS);
        match after.get(origin).cloned() {
            Some(_) if dice.one_in(8) && !changes.sets.iter().any(|(zone, _)| *zone == name(origin)) => {
                if changes.texts.iter().any(|(zone, _)| *zone == name(origin)) {
                    continue;
                }
                after.remove(origin);
                changes.drops.push(name(origin));
            }
            Some(sets) if !dice.one_in(8) => {
                let sets_changed = worlds::changes(dice, &sets, origin);
                after.insert(origin, changed(&sets, &sets_changed));
                let new = wire(origin, &sets_changed);
                changes.sets.retain(|(zone, old)| {
                    !new.iter().any(|(other, set)| (other, set.owner, set.rtype) == (zone, old.owner, old.rtype))
                });
                changes.sets.extend(new);
            }
            _ if changes.sets.is_empty() && changes.texts.is_empty() => {
                let sets = worlds::zone(dice, origin);
                changes.texts.push((name(origin), text(&sets).into()));
                after.insert(origin, sets);
            }
            _ => {}
        }
    }
    (changes, after)
}

pub fn minus(one: &Told, other: &Told) -> Told {
    one.difference(other).cloned().collect()
}

/// Two sets of facts that must be one.
pub fn assert_same(found: &Told, expected: &Told, case: &dyn Fn() -> String) {
    let (extra, lacking) = (minus(found, expected), minus(expected, found));
    assert!(extra.is_empty() && lacking.is_empty(), "too many: {extra:?}\ntoo few: {lacking:?}\n{}", case());
}

fn within(all: &Told, scope: &HashSet<Name>) -> Told {
    all.iter().filter(|(owner, _)| scope.contains(owner)).cloned().collect()
}

pub fn shown(world: &World) -> String {
    world.iter().map(|(origin, sets)| format!("; {origin}\n{}", text(sets))).collect()
}

/// Kinds that an edit is told of.
pub fn kinds() -> Kinds {
    use FactKind as K;
    Kinds::ALL.without(Kinds::of(&[K::SharedAddress, K::SignatureExpired, K::SignatureMissing, K::DenialBroken]))
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut world = worlds::world(&mut dice);
    let edited = graph(&world);
    for _ in 0..4 {
        let (changes, after) = step(&mut dice, &world);
        check_step(&edited, &world, &changes, &after);
        check_scoped(&mut dice, &edited);
        world = after;
    }
}

/// What is told of a change is what graphs differ in that were made at once of what was and what is.
fn check_step(edited: &Graph, world: &World, changes: &Changes, after: &World) {
    let prepared = edited.prepare(changes).expect("all zones are there");
    let scope: HashSet<Name> = prepared.scope().into_iter().collect();
    let case = || format!("{scope:?}\n{}=>\n{}", shown(world), shown(after));
    assert!(prepared.refused.is_empty(), "{}", case());
    let (was, is) = (all(&graph(world), kinds()), all(&graph(after), kinds()));
    let facts = told(&prepared.facts(&asked(Kinds::ALL), LIMITS), &prepared.snapshot);
    let before = told(&prepared.facts_before(&asked(Kinds::ALL), LIMITS), &prepared.base);
    assert_same(&facts, &within(&is, &scope), &case);
    assert_same(&before, &within(&was, &scope), &case);
    let missed = minus(&minus(&is, &was), &minus(&facts, &before));
    assert!(missed.is_empty(), "not told of {missed:?}: {}", case());
    let missed = minus(&minus(&was, &is), &minus(&before, &facts));
    assert!(missed.is_empty(), "not told of the end of {missed:?}: {}", case());
    edited.publish(&prepared).expect("nobody else publishes");
    assert_same(&all(edited, Kinds::ALL), &all(&graph(after), Kinds::ALL), &case);
}

/// Facts of some owners are those of all that belong to these owners.
fn check_scoped(dice: &mut Dice, graph: &Graph) {
    let (version, zones) = graph.version();
    let names: BTreeMap<Name, _> =
        (0..8).map(|_| name(&worlds::name(dice))).filter_map(|name| Some((name, version.id(&name)?))).collect();
    let owners: Vec<_> = names.values().copied().collect();
    let scoped = told(&version.facts(&zones, Scope::Owners(&owners), &asked(Kinds::ALL), LIMITS), &version);
    let scope: HashSet<Name> = names.into_keys().collect();
    assert_eq!(scoped, within(&all(graph, Kinds::ALL), &scope));
}

fn lines(text: &str) -> Sets {
    let mut sets = Sets::new();
    for line in text.lines() {
        let mut words = line.split(' ');
        let (owner, rtype) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let rtype = ["SOA", "CNAME", "DNAME", "A", "TXT"].into_iter().find(|known| *known == rtype).expect("a type");
        let data: Vec<&str> = words.collect();
        sets.entry((owner.to_string(), rtype)).or_insert((60, BTreeSet::new())).1.insert(data.join(" "));
    }
    sets
}

fn check_lines(zone: &str, changes: &str) {
    let zone = lines(&format!("t. SOA ns.t. h.t. 1 1 1 1 1\n{zone}"));
    let changes = lines(changes);
    let (world, after) = (World::from([("t.", zone.clone())]), World::from([("t.", changed(&zone, &changes))]));
    check_step(&graph(&world), &world, &Changes { sets: wire("t.", &changes), ..Changes::default() }, &after);
}

/// A DNAME comes to a name that has data, and names below it that nobody knows lead on.
#[test]
fn dnames_reach_through_names_that_nobody_knows() {
    check_lines("c.t. CNAME v.e.t.\ne.t. DNAME o.t.\no.t. TXT x", "o.t. DNAME p.t.");
    check_lines("c.t. CNAME v.e.t.\ne.t. DNAME o.t.\no.t. TXT x\np.t. DNAME q.t.", "o.t. DNAME p.t.");
    check_lines("c.t. CNAME v.e.t.\ne.t. DNAME f.t.\nf.t. DNAME a.o.t.", "*.a.o.t. CNAME x.t.");
}

/// Another record of a loop leads to the same name: another one may be the first of them.
#[test]
fn loops_change_their_first_record() {
    check_lines("*.x.t. CNAME m.x.t.\nm.x.t. CNAME n.y.x.t.", "*.y.x.t. CNAME m.x.t.");
}

#[test]
fn a_scope_misses_nothing() {
    let seeds = std::env::var("SCOPE_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1500);
    let first = std::env::var("SCOPE_FIRST").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    (first..first + seeds).for_each(check);
}
