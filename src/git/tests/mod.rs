//! On real repositories and real remotes.

mod chain;
mod concurrent;
mod contents;
mod fetch;
mod forms;
mod history;
mod hostile;
mod merge;
mod network;
mod push;
mod signatures;
mod worktree;
mod world;
