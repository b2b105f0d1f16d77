use camino::Utf8Path;

use crate::domain::Span;
use crate::review::checks::Places;
use crate::spec::{self, Specs};

/// Places in the specs as they were read.
pub(super) struct SpecPlaces<'s>(pub &'s Specs);

impl Places for SpecPlaces<'_> {
    fn of(&self, file: &Utf8Path, path: &[&str]) -> Option<Span> {
        spec::place(self.0.source(file)?, path)
    }
}
