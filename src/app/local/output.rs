use super::{LocalDeed, LocalItem};
use crate::app::{Deed, Model};

/// What the last deed said.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalOutput {
    pub deed: LocalDeed,
    pub lines: Vec<String>,
    pub failed: bool,
}

impl Model {
    /// What a deed that has to do with an item says, or has said last; true: it is being done.
    pub fn local_output(&self, item: &LocalItem) -> Option<(&LocalDeed, &[String], bool)> {
        let (deed, lines, under_way) = match (self.local_job(), &self.local.output) {
            (Some(job), _) => match &job.deed {
                Deed::Local(deed) => (deed, job.lines.as_slice(), true),
                _ => return None,
            },
            (None, Some(output)) => (&output.deed, output.lines.as_slice(), false),
            (None, None) => return None,
        };
        concerns(deed, item).then_some((deed, lines, under_way))
    }
}

fn concerns(deed: &LocalDeed, item: &LocalItem) -> bool {
    match (item, deed) {
        (LocalItem::Engine, _) => true,
        (LocalItem::Image(name), LocalDeed::Build(names)) => names.is_empty() || names.contains(name),
        (LocalItem::Image(_), LocalDeed::Up) => true,
        (LocalItem::Finding(what), LocalDeed::Fix(fixed)) => what == fixed,
        _ => false,
    }
}
