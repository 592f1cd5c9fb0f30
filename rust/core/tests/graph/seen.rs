//! Who sees some zones of a world knows what there is to know of a world of these zones alone.

use super::scope::{all_kinds, graph, name, shown, step, told_of, wanted_kinds};
use super::worlds::{self, Dice, World};
use std::collections::HashSet;
use truename_core::graph::{Snapshot, Wanted, Zone};
use truename_core::name::Name;
use truename_core::publish::{Graph, Prepared};
use truename_core::record::Rtype;
use truename_core::walk::{follow, Chain, Limits, Reach, Reached, Walk};

const LIMITS: Limits = Limits { max_chain: 5, within_zone: false };

/// A world of these zones alone.
fn alone(world: &World, mine: &HashSet<&'static str>) -> World {
    world.iter().filter(|(origin, _)| mine.contains(*origin)).map(|(origin, sets)| (*origin, sets.clone())).collect()
}

/// How a question is answered, hop by hop.
fn walked(version: &Snapshot, from: &Name, qtype: Rtype) -> String {
    let mut wanted = Wanted::new();
    wanted.set(*from, version.keys());
    let walk = Walk::new(version, &wanted);
    let mut chain = Chain::new();
    follow(&walk, walk.start(), qtype, LIMITS, &mut chain);
    let hops: Vec<String> = chain.hops.iter().map(|hop| walk.name(&hop.target).to_string()).collect();
    format!("{hops:?} {}", chain.end.word())
}

/// What is listed, in its order.
fn listed(version: &Snapshot, reach: &Reach) -> Vec<String> {
    let words = |one: &Reached| {
        format!("{} {} {} {} {:?}", version.name(one.owner), version.name(one.zone), one.rtype, one.ttl, one.path)
    };
    assert_eq!(reach.count, reach.page.len());
    reach.page.iter().map(words).collect()
}

/// The versions of two graphs are one, as far as can be asked.
fn assert_same(dice: &mut Dice, seen: &Graph, alone: &Graph, case: &dyn Fn() -> String) {
    let ((left, zones), (right, others)) = (seen.version(), alone.version());
    let origins = |zones: &[Zone]| -> Vec<Name> { zones.iter().map(|one| one.origin).collect() };
    assert_eq!(origins(&zones), origins(&others));
    assert_eq!(told_of(seen, all_kinds()), told_of(alone, all_kinds()), "{}", case());
    for _ in 0..12 {
        let asked = name(&worlds::name(dice));
        for qtype in [Rtype::A, Rtype::DS, Rtype::HTTPS, Rtype::ANY] {
            assert_eq!(walked(&left, &asked, qtype), walked(&right, &asked, qtype), "{asked} {qtype} {}", case());
        }
        assert_eq!(left.exists(&asked), right.exists(&asked), "{asked} {}", case());
        let [left, right] = [&left, &right].map(|version| listed(version, &version.reach(&asked, 1000, None)));
        assert_eq!(left, right, "who reaches {asked} {}", case());
    }
}

/// What a change of one's own does is the same for both.
fn assert_same_change(seen: &Prepared, alone: &Prepared, case: &dyn Fn() -> String) {
    let facts = |prepared: &Prepared| {
        let after = prepared.facts(&wanted_kinds(), LIMITS);
        let before = prepared.facts_before(&wanted_kinds(), LIMITS);
        let [after, before] = [(after, &prepared.snapshot), (before, &prepared.base)]
            .map(|(facts, version)| super::scope::told(&facts, version));
        (super::scope::minus(&after, &before), super::scope::minus(&before, &after))
    };
    assert_eq!(facts(seen), facts(alone), "{}", case());
    let [seen, alone] = [seen, alone].map(|prepared| listed(&prepared.base, &prepared.reach(1000, None)));
    assert_eq!(seen, alone, "who notices: {}", case());
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed);
    let world = worlds::world(&mut dice);
    let mine: HashSet<&'static str> = worlds::ORIGINS.into_iter().filter(|_| dice.one_in(2)).collect();
    let origins: Vec<Name> = mine.iter().map(|origin| name(origin)).collect();
    let (whole, own) = (graph(&world), graph(&alone(&world, &mine)));
    let case = || format!("{mine:?}\n{}", shown(&world));
    // Both seen, so that both are told in the order of names and not of numbers.
    assert_same(&mut dice, &whole.seen(&origins), &own.seen(&origins), &case);
    assert_eq!(told_of(&whole.seen(&origins), all_kinds()), told_of(&own, all_kinds()), "{}", case());
    let (changes, after) = step(&mut dice, &world);
    let zones = changes.sets.iter().map(|set| &set.0).chain(changes.texts.iter().map(|text| &text.0));
    if zones.chain(&changes.drops).all(|zone| origins.contains(zone)) {
        let [seen, alone] = [&whole, &own].map(|graph| graph.prepare(&changes).expect("all zones are there"));
        let case = || format!("{}=>\n{}", case(), shown(&after));
        assert_same_change(&seen.seen(&origins), &alone.seen(&origins), &case);
    }
}

#[test]
fn what_is_hidden_might_as_well_not_be_there() {
    let seeds = std::env::var("SEEN_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    (1..1 + seeds).for_each(check);
}
