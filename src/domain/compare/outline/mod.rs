//! A comparison as lines to be read, part by part: the same on the command line and in the workbench.

mod columns;
mod parts;

use super::Comparison;
use crate::domain::text::safe;

/// How a piece of a line is meant; how it is painted follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    /// A name.
    Name,
    Dim,
    /// Only the old one has it.
    Gone,
    /// Only the new one has it.
    Come,
    /// What differs.
    Differs,
    Warn,
}

/// A line of pieces, safe for a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutlineLine(pub Vec<(Tone, String)>);

impl OutlineLine {
    fn with(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        self.0.push((tone, safe(text.as_ref()).into_owned()));
        self
    }

    fn of(tone: Tone, text: impl AsRef<str>) -> Self {
        Self::default().with(tone, text)
    }
}

/// One aspect in which two runs are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinePart {
    pub title: String,
    /// In a few words, also where its lines are not shown.
    pub summary: String,
    pub lines: Vec<OutlineLine>,
}

impl OutlinePart {
    fn new(title: impl AsRef<str>, summary: impl AsRef<str>, lines: Vec<OutlineLine>) -> Option<Self> {
        let [title, summary] = [title.as_ref(), summary.as_ref()].map(|text| safe(text).into_owned());
        (!lines.is_empty()).then_some(Self { title, summary, lines })
    }
}

/// The parts of a comparison that say something. `all`: also what is the same.
pub fn outline(comparison: &Comparison, all: bool) -> Vec<OutlinePart> {
    let doubts = comparison.doubts.iter().map(|doubt| OutlineLine::of(Tone::Warn, doubt));
    let parts = [
        parts::metrics(comparison, all),
        parts::params(comparison, all),
        parts::spec(comparison, all),
        parts::code(comparison, all),
        parts::images(comparison, all),
        parts::inputs(comparison, all),
        parts::steps(comparison, all),
    ];
    let artifacts = comparison.steps.iter().flat_map(|step| {
        let shown =
            step.artifacts.iter().filter(move |artifact| all || !artifact.same || artifact.unread.is_some());
        shown.filter_map(move |artifact| columns::artifact(step, artifact, all))
    });
    let not_read = OutlinePart::new("not compared", "", doubts.collect());
    parts.into_iter().flatten().chain(artifacts).chain(not_read).collect()
}
