//! Reads zone files as one world and says what came of it: records, facts, seconds.
//!
//! ```text
//! cargo run --release --example judge -- FILE...
//! ```

use std::time::Instant;
use truename_core::facts::{Asked, Kinds};
use truename_core::walk::Limits;
use truename_core::world::{Source, World};

fn main() {
    let sources: Vec<Source> =
        std::env::args().skip(1).map(|path| Source { path: path.into(), origin: None }).collect();
    let start = Instant::now();
    let mut world = World::new(Limits { max_chain: 16, within_zone: false });
    let outcomes = world.read(&sources, &mut |_, _| true).unwrap_or_default();
    let read = start.elapsed();
    let facts = world.facts(None, &Asked::new(Kinds::ALL));
    let all = start.elapsed();
    let records: usize = outcomes.iter().map(|outcome| outcome.records).sum();
    println!("{records} records in {} files, {} facts", outcomes.len(), facts.len());
    println!("read {:.3} s, facts {:.3} s", read.as_secs_f64(), (all - read).as_secs_f64());
}
