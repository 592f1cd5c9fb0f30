//! Histories of a few zones over few labels: what is loaded, changed and taken away, one step after the other.
//!
//! Few labels make dense worlds: most targets exist, wildcards cover, cuts hide, loops close.

use arbitrary::{Result, Unstructured};
use std::collections::{BTreeMap, BTreeSet};

/// Zones that may be served, each below the ones before it or beside them.
pub const ORIGINS: [&str; 4] = [".", "a.", "b.a.", "b."];

/// Steps of one history, and records or sets of one step.
const STEPS: usize = 8;
const RECORDS: usize = 12;

/// Types of the records, and their data with `{}` for a name. A type stands here as often as it is interesting.
const DATA: [(&str, &str); 18] = [
    ("CNAME", "{}"),
    ("CNAME", "{}"),
    ("CNAME", "{}"),
    ("DNAME", "{}"),
    ("DNAME", "{}"),
    ("NS", "{}"),
    ("NS", "{}"),
    ("A", "192.0.2.1"),
    ("A", "192.0.2.2"),
    ("AAAA", "2001:db8::1"),
    ("MX", "1 {}"),
    ("SRV", "0 0 1 {}"),
    ("HTTPS", "0 {}"),
    ("ALIAS", "{}"),
    ("DS", "1 13 2 2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881"),
    ("NSEC", "{} A RRSIG NSEC"),
    ("RRSIG", "A 13 1 60 20300101000000 20200101000000 1 {} AAAA"),
    ("NSEC3PARAM", "1 0 0 -"),
];

/// (owner, type) to (TTL in seconds, data): the records of one zone.
pub type Sets = BTreeMap<(String, &'static str), (u32, BTreeSet<String>)>;

/// One step.
#[derive(Clone, Debug)]
pub enum Step {
    /// A zone file that holds these.
    Load(&'static str, Sets),
    /// These instead of what the zone has of the same owner and type; no data is none of it.
    Change(&'static str, Sets),
    Unload(&'static str),
}

/// Every name of up to three labels.
pub fn names() -> Vec<String> {
    let longer = |names: &[String]| -> Vec<String> {
        ["a", "b", "*"].iter().flat_map(|label| names.iter().map(move |name| format!("{label}.{name}"))).collect()
    };
    let one: Vec<String> = ["a.", "b.", "*."].map(String::from).into();
    let two = longer(&one);
    let three = longer(&two);
    [vec![".".to_string()], one, two, three].concat()
}

/// The history that some octets stand for.
pub fn read(octets: &[u8]) -> Result<Vec<Step>> {
    let mut source = Unstructured::new(octets);
    let names = names();
    let mut steps = Vec::new();
    while !source.is_empty() && steps.len() < STEPS {
        steps.push(step(&mut source, &names)?);
    }
    Ok(steps)
}

fn step(source: &mut Unstructured<'_>, names: &[String]) -> Result<Step> {
    let origin = *source.choose(&ORIGINS)?;
    Ok(match source.int_in_range(0..=7)? {
        0 => Step::Unload(origin),
        1..=3 => {
            let mut sets = sets(source, names, origin, 1)?;
            let serial = source.int_in_range(1..=9)?;
            if source.ratio(15, 16)? {
                let soa = BTreeSet::from([format!("{} a.b. {serial} 1 1 1 1", source.choose(names)?)]);
                sets.insert((origin.to_string(), "SOA"), (60, soa));
            }
            Step::Load(origin, sets)
        }
        _ => Step::Change(origin, sets(source, names, origin, 0)?),
    })
}

/// Records of one zone, each set with `least` or more.
fn sets(source: &mut Unstructured<'_>, names: &[String], origin: &str, least: usize) -> Result<Sets> {
    let inside: Vec<&String> = names.iter().filter(|name| name.ends_with(origin) || origin == ".").collect();
    let mut sets = Sets::new();
    for _ in 0..source.int_in_range(0..=RECORDS)? {
        let owner = match source.ratio(1, 32)? {
            true => source.choose(names)?, // perhaps outside the zone
            false => *source.choose(&inside)?,
        };
        let (rtype, form) = *source.choose(&DATA)?;
        let count = source.int_in_range(least..=2)?;
        let set = sets.entry((owner.clone(), rtype)).or_insert((60, BTreeSet::new()));
        set.0 = *source.choose(&[60, 0, 3600])?;
        for _ in 0..count {
            set.1.insert(form.replace("{}", source.choose(names)?));
        }
    }
    Ok(sets)
}

/// The zone file that holds `sets`.
pub fn text(sets: &Sets) -> String {
    let lines = sets.iter().flat_map(|((owner, rtype), (ttl, data))| {
        data.iter().map(move |data| format!("{owner} {ttl} {rtype} {data}\n"))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_names_and_any_octets_a_history() {
        assert_eq!(names().len(), 40);
        let octets: Vec<u8> = (0..4000u32).map(|number| (number * number % 251) as u8).collect();
        let steps = read(&octets).unwrap();
        assert_eq!(steps.len(), STEPS);
        assert!(steps.iter().any(|step| matches!(step, Step::Load(..))), "{steps:?}");
        assert!(read(b"").unwrap().is_empty());
    }
}
