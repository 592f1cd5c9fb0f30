//! Random small worlds, dense with what bends a walk: few labels, wildcards, cuts, DNAMEs, zones inside zones.

use std::collections::{BTreeMap, BTreeSet};

/// A fixed linear congruence: the same "random" worlds in every run.
pub struct Dice {
    state: u64,
    /// The types of these worlds: all, or a few that meet each other all the time.
    forms: &'static [(&'static str, &'static str)],
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice { state: seed, forms: [&DATA[..], REDIRECTS, WILDCARDS][seed as usize % 3] }
    }

    pub fn below(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.state >> 33) as usize) % count
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn choose<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Zones that a world may have.
pub const ORIGINS: [&str; 6] = ["t.", "a.t.", "b.a.t.", "u.", "_s.t.", "*.t."];

const LABELS: [&str; 4] = ["a", "b", "*", "_s"];

/// Types with their data, `{}` for a name; the first ones come more often.
const DATA: [(&str, &str); 26] = [
    ("CNAME", "{}"),
    ("CNAME", "{}"),
    ("CNAME", "{}"),
    ("CNAME", "{}"),
    ("A", "192.0.2.1"),
    ("A", "192.0.2.2"),
    ("AAAA", "2001:db8::1"),
    ("DNAME", "{}"),
    ("DNAME", "{}"),
    ("NS", "{}"),
    ("NS", "{}"),
    ("NS", "{}"),
    ("ALIAS", "{}"),
    ("ALIAS", "{}"),
    ("HTTPS", "0 {}"),
    ("HTTPS", "1 {}"),
    ("SVCB", "0 {}"),
    ("MX", "0 {}"),
    ("SRV", "0 0 1 {}"),
    ("TXT", "x"),
    ("CAA", "0 issue x"),
    ("PTR", "{}"),
    ("NAPTR", "1 1 s x \"\" {}"),
    ("RP", "{} ."),
    ("MX", "0 192.0.2.1."),
    ("CNAME", "192.0.2.1.t."),
];

/// Chains of DNAMEs, through names that nobody knows.
const REDIRECTS: &[(&str, &str)] =
    &[("CNAME", "{}"), ("DNAME", "{}"), ("DNAME", "{}"), ("DNAME", "{}"), ("A", "192.0.2.1"), ("NS", "{}")];

/// Loops through wildcards.
const WILDCARDS: &[(&str, &str)] =
    &[("CNAME", "{}"), ("CNAME", "{}"), ("CNAME", "{}"), ("CNAME", "a.t."), ("CNAME", "a.b.t."), ("A", "192.0.2.1")];

/// (owner, type) to (TTL, data).
pub type Sets = BTreeMap<(String, &'static str), (u32, BTreeSet<String>)>;

/// Every zone with its records.
pub type World = BTreeMap<&'static str, Sets>;

/// A name below `origin` of up to `most` labels more.
pub fn name_in(dice: &mut Dice, origin: &str, most: usize) -> String {
    let count = dice.below(most + 1);
    let labels: String = (0..count).map(|_| format!("{}.", dice.choose(&LABELS))).collect();
    labels + origin
}

/// Any name near the zones of these worlds.
pub fn name(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => name_in(dice, "u.", 3),
        1 => name_in(dice, "v.", 1), // outside
        _ => name_in(dice, "t.", 3),
    }
}

fn set(dice: &mut Dice, least: usize) -> (&'static str, (u32, BTreeSet<String>)) {
    let (rtype, form) = *dice.choose(dice.forms);
    let count = (least + dice.below(4) / 3).max(least);
    let data = (0..count).map(|_| form.replace("{}", &name(dice))).collect();
    (rtype, (*dice.choose(&[60, 60, 0]), data))
}

/// Whether the records of an owner can stand together; a cut and a DNAME at the apex can.
fn fits(sets: &Sets, owner: &str, rtype: &str, count: usize, is_apex: bool) -> bool {
    let has = |other: &str| sets.keys().any(|(name, rtype)| name == owner && *rtype == other);
    let holds_any = sets.keys().any(|(name, _)| name == owner);
    match rtype {
        "CNAME" => !is_apex && count == 1 && !holds_any,
        "DNAME" => count == 1 && !has("CNAME") && (is_apex || !has("NS")),
        "NS" => !has("CNAME") && (is_apex || !has("DNAME")),
        _ => !has("CNAME"),
    }
}

/// The records of one zone.
pub fn zone(dice: &mut Dice, origin: &str) -> Sets {
    let mut sets = Sets::new();
    let soa = format!("ns.{origin} h.{origin} {} 1 1 1 1", dice.below(9));
    sets.insert((origin.to_string(), "SOA"), (60, BTreeSet::from([soa])));
    if !dice.one_in(5) {
        let host = name(dice);
        sets.insert((origin.to_string(), "NS"), (60, BTreeSet::from([host])));
    }
    for _ in 0..dice.below(14) {
        let owner = name_in(dice, origin, 3);
        let (rtype, set) = set(dice, 1);
        if fits(&sets, &owner, rtype, set.1.len(), owner == origin) {
            sets.insert((owner, rtype), set);
        }
    }
    sets
}

/// A world of some zones.
pub fn world(dice: &mut Dice) -> World {
    let mut world = World::from([("t.", zone(dice, "t."))]);
    for origin in &ORIGINS[1..] {
        if dice.one_in(4) {
            world.insert(origin, zone(dice, origin));
        }
    }
    world
}

/// Changes of a zone's RRsets that leave a zone; no data deletes.
pub fn changes(dice: &mut Dice, zone: &Sets, origin: &str) -> Sets {
    let mut after = zone.clone();
    let mut changes = Sets::new();
    let owners: Vec<&(String, &str)> = zone.keys().filter(|(_, rtype)| *rtype != "SOA").collect();
    for _ in 0..1 + dice.below(4) {
        let owner = match owners.is_empty() || dice.one_in(2) {
            true => name_in(dice, origin, 3),
            false => dice.choose(&owners).0.clone(),
        };
        // What stands there goes, all of it or one type.
        let keeps = dice.one_in(4);
        let held: Vec<_> = after.keys().filter(|(name, rtype)| *name == owner && *rtype != "SOA").cloned().collect();
        for key in held.iter().filter(|_| !keeps || dice.one_in(2)) {
            after.remove(key);
            changes.insert(key.clone(), (0, BTreeSet::new()));
        }
        let (rtype, set) = set(dice, 0);
        if set.1.is_empty() && after.remove(&(owner.clone(), rtype)).is_some() {
            changes.insert((owner, rtype), set);
        } else if fits(&after, &owner, rtype, set.1.len(), owner == origin) && !set.1.is_empty() {
            after.insert((owner.clone(), rtype), set.clone());
            changes.insert((owner, rtype), set);
        }
    }
    changes
}

/// The zone after changes.
pub fn changed(zone: &Sets, changes: &Sets) -> Sets {
    let mut after = zone.clone();
    after.extend(changes.clone());
    after.retain(|_, (_, data)| !data.is_empty());
    after
}

/// The master file of a zone.
pub fn text(sets: &Sets) -> String {
    let lines = sets.iter().flat_map(|((owner, rtype), (ttl, data))| {
        data.iter().map(move |data| format!("{owner} {ttl} {rtype} {data}\n"))
    });
    lines.collect()
}
