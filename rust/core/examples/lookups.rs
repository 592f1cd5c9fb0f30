//! What a query costs without a socket: batches of questions through one worker.
//!
//! ```text
//! lookups ZONE QUERIES ROUNDS [BATCH]     QUERIES holds lines of "NAME TYPE"
//! ```
//!
//! Prints nanoseconds of a query in the best round: what others do on the machine only makes rounds longer. For counts of
//! instructions, which do not depend on them at all, run it with few and with many rounds below cachegrind and divide
//! the difference by the queries.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use truename_core::answer::{Policies, Settings, Shared, Worker};
use truename_core::listen::{Responder, Transport};
use truename_core::publish::Graph;
use truename_core::walk::Limits;

/// Octets of the largest reply.
const ROOM: usize = 1232;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (zone, queries, rounds, batch) = match arguments.as_slice() {
        [zone, queries, rounds] => (zone, queries, rounds, 64),
        [zone, queries, rounds, batch] => (zone, queries, rounds, batch.parse()?),
        _ => return Err("usage: lookups ZONE QUERIES ROUNDS [BATCH]".into()),
    };
    let graph = Graph::new(Limits { max_chain: 16, within_zone: false });
    if let Some(problem) = graph.load(Path::new(zone), None)?.problems.first() {
        return Err(format!("the zone is refused: {}", problem.what).into());
    }
    let text = std::fs::read_to_string(queries)?;
    let questions: Vec<_> = text.lines().filter_map(|line| line.split(' ').next()).map(question).collect();
    let settings = Settings { udp_size: ROOM as u16, nsid: Vec::new() };
    let policies = Arc::new(Policies::new(Vec::new(), None)?);
    let mut worker = Worker::new(Arc::new(graph), settings, policies, &Shared::default());
    let best = (0..rounds.parse()?).map(|_| ask(&mut worker, &questions, batch)).min().unwrap_or_default();
    println!("{:.1}", best.as_nanos() as f64 / questions.len().max(1) as f64);
    Ok(())
}

/// Asks all questions once, in batches.
fn ask(worker: &mut Worker, questions: &[Vec<u8>], batch: usize) -> Duration {
    let (client, mut reply) = (IpAddr::V4(Ipv4Addr::LOCALHOST), [0; ROOM]);
    let start = Instant::now();
    for part in questions.chunks(batch) {
        worker.refresh();
        worker.foresee(part.iter().map(|query| query.as_slice()));
        for query in part {
            worker.respond(query, client, Transport::Udp, &mut reply);
        }
    }
    start.elapsed()
}

/// A query for A records of `name`, which is plain text without escapes (RFC 1035 4.1).
fn question(name: &str) -> Vec<u8> {
    let mut message = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.extend_from_slice(&[0, 0, 1, 0, 1]);
    message
}
