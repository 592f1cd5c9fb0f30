//! The graph from outside: facts, scopes of changes, batches of questions, who reaches a name, what is seen of some zones.

mod branch;
mod foreseen;
mod reach;
mod scope;
mod seen;
mod worlds;
