//! A workflow's way to production, as its ledger tells it: events, the package, the eight steps.

pub mod bodies;
mod card;
mod change;
mod check;
mod contributors;
mod cost;
mod data;
mod entry;
mod event;
mod fault;
mod folded;
mod given;
mod ids;
mod link;
mod package;
mod parted;
mod red;
mod remarks;
mod rerun;
mod run_report;
mod seen;
mod standing;
mod step;
mod track_id;
mod transition;

pub use card::{Card, MergeChange, NotChecked, Ran, Risk, SealedFacts, Since, Verdict, VerdictKind, Weight};
pub use change::{TreeChange, TreeChangeKind, TreeContent};
pub use check::{Check, CheckFinding, CheckPlace, CheckStatus, TEST_RESULT};
pub use contributors::{Contributors, Unsigned};
pub use cost::{Amounts, StepCost, cost};
pub use data::{ColumnShift, Nulls, OutputChange, Shift, outputs};
pub use entry::{Entry, Vouched};
pub use event::{Event, Target};
pub use fault::Fault;
pub use folded::{
    Approval, BRING_AGAIN, Cell, CellState, InvalidEntry, LedgerState, Next, NextAction, Pending, Promotion,
    Remark, SealedPackage, Track,
};
pub use given::{GivenChange, given};
pub use ids::{CommitId, IdError, RefName, TreeId};
pub use link::{Link, Signed};
pub use package::{DiffKind, Evidence, Package, PackagedCheck, PackagedDiff, PackagedRun};
pub use parted::Parted;
pub use red::{FailedBefore, RedCheck, Redness};
pub use remarks::{LineNow, threads};
pub use rerun::{CameTo, OutputAgain, Rerun, StepAgain, TableAgain};
pub use run_report::{ColumnReport, InputReport, OutputReport, RunReport, StepReport};
pub use seen::Seen;
pub use standing::{BaseMoved, Merge, Present, RangeDiff, Standing, Touch, Touched};
pub use step::{Side, TrackStep};
pub use track_id::{TrackId, TrackIdError};
pub use transition::{TRANSITIONS, Transition};
