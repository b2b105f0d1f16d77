use std::time::Duration;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::figures::between;
use super::{Kind, Name, Status, Token, Value, Version};

pub(super) fn title(name: &Name, use_case: Option<&Name>) -> String {
    use_case.map_or_else(|| name.to_string(), |case| format!("{name} {case}"))
}

/// In lists, of a run that lacks steps of its workflow or use case: `only train`.
pub fn part_told(only: Option<&Name>) -> Option<String> {
    only.map(|step| format!("only {step}"))
}

/// `run.json`: written at the start with `status: running`, and again at the end. Whether a run is alive is told by
/// its lock, not by this file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The format of this file: 1.
    pub greenroom: u32,
    pub token: Token,
    pub project: Name,
    pub env: Name,
    pub name: Name,
    pub version: Version,
    pub kind: Kind,
    pub use_case: Option<Name>,
    pub status: Status,
    pub params: IndexMap<Name, serde_json::Value>,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub commit: Option<String>,
    pub branch: Option<String>,
    /// The tree differed from the commit.
    pub dirty: bool,
    pub user: String,
    /// Runs whose outputs were taken over.
    pub inputs_from: Vec<Token>,
    /// The run that it goes on from, with other parameters or one step alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_from: Option<Token>,
    /// The one step that it ran alone, of a workflow or use case of more: what it took over of others is what that one reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Name>,
    /// Parameters that none of its own steps asks for, with the values of the runs that it took something from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_params: Vec<Name>,
    /// Digest of the frozen tree.
    pub tree: super::Digest,
    /// The version of Greenroom that ran it.
    pub greenroom_version: String,
}

impl Run {
    /// What ran: of a blueprint, with its use case.
    pub fn title(&self) -> String {
        title(&self.name, self.use_case.as_ref())
    }

    /// Whether what it made itself is made with these parameters, whatever it took over.
    pub fn made_with(&self, params: &IndexMap<Name, serde_json::Value>) -> bool {
        let same =
            |name: &Name| self.params.get(name) == params.get(name) || self.taken_params.contains(name);
        self.params.keys().chain(params.keys()).all(same)
    }

    /// How long it took, or has taken so far; None: nobody knows when it was left. A time in which nobody drove it counts:
    /// it is what passed between the two moments that its record tells.
    pub fn took(&self, now: Timestamp) -> Option<Duration> {
        let going = (self.status == Status::Running).then_some(now);
        self.finished_at.or(going).map(|end| self.took_until(end))
    }

    /// The same, of a run whose end is known from elsewhere than its record.
    pub fn took_until(&self, end: Timestamp) -> Duration {
        between(self.started_at, end)
    }

    /// Its parameters as a person would type them.
    pub fn typed_params(&self) -> impl Iterator<Item = (&Name, String)> {
        self.params.iter().map(|(name, value)| (name, typed(value)))
    }
}

/// A parameter's value as its plan shows it: 2 and not 2.0.
pub fn typed(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) if number.is_f64() => {
            number.as_f64().map(|number| Value::Float(number).to_string()).unwrap_or_default()
        }
        other => other.to_string(),
    }
}
