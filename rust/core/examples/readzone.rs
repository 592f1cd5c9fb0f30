//! Reads master files and says what came of it: records, problems, seconds.
//!
//! ```text
//! cargo run --release --example readzone -- [--print] [--origin NAME] FILE...
//! ```
//!
//! With `--print` every record is written as a line that reads back to the same record.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;
use truename_core::name::Name;
use truename_core::record::present;
use truename_core::zonefile::{read_bytes, Read, Record, Sink};

struct Count {
    records: u64,
    octets: u64,
    print: Option<BufWriter<std::io::StdoutLock<'static>>>,
}

impl Sink for Count {
    fn record(&mut self, record: Record<'_>) {
        self.records += 1;
        self.octets += record.owner.len() as u64 + record.rdata.len() as u64;
        if let Some(out) = &mut self.print {
            let Record { owner, rtype, ttl, rdata, .. } = record;
            // A reader that goes away, as `head` does, is no reason to stop counting.
            let _ = writeln!(out, "{owner}\t{ttl}\tIN\t{rtype}\t{}", present(rtype, rdata));
        }
    }
}

fn main() -> std::io::Result<()> {
    let (mut print, mut origin, mut args) = (false, None::<Name>, std::env::args().skip(1));
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--print" => print = true,
            "--origin" => origin = args.next().and_then(|name| name.parse().ok()),
            file => read_one(Path::new(file), origin.as_ref(), print)?,
        }
    }
    Ok(())
}

fn read_one(path: &Path, origin: Option<&Name>, print: bool) -> std::io::Result<()> {
    let print = print.then(|| BufWriter::new(std::io::stdout().lock()));
    let mut count = Count { records: 0, octets: 0, print };
    let start = Instant::now();
    let bytes = std::fs::read(path)?;
    let loaded = start.elapsed();
    let Read { origin, files, problems, .. } = read_bytes(&bytes, path, origin, &mut count);
    let parsed = start.elapsed() - loaded;
    for problem in &problems {
        let file = files[problem.at.file as usize].display();
        eprintln!("{file}:{}:{}: {}", problem.at.line, problem.at.column, problem.what);
        eprintln!("  hint: {}", problem.hint);
    }
    let (Count { records, octets, .. }, problems) = (&count, problems.len());
    eprintln!("{}: origin {origin}, {} octets of text", path.display(), bytes.len());
    eprintln!("{records} records, {octets} octets of names and data, {problems} problems");
    eprintln!("load {:.3} s, parse {:.3} s", loaded.as_secs_f64(), parsed.as_secs_f64());
    Ok(())
}
