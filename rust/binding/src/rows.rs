//! RRsets of a text as the store's tables have them (`store.schema`), in the order of their keys: a B-tree that only
//! grows at its end is written once, and what is stored already comes in the same order, to be compared.

use crate::text::{set_tuple, Set, Sets, Words};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use std::fmt::Write;
use truename_core::name::Name;
use truename_core::record::Rtype;
use truename_core::zonefile::write_place;

/// A stored RRset that differs, by its number among those that were compared, and what takes its place.
pub type Difference<'py> = (Option<usize>, Option<Bound<'py, PyTuple>>);

/// The keys of all RRsets of a text.
pub struct Keys {
    /// `store.place`, one behind the other; that of RRset i is `places[starts[i]..starts[i + 1]]`.
    places: String,
    starts: Vec<u32>,
    /// Numbers of RRsets, sorted by place and type.
    order: Vec<u32>,
    /// Why there are none: an owner outside the zone.
    wrong: Option<String>,
}

impl Keys {
    pub fn new(sets: &Sets, apex: &Name) -> Keys {
        let count = sets.sets.len();
        let mut keys = Keys { places: String::new(), starts: vec![0], order: Vec::new(), wrong: None };
        keys.starts.reserve(count);
        for set in &sets.sets {
            let owner = sets.owner(set);
            if !owner.is_at_or_below(apex) {
                keys.wrong = Some(format!("{owner} is not in {apex}"));
                return keys;
            }
            write_place(&owner, apex, &mut keys.places);
            keys.starts.push(keys.places.len() as u32);
        }
        let mut order: Vec<u32> = (0..count as u32).collect();
        let of = |number: u32| (keys.place(number as usize), sets.sets[number as usize].rtype);
        order.sort_by(|one, two| {
            let (one, two) = (of(*one), of(*two));
            one.0.cmp(two.0).then_with(|| one.1.to_string().cmp(&two.1.to_string()))
        });
        keys.order = order;
        keys
    }

    fn place(&self, number: usize) -> &str {
        &self.places[self.starts[number] as usize..self.starts[number + 1] as usize]
    }

    fn check(&self) -> PyResult<()> {
        self.wrong.as_ref().map_or(Ok(()), |wrong| Err(PyValueError::new_err(wrong.clone())))
    }

    /// Numbers of RRsets in order, *count* from *start* on.
    fn range(&self, start: usize, count: usize) -> &[u32] {
        let order = &self.order[start.min(self.order.len())..];
        &order[..count.min(order.len())]
    }
}

/// A text with its keys, and what stands in the place of its SOA's data.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    pub sets: &'a Sets,
    pub keys: &'a Keys,
    pub soa: Option<&'a str>,
}

impl<'a> Stored<'a> {
    fn data(&self, number: usize) -> &'a str {
        let set = &self.sets.sets[number];
        match self.soa {
            Some(soa) if set.rtype == Rtype::SOA && self.keys.place(number).is_empty() => soa,
            _ => &set.data,
        }
    }

    /// Parameters of statements that insert *each* RRsets: the zone, then place, type, ttl, kind and served of each.
    pub fn rows<'py>(
        &self,
        py: Python<'py>,
        zone: u32,
        each: usize,
        part: (usize, usize),
    ) -> PyResult<Bound<'py, PyList>> {
        self.keys.check()?;
        let zone = zone.into_pyobject(py)?.into_any();
        let (alias, other) = (PyString::new(py, "alias").into_any(), PyString::new(py, "data").into_any());
        let none = py.None().into_bound(py);
        let mut word = Words::new(py);
        let statement = |numbers: &[u32]| {
            let mut values = Vec::with_capacity(1 + numbers.len() * 5);
            values.push(zone.clone());
            for number in numbers.iter().map(|number| *number as usize) {
                let set = &self.sets.sets[number];
                let kind = match kind_of(set.rtype) {
                    Some("alias") => &alias,
                    Some(_) => &other,
                    None => &none,
                };
                values.push(PyString::new(py, self.keys.place(number)).into_any());
                values.push(word.of(set.rtype).into_any());
                values.push(set.ttl.into_pyobject(py)?.into_any());
                values.push(kind.clone());
                values.push(PyString::new(py, self.data(number)).into_any());
            }
            PyTuple::new(py, values)
        };
        let rows = self.keys.range(part.0, part.1).chunks(each.max(1)).map(statement);
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }

    /// Lines as COPY of PostgreSQL reads them, of all columns.
    pub fn copied<'py>(&self, py: Python<'py>, zone: u32, part: (usize, usize)) -> PyResult<Bound<'py, PyBytes>> {
        self.keys.check()?;
        let text = py.detach(|| {
            let mut text = String::new();
            for number in self.keys.range(part.0, part.1).iter().map(|number| *number as usize) {
                let set = &self.sets.sets[number];
                // Writing to a String cannot fail.
                let _ = write!(text, "{zone}\t");
                escape(self.keys.place(number), &mut text);
                let _ = write!(text, "\t{}\t{}\t{}\t", set.rtype, set.ttl, kind_of(set.rtype).unwrap_or("\\N"));
                escape(self.data(number), &mut text);
                text.push_str("\t\t\n");
            }
            text
        });
        Ok(PyBytes::new(py, text.as_bytes()))
    }

    /// Where *rows* and the text's RRsets from *at* on part, and the number of the next RRset. Both are in one order.
    pub fn compare<'py>(
        &self,
        py: Python<'py>,
        rows: &Bound<'py, PyList>,
        mut at: usize,
    ) -> PyResult<(usize, Vec<Difference<'py>>)> {
        self.keys.check()?;
        let mut word = Words::new(py);
        let mut found = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let row = Row::of(&row)?;
            let (place, rtype) = (row.place.to_str()?, row.rtype.to_str()?);
            let mut is_there = false;
            while let Some(next) = self.keys.order.get(at).map(|next| *next as usize) {
                let set = &self.sets.sets[next];
                let order = self.keys.place(next).cmp(place).then_with(|| word.text(set.rtype).cmp(rtype));
                if order.is_gt() {
                    break;
                }
                at += 1;
                is_there = order.is_eq();
                if !(is_there && row.holds(set)?) {
                    found.push((is_there.then_some(number), Some(set_tuple(self.sets, set, &mut word)?)));
                }
                if is_there {
                    break;
                }
            }
            if !is_there {
                found.push((Some(number), None));
            }
        }
        Ok((at, found))
    }

    /// RRsets in the order of their keys.
    pub fn ordered<'py>(&self, py: Python<'py>, part: (usize, usize)) -> PyResult<Bound<'py, PyList>> {
        self.keys.check()?;
        let mut word = Words::new(py);
        let sets = self.keys.range(part.0, part.1).iter().map(|number| &self.sets.sets[*number as usize]);
        let rows = sets.map(|set| set_tuple(self.sets, set, &mut word));
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }
}

/// What an RRset makes of its owner (`store.schema`).
fn kind_of(rtype: Rtype) -> Option<&'static str> {
    match rtype {
        Rtype::CNAME => Some("alias"),
        beside if beside.stands_beside_alias() => None,
        _ => Some("data"),
    }
}

fn escape(field: &str, text: &mut String) {
    for octet in field.chars() {
        match octet {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            octet => text.push(octet),
        }
    }
}

/// (place, type, ttl, served, disabled, comments) as it is stored.
struct Row<'py> {
    place: Bound<'py, PyString>,
    rtype: Bound<'py, PyString>,
    ttl: u32,
    served: Bound<'py, PyString>,
    /// Whether there is nothing that a text cannot hold: disabled records, comments.
    is_plain: bool,
}

impl<'py> Row<'py> {
    fn of(row: &Bound<'py, PyAny>) -> PyResult<Row<'py>> {
        let row = row.cast::<PyTuple>()?;
        let text = |at: usize| Ok::<_, PyErr>(row.get_item(at)?.cast_into::<PyString>()?);
        let is_plain = text(4)?.to_str()?.is_empty() && text(5)?.to_str()?.is_empty();
        Ok(Row { place: text(0)?, rtype: text(1)?, ttl: row.get_item(2)?.extract()?, served: text(3)?, is_plain })
    }

    fn holds(&self, set: &Set) -> PyResult<bool> {
        Ok(self.is_plain && self.ttl == set.ttl && is_same(self.served.to_str()?, &set.data))
    }
}

/// Whether both are the same lines, in any order (RFC 2181 5: a set).
fn is_same(one: &str, other: &str) -> bool {
    let sorted = |lines: &str| {
        let mut lines: Vec<String> = lines.split('\n').map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    one == other || (one.len() == other.len() && one.contains('\n') && sorted(one) == sorted(other))
}
