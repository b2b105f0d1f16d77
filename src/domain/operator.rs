use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Name, OutputSpec, Param};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    Read,
    Write,
}

/// What an operator's input takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorInputKind {
    /// `dataset.table` of the warehouse.
    Table(Access),
    /// A path of the project; it must exist.
    File,
    /// A glob below the environment's storage root; a step that is given one sees the storage, read-only.
    Storage,
    /// A parameter type.
    Scalar(Param),
    /// A text in SQL: templates are forbidden, parameters are bound as `@name`.
    Sql,
    /// A mapping or list that the operator itself understands (built-in operators only), kept as JSON.
    Object,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatorInput {
    pub kind: OperatorInputKind,
    /// Must be given: it has no default and is not optional.
    pub required: bool,
    pub description: String,
}

/// A generic step with typed inputs, written once by an engineer, used by everybody with `uses:`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operator {
    pub name: Name,
    pub description: String,
    pub inputs: IndexMap<Name, OperatorInput>,
    /// Inputs of which exactly one must be given, such as `query` and `query_file`.
    pub one_of: Vec<Vec<Name>>,
    /// None: the project's `default` image.
    pub image: Option<Name>,
    pub command: Vec<String>,
    /// A path may hold `{step}` and, by name, `{input}`: `{step}.{format}`.
    pub outputs: IndexMap<Name, OutputSpec>,
    /// Its one output is named as the step that uses it.
    pub output_named_as_step: bool,
    pub builtin: bool,
    /// For people: how to use it, in YAML.
    pub example: String,
}
