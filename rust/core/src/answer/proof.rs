//! Proofs of a signed zone: that a name is absent, that a type is, that no closer name than a wildcard is there
//! (RFC 4035 3.1.3, RFC 5155 7.2), for each zone that a chain passes through.
//!
//! Which record covers a name is found in the order that every publication keeps (`graph::denial`); with NSEC3 the
//! names that are asked for have to be hashed, once each.

use super::compose::Composer;
use crate::graph::{Denial, NameId, Nsec3Parameters};
use crate::name::Name;
use crate::packet::Section;
use crate::record::Rtype;
use crate::walk::{GraphName, Place};

impl Composer<'_, '_> {
    /// Proves that `name` itself does not exist, for an answer that a wildcard below `encloser` made
    /// (RFC 4035 3.1.3.3, RFC 5155 7.2.6).
    pub fn prove_expansion(&mut self, zone: NameId, name: &Name, encloser: NameId) -> bool {
        match self.walk.snapshot.denial(zone) {
            Denial::None => true,
            Denial::Nsec => self.cover(zone, name),
            Denial::Nsec3(parameters) => {
                let encloser = self.walk.snapshot.name(encloser);
                self.cover_hash(zone, parameters, &next_closer(name, &encloser))
            }
        }
    }

    /// Proves that neither `name` nor a wildcard for it exists (RFC 4035 3.1.3.2, RFC 5155 7.2.2).
    pub fn prove_absence(&mut self, place: Place, name: &Name) -> bool {
        let zone = place.zone;
        let encloser = self.walk.snapshot.name(place.owner);
        match self.walk.snapshot.denial(zone) {
            Denial::None => true,
            // A name too long to have a wildcard beside it needs no proof about one.
            Denial::Nsec => self.cover(zone, name) && encloser.child(b"*").map_or(true, |star| self.cover(zone, &star)),
            Denial::Nsec3(parameters) => {
                let (encloser, has_fit) = self.prove_encloser(zone, parameters, name, encloser);
                has_fit && encloser.child(b"*").map_or(true, |star| self.cover_hash(zone, parameters, &star))
            }
        }
    }

    /// Proves that `name`, which exists, lacks the type (RFC 4035 3.1.3.1, RFC 5155 7.2.3 and 7.2.4).
    pub fn prove_no_data(&mut self, place: Place, name: &Name) -> bool {
        match self.walk.snapshot.denial(place.zone) {
            Denial::None => true,
            // An empty non-terminal has no NSEC record of its own: the one before it says that it holds nothing.
            Denial::Nsec => self.cover(place.zone, name),
            Denial::Nsec3(parameters) => self.match_or_opt_out(place.zone, parameters, name),
        }
    }

    /// Proves that the wildcard which stands for `name` lacks the type (RFC 4035 3.1.3.4, RFC 5155 7.2.5).
    pub fn prove_no_wildcard_data(&mut self, place: Place, name: &Name) -> bool {
        let zone = place.zone;
        let star = self.walk.snapshot.name(place.owner);
        match self.walk.snapshot.denial(zone) {
            Denial::None => true,
            Denial::Nsec => self.cover(zone, name) && self.cover(zone, &star),
            Denial::Nsec3(parameters) => {
                let encloser = star.parent().unwrap_or(star);
                let (_, has_fit) = self.prove_encloser(zone, parameters, name, encloser);
                has_fit && self.match_hash(zone, parameters, &star).unwrap_or(true)
            }
        }
    }

    /// Proves that a delegation is not signed, or gives its DS records (RFC 4035 3.1.4, RFC 5155 7.2.7). DS records of
    /// a zone that is not signed itself say nothing to anybody: they are there for who asks for them.
    pub fn prove_delegation(&mut self, cut: Place) -> bool {
        if !self.walk.snapshot.is_signed(cut.zone) {
            return true;
        }
        let sets = self.payload(cut).map(|payload| payload.sets());
        if let Some((sets, set)) = sets.and_then(|sets| Some((sets, sets.get(Rtype::DS)?))) {
            return self.put_signed(Section::Authority, &GraphName::Known(cut.owner), set, sets);
        }
        let name = self.walk.snapshot.name(cut.owner);
        self.prove_no_data(cut, &name)
    }

    /// Matches a name's hash, or, where the zone opts out, proves that it has no secure delegation.
    fn match_or_opt_out(&mut self, zone: NameId, parameters: Nsec3Parameters<'_>, name: &Name) -> bool {
        if let Some(has_fit) = self.match_hash(zone, parameters, name) {
            return has_fit;
        }
        let encloser = name.parent().unwrap_or(*name);
        self.prove_encloser(zone, parameters, name, encloser).1
    }

    /// The closest encloser proof (RFC 5155 7.2.1), from `encloser` upwards: names that were opted out have no hash.
    /// Gives the encloser that was proved, and whether the proof fitted.
    fn prove_encloser(
        &mut self,
        zone: NameId,
        parameters: Nsec3Parameters<'_>,
        name: &Name,
        mut encloser: Name,
    ) -> (Name, bool) {
        let apex = self.walk.snapshot.name(zone);
        loop {
            if let Some(has_fit) = self.match_hash(zone, parameters, &encloser) {
                let has_fit = has_fit && self.cover_hash(zone, parameters, &next_closer(name, &encloser));
                return (encloser, has_fit);
            }
            match encloser.parent().filter(|parent| parent.is_at_or_below(&apex)) {
                Some(parent) => encloser = parent,
                // The zone's series of hashes has a gap at its apex: there is nothing that could be proved.
                None => return (encloser, true),
            }
        }
    }

    fn cover(&mut self, zone: NameId, name: &Name) -> bool {
        let owner = self.walk.snapshot.nsec_at_or_before(zone, name);
        owner.is_none_or(|owner| self.put_proof(zone, owner, Rtype::NSEC))
    }

    fn cover_hash(&mut self, zone: NameId, parameters: Nsec3Parameters<'_>, name: &Name) -> bool {
        let (matching, covering) = self.walk.snapshot.nsec3_of(zone, parameters, name);
        matching.or(covering).is_none_or(|owner| self.put_proof(zone, owner, Rtype::NSEC3))
    }

    /// Writes the record that has the name's hash; nothing when there is none.
    fn match_hash(&mut self, zone: NameId, parameters: Nsec3Parameters<'_>, name: &Name) -> Option<bool> {
        let (matching, _) = self.walk.snapshot.nsec3_of(zone, parameters, name);
        matching.map(|owner| self.put_proof(zone, owner, Rtype::NSEC3))
    }

    /// Writes the NSEC or NSEC3 record of an owner, once in a message.
    fn put_proof(&mut self, zone: NameId, owner: NameId, rtype: Rtype) -> bool {
        if self.proved.contains(&(zone, owner)) {
            return true;
        }
        self.proved.push((zone, owner));
        let sets = self.payload(Place { zone, owner }).map(|payload| payload.sets());
        let found = sets.and_then(|sets| Some((sets, sets.get(rtype)?)));
        found.is_none_or(|(sets, set)| self.put_signed(Section::Authority, &GraphName::Known(owner), set, sets))
    }
}

/// The name one label longer than its encloser, on the way to `name` (RFC 5155 1.3).
fn next_closer(name: &Name, encloser: &Name) -> Name {
    let (mut closer, mut at) = (*name, *name);
    while at.len() > encloser.len() {
        closer = at;
        match at.parent() {
            Some(parent) => at = parent,
            None => break,
        }
    }
    closer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_closer_name() {
        let name = |text: &str| text.parse::<Name>().expect("a name");
        assert_eq!(next_closer(&name("a.b.c.example"), &name("c.example")), name("b.c.example"));
        assert_eq!(next_closer(&name("c.example"), &name("c.example")), name("c.example"));
        assert_eq!(next_closer(&name("example"), &Name::ROOT), name("example"));
    }
}
