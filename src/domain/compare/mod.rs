//! How two runs differ, and where they first parted.

mod amounts;
mod change;
mod column;
mod first;
mod outline;
mod run;
mod step;
mod table;
mod told_apart;

pub use change::Change;
pub use column::{ColumnDifference, ColumnFacts, percent};
pub use first::Parted;
pub use outline::{OutlineLine, OutlinePart, Tone, outline};
pub use run::{CodeChanges, ComparedRun, Comparison};
pub use step::{ArtifactDifference, ArtifactFacts, StepDifference, StepOutcome, TakenOver};
pub use table::{ChangedRow, KeyedRows, TableDifference};
