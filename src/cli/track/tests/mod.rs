//! The way of a branch, with real repositories, remotes and keys.

mod accidents;
mod afterwards;
mod attacks;
mod brought;
mod clones;
mod closures;
mod forged;
mod meanwhile;
mod merged;
mod planted;
mod ready;
mod vouched;
mod way;
pub mod world;
