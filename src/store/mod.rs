//! Run directories, artifacts, the lake, the index of runs.

mod atomic_write;
mod error;
mod escape;
mod expect;
mod lake;
mod manifest;
mod metrics;
mod outputs;
mod place;
mod remove_tree;
mod run_dir;
mod seal;
mod take;
#[cfg(test)]
mod testing;
mod walk;

pub use atomic_write::atomic_write;
pub use lake::{Catalog, Lake};
pub use run_dir::RunDir;
