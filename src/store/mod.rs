//! Run directories, artifacts, the lake, the index of runs.

mod altered;
mod archive;
mod atomic_write;
mod compare;
mod curves;
mod damage;
mod driver;
mod error;
mod events;
mod expect;
mod figures;
mod file_state;
mod folder;
#[cfg(test)]
mod fuzz;
mod gc;
mod given_up;
mod hashing;
mod imported;
mod kept;
mod lake;
mod lines;
mod look_at;
mod manifest;
mod metrics;
mod notes;
mod outputs;
mod own_name;
mod own_runs;
mod place;
mod points;
mod preview;
mod reach;
mod receipt;
mod record;
mod recorded;
mod remote;
mod remove_tree;
mod run_dir;
mod runs;
mod seal;
mod take;
#[cfg(test)]
mod testing;
mod unrecorded;
mod walk;

pub use altered::{altered, altered_within};
pub use archive::{Archive, ArchiveError, Exported, Index, PackedRun, Target, export};
pub use atomic_write::{atomic_replace, atomic_write, atomic_write_as};
pub use compare::{MakerRun, Makers, columns_of, compare_runs, compare_tables};
pub use curves::curves;
pub use damage::{damage, is_damaged};
pub use driver::is_driven;
pub use events::{EventLog, Events, read_events};
pub use figures::{JUDGE, Outputs, figures, figures_of};
pub use file_state::{FileState, file_states};
pub use folder::{Told, entry_facts, read_folder};
pub use gc::{Feeding, Garbage, GarbageError, Inside, Judging, Policy, Standing, Why};
pub use imported::{Imported, imported, is_ahead, is_imported};
pub use kept::{kept_path, manifest, manifests};
pub use lake::{Catalog, Lake, Unlisted};
pub use look_at::look_at;
pub use notes::{add_note, read_notes};
pub use own_name::own_name;
pub use own_runs::{Origin, OwnRuns};
pub use place::hash;
pub use reach::Reach;
pub use record::{read_plan, read_run, write_plan, write_run};
pub use recorded::{Recorded, recorded};
pub use remote::{
    Address, Haste, Mirror, MirroredRun, Pushed, RemoteError, Scheme, Sending, address_of, is_fetched,
    is_sent, mirror_folder,
};
pub use run_dir::RunDir;
pub use runs::{
    AliasMove, Broken, FindError, Listing, Maker, MeasuredListing, Older, Params, ReferenceError, RunRef,
    Runs, Sought, Unfit, Wanted, changed_file, has_all, lacks, named_with, never_had, run_at, taken,
};
pub use unrecorded::unrecorded;
