use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Cpu, Expect, Memory, Name, Storage, Template, Value};

/// What a step does: one of the three.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// `run:` a shell script.
    Run(String),
    /// `command:` and `args:`, an argv.
    Command(Vec<String>),
    /// `uses:` an operator `with:` inputs.
    Uses { operator: Name, with: IndexMap<Name, Scalar> },
}

/// A value given `with:` an operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scalar {
    Template(Template),
    Value(Value),
    /// A mapping or list; strings in it may be templates.
    Json(serde_json::Value),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Extra attempts.
    pub limit: u32,
    pub delay: Duration,
    /// The delay's factor from one retry to the next.
    pub backoff: u32,
}

/// How a sensor asks again after "not yet" (exit code 75).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    pub every: Duration,
    pub limit: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceAmounts {
    pub cpu: Option<Cpu>,
    pub memory: Option<Memory>,
    /// Plans of before this was known lack it.
    #[serde(default)]
    pub ephemeral_storage: Option<Storage>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    pub requests: ResourceAmounts,
    pub limits: ResourceAmounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputType {
    File,
    Dir,
    Table,
    Metrics,
    Model,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Relative to the step's output directory; checked again after rendering.
    pub path: Template,
    #[serde(rename = "type")]
    pub kind: OutputType,
    pub expect: Expect,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Io {
    /// Local paths, staged by Greenroom.
    #[default]
    Path,
    /// The step gets URIs and reads storage itself (Beam, Spark).
    Uri,
}

/// One step as written, defaults of the workflow filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub name: Name,
    pub description: String,
    /// As written; those that inputs imply are added by `plan`.
    pub needs: Vec<Name>,
    pub action: Action,
    /// None: the operator's, else `default`.
    pub image: Option<Name>,
    pub env: IndexMap<String, Template>,
    pub matrix: IndexMap<Name, Vec<Value>>,
    pub when: Option<Template>,
    pub retry: Retry,
    /// Per attempt.
    pub timeout: Option<Duration>,
    pub poll: Option<Poll>,
    /// Globs; None: the whole project.
    pub files: Option<Vec<String>>,
    pub inputs: IndexMap<Name, Template>,
    /// Of a step that `uses:` an operator, merged with the operator's.
    pub outputs: IndexMap<Name, OutputSpec>,
    pub resources: Resources,
    pub secrets: Vec<Name>,
    pub cache: Vec<Name>,
    pub io: Io,
    /// Of an inline `query`: the line of the spec its text starts at.
    pub query_line: Option<usize>,
}
