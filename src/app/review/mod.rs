//! What there is to review, and one package of it.

mod code;
mod deed;
mod look;
mod rows;
#[cfg(test)]
pub mod scene;
mod screen;
mod tracks;
mod verbs;

pub use code::{CodeFile, FlowDiff, Hunk, HunkRow, StepPair, StepSign};
pub use deed::ReviewDeed;
pub use look::{ReviewLook, TracksLook};
#[cfg(test)]
pub use rows::code_rows;
pub use rows::{CodeRow, SpecRow};
pub use screen::{ReviewPane, ReviewScreen, ReviewTab};
