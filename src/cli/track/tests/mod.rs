//! The way of a branch, with real repositories, remotes and keys.

mod accidents;
mod attacks;
mod clones;
mod closures;
mod forged;
mod meanwhile;
mod merged;
mod ready;
mod way;
mod vouched;
pub mod world;
