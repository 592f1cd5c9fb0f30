//! The graph from outside: facts, scopes of changes, who reaches a name.

mod reach;
mod scope;
mod worlds;
