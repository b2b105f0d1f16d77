//! The way of a branch, with real repositories, remotes and keys.

mod accidents;
mod attacks;
mod clones;
mod forged;
mod merged;
mod ready;
mod way;
pub mod world;
