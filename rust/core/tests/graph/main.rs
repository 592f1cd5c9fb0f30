//! The graph from outside: facts, scopes of changes, who reaches a name.

mod scope;
mod worlds;
