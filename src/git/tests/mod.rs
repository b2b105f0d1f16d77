//! On real repositories and real remotes.

mod chain;
mod push;
mod signatures;
mod world;
