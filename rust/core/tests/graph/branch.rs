//! A large change with what others published beside it is the version that all of it one after the other would make.

use super::scope::{all, assert_same, graph, kinds, name, publish, shown, step};
use super::worlds::{self, text, Dice, World};
use truename_core::publish::{Branch, Changes, Graph, NoPublish};

/// A zone that the others never change.
const OURS: &str = "c.u.";

fn ours(dice: &mut Dice) -> (Changes, worlds::Sets) {
    let sets = worlds::zone(dice, OURS);
    (Changes { texts: vec![(name(OURS), text(&sets).into())], ..Changes::default() }, sets)
}

fn publish_all(graph: &Graph, dice: &mut Dice, world: World, steps: usize) -> World {
    (0..steps).fold(world, |world, _| {
        let (changes, after) = step(dice, &world);
        match graph.prepare(&changes) {
            Ok(prepared) if prepared.refused.is_empty() => {
                graph.publish(&prepared).expect("nobody else publishes");
                after
            }
            _ => world,
        }
    })
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut world = worlds::world(&mut dice);
    let edited = graph(&world);
    let (changes, sets) = ours(&mut dice);
    let (prepared, mut branch) = Branch::new(&edited, &changes).expect("a new zone");
    if !prepared.refused.is_empty() {
        return;
    }
    for _ in 0..3 {
        let (begin, steps) = (world.clone(), 1 + dice.below(4));
        world = publish_all(&edited, &mut dice, world, steps);
        match branch.follow(&edited) {
            Ok(Some(others)) => {
                let touched: Vec<_> = others.theirs.zones.iter().chain(&others.theirs.dropped).collect();
                assert!(touched.iter().all(|zone| zone.origin != name(OURS)));
            }
            Ok(None) => assert_eq!(begin, world),
            // The sets of a delegation that ours makes may not be held beside it.
            Err(_) => return,
        }
    }
    branch.publish(&edited).expect("all is followed");
    world.insert(OURS, sets);
    let case = || format!("seed {seed}\n{}", shown(&world));
    assert_same(&all(&edited, kinds()), &all(&graph(&world), kinds()), &case);
    let serials = |graph: &Graph| graph.zones().iter().map(|zone| (zone.origin, zone.records, zone.names)).collect();
    let (found, expected): (Vec<_>, Vec<_>) = (serials(&edited), serials(&graph(&world)));
    assert_eq!(found, expected, "{}", case());
    // It goes on as any other version.
    for _ in 0..3 {
        world = publish_all(&edited, &mut dice, world, 1);
        let case = || format!("seed {seed}, afterwards\n{}", shown(&world));
        assert_same(&all(&edited, kinds()), &all(&graph(&world), kinds()), &case);
    }
}

#[test]
fn it_is_what_all_of_it_makes() {
    (0..600).for_each(check);
}

fn zone(origin: &str, more: &str) -> Changes {
    let text = format!("{origin} 60 SOA ns. h. 1 2 3 4 5\n{origin} 60 NS ns.\n{more}");
    Changes { texts: vec![(name(origin), text.into())], ..Changes::default() }
}

#[test]
fn numbers_of_apexes_go_on_to_mean_what_they_meant() {
    let graph = graph(&World::new());
    let (_, mut branch) = Branch::new(&graph, &zone("t.", "a.t. 60 A 192.0.2.1\n")).expect("new");
    publish(&graph, zone("u.", ""));
    let others = graph.zones()[0].id;
    assert_eq!(graph.apex(others), Some(name("u.")));
    branch.follow(&graph).expect("followed");
    branch.publish(&graph).expect("published");
    assert_eq!(graph.apex(others), Some(name("u.")));
    assert!(graph.zones().iter().all(|zone| graph.apex(zone.id) == Some(zone.origin)));
}

#[test]
fn what_cannot_be_followed_is_stale() {
    let graph = graph(&World::new());
    let (_, mut branch) = Branch::new(&graph, &zone("t.", "")).expect("new");
    publish(&graph, zone("u.", ""));
    assert_eq!(branch.publish(&graph), Err(NoPublish::Stale));
    assert!(graph.unload(&name("u.")));
    assert!(matches!(branch.follow(&graph), Err(NoPublish::Stale)));
    let (_, mut first) = Branch::new(&graph, &zone("t.", "")).expect("new");
    let (_, second) = Branch::new(&graph, &zone("t.", "")).expect("new");
    assert!(matches!(first.follow(&graph), Err(NoPublish::Stale)));
    second.publish(&graph).expect("published");
    assert_eq!(graph.zones().len(), 1);
}

#[test]
fn a_zone_that_goes() {
    let graph = graph(&World::new());
    publish(&graph, zone("t.", "a.t. 60 CNAME b.u.\n"));
    publish(&graph, zone("u.", "b.u. 60 A 192.0.2.1\n"));
    let drop = Changes { drops: vec![name("t.")], ..Changes::default() };
    let (_, mut branch) = Branch::new(&graph, &drop).expect("there");
    publish(&graph, zone("a.t.", ""));
    publish(&graph, zone("u.", "c.u. 60 CNAME a.t.\n"));
    assert!(branch.follow(&graph).expect("followed").is_some());
    assert!(branch.follow(&graph).expect("followed").is_none());
    branch.publish(&graph).expect("published");
    let names: Vec<_> = graph.zones().iter().map(|zone| zone.origin).collect();
    assert_eq!(names, [name("a.t."), name("u.")]);
    assert!(graph.snapshot().exists(&name("c.u.")) && !graph.snapshot().exists(&name("b.u.")));
}
