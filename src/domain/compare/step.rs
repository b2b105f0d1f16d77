use serde::Serialize;

use super::{Change, TableDifference};
use crate::domain::figures::size;
use crate::domain::{Digest, NodeId, Status, Token};

/// A step of both runs, or of one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepDifference {
    pub node: NodeId,
    /// As people read it.
    pub title: String,
    /// None: that run has no such step.
    pub old: Option<StepOutcome>,
    pub new: Option<StepOutcome>,
    /// None: both runs made by themselves what it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_over: Option<TakenOver>,
    /// Its parts as planned: script, command, operator's inputs, environment, outputs, image. These, parameters, files
    /// and plain values are those of the runs that made what it left.
    pub spec: Vec<Change<String>>,
    /// Parameters that differ and that it may ask for.
    pub params: Vec<String>,
    /// Files of the project that differ and that it reads.
    pub files: Vec<String>,
    /// What it was given by other steps, by its sum: it differs where those parted before.
    pub inputs: Vec<Change<String>>,
    /// The tables that it read, by their sums, and inputs that are plain values.
    pub reads: Vec<Change<String>>,
    pub artifacts: Vec<ArtifactDifference>,
}

/// Who made what a step left, where not both runs did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TakenOver {
    /// The same run made both.
    pub same: bool,
    /// None: that run itself.
    pub old: Option<Token>,
    pub new: Option<Token>,
    /// What those who made it were run with, as far as it differs, is known, and the step may ask for it.
    pub params: Vec<Change<String>>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepOutcome {
    /// None: it was not reached.
    pub status: Option<Status>,
    /// Of its containers; none where nobody has recorded it.
    pub seconds: Option<f64>,
    pub peak_memory_bytes: Option<u64>,
    /// The run whose outputs it took over.
    pub taken_from: Option<Token>,
}

/// A file, or a table of several, that a step left.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArtifactDifference {
    /// Within the step's directory.
    pub path: String,
    pub old: Option<ArtifactFacts>,
    pub new: Option<ArtifactFacts>,
    /// Equal by content, whatever the bytes.
    pub same: bool,
    /// Of a table whose bytes differ.
    pub table: Option<TableDifference>,
    /// Why a table is compared by its bytes alone.
    pub unread: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArtifactFacts {
    pub bytes: u64,
    pub sha256: Digest,
}

impl StepDifference {
    pub fn is_in_both(&self) -> bool {
        self.old.is_some() && self.new.is_some()
    }

    fn statuses(&self) -> [Option<Status>; 2] {
        [&self.old, &self.new].map(|side| side.as_ref().and_then(|outcome| outcome.status))
    }

    /// It left something else, or ended in another way.
    pub fn made_differs(&self) -> bool {
        let [old, new] = self.statuses();
        old != new || !self.is_in_both() || self.artifacts.iter().any(|artifact| !artifact.same)
    }

    /// It was told something else, or has read something else than what other steps made.
    pub fn given_differs(&self) -> bool {
        !(self.params.is_empty() && self.files.is_empty())
            || self.spec.iter().chain(&self.reads).any(|change| !change.is_same())
    }

    pub fn differs(&self) -> bool {
        self.made_differs() || self.given_differs()
    }

    /// How it ended, where that differs: `succeeded → failed`.
    pub fn ended_otherwise(&self) -> Option<String> {
        let shown = |status: Option<Status>| status.map_or("not run", Status::as_str);
        match self.statuses() {
            [old, new] if old == new => None,
            [old, new] => Some(format!("{} → {}", shown(old), shown(new))),
        }
    }

    /// What of its own differs, or of what it was given, so that it may have made something else.
    pub fn causes(&self) -> Vec<String> {
        let taken = self.taken_over.as_ref();
        if taken.is_some_and(|taken| taken.same) {
            return Vec::new();
        }
        let short = |change: &Change<String>| {
            let sides = [&change.old, &change.new].into_iter().flatten();
            sides.into_iter().all(|text| text.len() <= 40 && !text.contains('\n'))
        };
        let spec = self.spec.iter().filter(|change| !change.is_same()).map(|change| match short(change) {
            true => format!("{} {}", change.name, change.told()),
            false => format!("its {}", change.name),
        });
        // Of what it took over, others were given the inputs.
        let inputs = self.inputs.iter().filter(|change| taken.is_none() && !change.is_same());
        let inputs = inputs.map(|change| match short(change) {
            true => format!("input {} {}", change.name, change.told()),
            false => format!("input {}", change.name),
        });
        let of_makers = |name: &String| taken?.params.iter().find(|change| change.name == *name);
        let params = self.params.iter().map(|name| match of_makers(name) {
            Some(change) => format!("parameter {name} {}", change.told()),
            None => format!("parameter {name}"),
        });
        let tables = self.reads.iter().filter(|input| !input.is_same());
        let causes = spec.chain(inputs).chain(params).chain(self.files.clone());
        let causes: Vec<String> = causes.chain(tables.map(|input| input.name.clone())).collect();
        match taken {
            // That it was another run says why only where nothing else does.
            Some(taken) if causes.is_empty() => vec![taken.told()],
            _ => causes,
        }
    }
}

impl TakenOver {
    /// `taken from run b271 → run 3de9`
    fn told(&self) -> String {
        let run = |token: &Token| format!("run {}", token.short());
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => format!("taken from {} → {}", run(old), run(new)),
            (Some(old), None) => format!("taken from {} → made anew", run(old)),
            (None, Some(new)) => format!("made by itself → taken from {}", run(new)),
            (None, None) => "made by itself".to_owned(),
        }
    }
}

impl ArtifactDifference {
    /// In a few words: what of it differs.
    pub fn told(&self) -> String {
        match (&self.old, &self.new, &self.table) {
            (_, _, Some(table)) => table.told(),
            (Some(old), None, None) => format!("is gone, {}", size(old.bytes)),
            (None, Some(new), None) => format!("is new, {}", size(new.bytes)),
            (Some(old), Some(new), None) if self.same => size(old.bytes.max(new.bytes)),
            (Some(old), Some(new), None) if old.bytes == new.bytes => {
                format!("{}, with other bytes", size(new.bytes))
            }
            (Some(old), Some(new), None) => format!("{} → {}", size(old.bytes), size(new.bytes)),
            (None, None, None) => String::new(),
        }
    }
}
