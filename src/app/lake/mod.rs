//! The lake: its tables, and queries on them.

mod ask;
mod check;
mod completion;
mod grid;
mod look;
mod new_step;
mod params;
mod query;
mod screen;
mod tables;
mod undeclared;

pub use ask::{CheckText, Checked, LakeAnswer, LakeAsk, LakeSlot};
pub use grid::Grid;
pub use look::{LakeLook, TableLook, TableUse};
pub use new_step::MakeStep;
pub use query::Asked;
pub use screen::{LakePane, LakeScreen, LakeTab};
