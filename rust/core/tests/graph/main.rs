//! The graph from outside: facts, scopes of changes, who reaches a name, what is seen of some zones.

mod branch;
mod reach;
mod scope;
mod seen;
mod worlds;
