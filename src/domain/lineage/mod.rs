//! Who makes and who reads what, over all workflows and blueprints of a project, down to the column.

mod breaks;
mod column;
mod dataset;
mod diff;
mod draft;
mod flow;
mod gathered;
mod graph;
mod solve;
pub mod sql;
mod step;
mod still;
mod texts;
mod trouble;

pub use breaks::{Break, Broken};
pub use column::{Column, ColumnRef, Columns};
pub use dataset::{Dataset, StepId};
pub use diff::{ColumnChange, ColumnDiff, DataChange, DataDiff, Reader, diff};
pub use flow::{Flow, Node};
pub use graph::{Data, Ground, Lineage};
pub use step::{Query, StepLineage};
pub use trouble::Trouble;
