//! What a worker does for the names of a batch together does not show in any answer.

use super::scope::{graph, name, publish, shown, step};
use super::worlds::{self, Dice};
use truename_core::answer::{Answerer, Settings};
use truename_core::graph::Snapshot;
use truename_core::listen::Transport;
use truename_core::name::Name;
use truename_core::publish::{Changes, Graph};
use truename_core::record::Rtype;
use truename_core::walk::Limits;

const LIMITS: Limits = Limits { max_chain: 5, within_zone: false };
const TYPES: [Rtype; 6] = [Rtype::A, Rtype::A, Rtype::DS, Rtype::MX, Rtype::HTTPS, Rtype::ANY];

fn answerer() -> Answerer {
    Answerer::new(Settings { udp_size: 1232, nsid: Vec::new() })
}

fn question(asked: &Name, qtype: Rtype) -> Vec<u8> {
    let head = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    [&head, asked.as_wire(), &qtype.0.to_be_bytes(), &[0, 1]].concat()
}

/// Questions of which many that follow each other are for names of one parent.
fn questions(dice: &mut Dice, count: usize) -> Vec<Vec<u8>> {
    let mut parent = worlds::name(dice);
    let one = |_| {
        if dice.one_in(5) {
            parent = worlds::name(dice);
        }
        let asked = match dice.below(6) {
            0 => parent.clone(),
            1 => format!("A.{}", parent.to_uppercase()),
            _ => worlds::name_in(dice, &parent, 1),
        };
        let mut query = question(&name(&asked), *dice.choose(&TYPES));
        if dice.one_in(20) {
            query.truncate(14); // no question: it keeps its place
        }
        query
    };
    (0..count).map(one).collect()
}

fn reply(answerer: &mut Answerer, version: &Snapshot, query: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; 1232];
    let reply = answerer.answer(version, LIMITS, query, Transport::Udp, &mut out)?;
    out.truncate(reply.len);
    Some(out)
}

fn assert_same(batch: &mut Answerer, version: &Snapshot, queries: &[Vec<u8>], case: &dyn Fn() -> String) {
    batch.foresee(version, queries.iter().map(|query| query.as_slice()));
    for query in queries {
        let alone = reply(&mut answerer(), version, query);
        assert_eq!(reply(batch, version, query), alone, "{query:02x?} {}", case());
    }
}

#[test]
fn a_batch_is_answered_as_each_of_its_questions_alone() {
    for seed in 0..300 {
        let mut dice = Dice::new(seed);
        let mut world = worlds::world(&mut dice);
        let (graph, mut batch) = (graph(&world), answerer());
        for _ in 0..4 {
            let case = || format!("seed {seed}\n{}", shown(&world));
            let count = 1 + dice.below(80); // more than are foreseen, now and then
            let queries = questions(&mut dice, count);
            assert_same(&mut batch, &graph.snapshot(), &queries, &case);
            let (changes, after) = step(&mut dice, &world);
            if let Some(prepared) = graph.prepare(&changes).ok().filter(|prepared| prepared.refused.is_empty()) {
                graph.publish(&prepared).expect("nobody else publishes");
                world = after;
            }
        }
    }
}

#[test]
fn names_of_many_labels_are_found_too() {
    let graph = Graph::new(LIMITS);
    let deep = |labels: usize| format!("{}t.", "a.".repeat(labels));
    let depths = [33, 34, 35, 36, 37, 60, 126];
    let records: String = depths.iter().map(|labels| format!("{} 60 A 192.0.2.{labels}\n", deep(*labels))).collect();
    let text = format!("t. 60 SOA ns. h. 1 2 3 4 5\nt. 60 NS ns.\n{records}");
    publish(&graph, Changes { texts: vec![(name("t."), text.into())], ..Changes::default() });
    let asked = |labels: usize| question(&name(&deep(labels)), Rtype::A);
    for labels in depths {
        let found = reply(&mut answerer(), &graph.snapshot(), &asked(labels)).expect("a reply");
        assert_eq!(found[found.len() - 4..], [192, 0, 2, labels as u8]);
    }
    let queries: Vec<_> = (30..=126).map(asked).collect();
    queries.chunks(64).for_each(|part| assert_same(&mut answerer(), &graph.snapshot(), part, &|| "deep".into()));
}
