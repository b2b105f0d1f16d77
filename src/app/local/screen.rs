use super::{LocalItem, LocalOutput, ServiceLog};
use crate::app::Fetched;
use crate::domain::Finding;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LocalPane {
    #[default]
    List,
    Detail,
}

/// The environment as a list, and beside it what there is of the selected item.
#[derive(Clone, Debug, Default)]
pub struct LocalScreen {
    pub selected: LocalItem,
    pub pane: LocalPane,
    /// The detail alone.
    pub full: bool,
    /// Lines of what a deed has said that lie below those that are shown.
    pub back: usize,
    pub findings: Fetched<Vec<Finding>>,
    /// They tell of an engine that has come or gone since.
    pub(super) findings_are_old: bool,
    /// No engine answers.
    pub lost: bool,
    pub log: ServiceLog,
    /// Of the last deed that is over.
    pub output: Option<LocalOutput>,
}
