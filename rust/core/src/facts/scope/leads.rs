//! From names whose shape is another to all that lead to them.

use super::shape::FORWARDS;
use crate::graph::node::{NameId, Node};
use crate::walk::links::forwarding;
use crate::walk::versions::Versions;
use std::collections::{BTreeSet, HashSet};

/// From names whose answer is another to all that lead to them.
pub(crate) struct Reach<'a> {
    versions: &'a Versions<'a>,
    scope: HashSet<NameId>,
    passed: HashSet<NameId>,
    dnames: HashSet<NameId>,
    open: Vec<NameId>,
}

impl<'a> Reach<'a> {
    /// From `open`; `touched` are of the scope whatever leads to them.
    pub fn new(versions: &'a Versions<'a>, touched: BTreeSet<NameId>, open: Vec<NameId>) -> Reach<'a> {
        let scope = touched.into_iter().collect();
        Reach { versions, scope, passed: HashSet::new(), dnames: HashSet::new(), open }
    }

    /// The scope, ascending.
    pub fn run(mut self) -> Vec<NameId> {
        while let Some(id) = self.open.pop() {
            if !self.passed.insert(id) {
                continue;
            }
            let inbound = self.versions.knowing(id).flat_map(|version| version.inbound(id, None));
            let mut owners: Vec<NameId> = inbound.collect();
            owners.sort(); // two sorted runs
            owners.dedup();
            for owner in owners {
                self.scope.insert(owner);
                if self.leads_on(owner, id) {
                    self.lead(owner);
                }
            }
            self.through_dnames(id);
        }
        let mut scope: Vec<NameId> = self.scope.into_iter().collect();
        scope.sort_unstable();
        scope
    }

    /// Whether an owner's answers are those of `target`.
    fn leads_on(&self, owner: NameId, target: NameId) -> bool {
        self.versions.knowing(owner).any(|version| {
            version.slot(owner).payloads().any(|payload| match payload.node() {
                Node::Alias(link, _) => link.target == target,
                Node::Data(..) => FORWARDS.iter().any(|qtype| forwarding(&payload, *qtype).is_some()),
                Node::Empty => false,
            })
        })
    }

    /// The answers of an owner are others: so are those of the names that it answers for.
    fn lead(&mut self, owner: NameId) {
        self.open.push(owner);
        if self.versions.is_wildcard(owner) {
            let mut found = BTreeSet::new();
            self.versions.captured(self.versions.parent(owner), &mut found);
            self.open.extend(found);
        }
    }

    /// DNAMEs that lead names below them to `id`, or to names below it.
    pub fn through_dnames(&mut self, id: NameId) {
        if self.versions.both().iter().all(|version| version.redirects.is_empty()) {
            return;
        }
        let mut open = self.versions.ancestors(id);
        while let Some(target) = open.pop() {
            let dnames: BTreeSet<NameId> =
                self.versions.knowing(target).flat_map(|version| version.redirects(target)).collect();
            for dname in dnames {
                self.scope.insert(dname);
                if self.dnames.insert(dname) {
                    let mut found = BTreeSet::new();
                    self.versions.below(dname, &mut found);
                    self.open.extend(found);
                    open.extend(self.versions.ancestors(dname));
                }
            }
        }
    }
}
