//! Run directories, artifacts, the lake, the index of runs.

mod altered;
mod atomic_write;
mod driver;
mod error;
mod escape;
mod events;
mod expect;
mod file_state;
#[cfg(test)]
mod fuzz;
mod given_up;
mod kept;
mod lake;
mod manifest;
mod metrics;
mod outputs;
mod own_runs;
mod place;
mod receipt;
mod record;
mod recorded;
mod remove_tree;
mod run_dir;
mod runs;
mod seal;
mod take;
#[cfg(test)]
mod testing;
mod unrecorded;
mod walk;

pub use altered::altered;
pub use atomic_write::atomic_write;
pub use driver::is_driven;
pub use events::{EventLog, Events, read_events};
pub use file_state::{FileState, file_states};
pub use kept::{kept_path, manifest, manifests};
pub use lake::{Catalog, Lake};
pub use own_runs::{Origin, OwnRuns};
pub use record::{read_plan, read_run, write_plan, write_run};
pub use recorded::{Recorded, recorded};
pub use run_dir::RunDir;
pub use runs::{Broken, FindError, Listing, Params, ReferenceError, RunRef, Runs, named_with, run_at};
pub use unrecorded::unrecorded;
