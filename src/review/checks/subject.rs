use std::io::{self, Read};

use camino::Utf8Path;
use indexmap::IndexMap;

use crate::domain::lineage::Lineage;
use crate::domain::track::CheckPlace;
use crate::domain::{Diagnostic, Name, Operator, Project, Span, Step, Workflow};

/// Where something is written.
pub trait Places {
    /// The place of a key of a spec, or of the last on the way that is there.
    fn of(&self, file: &Utf8Path, path: &[&str]) -> Option<Span>;
}

/// A step of an earlier run that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredStep {
    pub step: Name,
    /// Where it ran.
    pub env: Name,
    /// Which attempt succeeded, from 1.
    pub attempt: u32,
    pub peak_memory_bytes: Option<u64>,
    /// Of what it read, else of what it made, where they were counted.
    pub rows: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    Log,
    Artifact,
}

/// Something that a run has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub kind: TraceKind,
    pub step: Name,
    /// As a person finds it: relative to the project's root where it lies below that.
    pub file: String,
}

/// What earlier runs say.
pub trait History {
    /// The steps of the newest runs that succeeded, newest first; how many runs, the second says.
    fn measured(&self, workflow: &Name) -> (Vec<MeasuredStep>, usize);

    /// Hands over all that the newest run has left. False where there is no run.
    fn traces(
        &self,
        workflow: &Name,
        look: &mut dyn FnMut(&Trace, &mut dyn Read) -> io::Result<()>,
    ) -> io::Result<bool>;

    /// What must not be found in them: the values of the secrets that a workflow names, each with its name.
    fn secrets(&self, workflow: &Workflow) -> Result<Vec<(Name, String)>, String>;
}

/// What the checks look at.
pub struct Subject<'s> {
    pub project: &'s Project,
    /// All of the project.
    pub workflows: &'s IndexMap<Name, Workflow>,
    pub operators: &'s IndexMap<Name, Operator>,
    /// Those of `workflows` that are asked about.
    pub asked: Vec<&'s Workflow>,
    /// What is wrong with the files that are asked about, and how many those are.
    pub diagnostics: Vec<&'s Diagnostic>,
    pub lineage: &'s Lineage,
    pub places: &'s dyn Places,
    pub history: &'s dyn History,
}

impl<'s> Subject<'s> {
    pub(super) fn is_asked(&self, workflow: &Name) -> bool {
        self.asked.iter().any(|asked| asked.name == *workflow)
    }

    pub(super) fn place(&self, file: &Utf8Path, path: &[&str]) -> Option<CheckPlace> {
        let span = self.places.of(file, path).unwrap_or(Span::START);
        Some(CheckPlace { file: file.to_string(), line: span.line, column: span.column })
    }

    /// Of a step, or of one of its keys.
    pub(super) fn place_of(&self, workflow: &Workflow, step: &Name, key: &[&str]) -> Option<CheckPlace> {
        let steps = if workflow.blueprint.is_some() { "components" } else { "steps" };
        let path: Vec<&str> = [steps, step.as_str()].into_iter().chain(key.iter().copied()).collect();
        self.place(&workflow.file, &path)
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = (&'s Workflow, &'s Step)> {
        self.asked.iter().flat_map(|workflow| workflow.steps.values().map(move |step| (*workflow, step)))
    }
}
