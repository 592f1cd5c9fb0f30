//! Which names a change touches: those whose facts may be others afterwards.
//!
//! ```text
//! owners that changed ─> names whose answer changes with them ─> what reaches those whose shape is another ─> scope
//!                        below a cut or DNAME, below a name that begins or ends, under a wildcard
//! ```
//!
//! Two versions are compared. The *shape* of a name is what a walk that comes by can tell of it: absent, empty, an alias
//! of which name, has an address. As long as it stays the same nobody who reaches the name is looked at, so the address
//! under half a million aliases changes at no cost. The scope may hold more names than need be, never less: a property
//! test holds it to that.

mod change;
mod leads;
mod shape;

use crate::graph::NameId;
use crate::walk::versions::{Region, Versions};
use change::Search;
use leads::Reach;

/// What is found out about a change.
pub struct Touched {
    /// All names of the scope, ascending.
    pub scope: Vec<NameId>,
    /// Where answers may be others.
    pub regions: Vec<Region>,
}

impl Versions<'_> {
    /// The scope of a change of these (zone, owner) pairs.
    pub fn scope(&self, changed: &[(NameId, NameId)]) -> Touched {
        let mut search = Search::new(self);
        for (zone, owner) in changed {
            search.change(*zone, *owner);
        }
        let regions = search.regions();
        let Search { mut touched, beside, below, mut forced, .. } = search;
        let shape_differs = |id: &&NameId| {
            let name = self.name(**id);
            self.before.shape(&name) != self.after.shape(&name)
        };
        forced.extend(touched.iter().filter(shape_differs));
        touched.extend(beside);
        let mut reach = Reach::new(self, touched, forced);
        below.into_keys().for_each(|id| reach.through_dnames(id));
        Touched { scope: reach.run(), regions }
    }
}
