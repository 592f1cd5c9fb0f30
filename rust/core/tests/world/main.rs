//! Zone files read for judging: what is found, and where it is said to stand.

mod bounds;
mod conflicts;
mod files;
mod places;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use truename_core::facts::{Asked, FactKind, Kinds};
use truename_core::name::Name;
use truename_core::record::present;
use truename_core::walk::Limits;
use truename_core::world::{Outcome, Placed, Source, World};

const HEAD: &str = "@ 60 IN SOA ns host 7 7200 900 1209600 300\n@ 60 NS ns\nns 60 A 192.0.2.53\n";

/// A folder of its own for a test, with zone files in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("truename-world-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a new folder");
        Folder(path)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// A zone with the usual head, named by its file.
    fn zone(&self, origin: &str, text: &str) -> PathBuf {
        self.write(&format!("{origin}.zone"), format!("{HEAD}{text}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn source(path: &Path) -> Source {
    Source { path: path.to_path_buf(), origin: None }
}

fn read(paths: &[&Path]) -> (World, Vec<Outcome>) {
    let mut world = World::new(Limits { max_chain: 16, within_zone: false });
    let sources: Vec<Source> = paths.iter().map(|path| source(path)).collect();
    let outcomes = world.read(&sources, &mut |_, _| true).expect("was not stopped");
    (world, outcomes)
}

fn facts(world: &World) -> Vec<Placed> {
    world.facts(None, &Asked::new(Kinds::ALL))
}

/// `file:line:column kind owner type data [other]` of a fact; the file without its folder.
fn line(world: &World, placed: &Placed) -> String {
    let files: Vec<&[PathBuf]> = world.files().collect();
    let spot = |at: truename_core::world::TextSpot| {
        let file = files[at.table as usize][at.file as usize].file_name().expect("a file").to_string_lossy();
        format!("{file}:{}:{}", at.line, at.column)
    };
    let fact = &placed.fact;
    let data = if fact.data.is_empty() { String::new() } else { format!(" {}", present(fact.rtype, &fact.data)) };
    let owner = world.snapshot().name(fact.owner);
    let other = placed.other_at.map_or(String::new(), |at| format!(" [{}]", spot(at)));
    format!("{} {} {owner} {}{data}{other}", spot(placed.at), fact.kind.word(), fact.rtype)
}

/// The facts of some kinds, as lines.
fn lines(world: &World, kinds: &[FactKind]) -> Vec<String> {
    world.facts(None, &Asked::new(Kinds::of(kinds))).iter().map(|placed| line(world, placed)).collect()
}

/// The facts of reading about one zone, example.com, whose text stands behind the usual head of three lines.
fn found(text: &str) -> Vec<String> {
    let folder = Folder::new();
    let (world, _) = read(&[&folder.zone("example.com", text)]);
    lines(&world, &FactKind::ALL[..12])
}
