use std::collections::BTreeSet;
use std::time::Duration;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{
    Access, Digest, Expect, Io, Kind, Name, NodeId, OutputType, Poll, Resources, Retry, TableName, Template,
    Token, Value, Version, Warehouse,
};

/// What a run will do, with everything that can be known before it starts; `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The format of this file: 1.
    pub greenroom: u32,
    pub token: Token,
    pub project: Name,
    pub env: Name,
    pub name: Name,
    pub version: Version,
    pub kind: Kind,
    pub use_case: Option<Name>,
    /// The spec, relative to the project's root.
    pub file: Utf8PathBuf,
    pub params: IndexMap<Name, Value>,
    /// Digest of the frozen tree the steps see.
    pub tree: Digest,
    pub warehouse: Option<Warehouse>,
    pub images: IndexMap<Name, PlannedImage>,
    /// `GREENROOM_SERVICE_<NAME>` → `host:port`, as steps reach them.
    pub services: IndexMap<Name, String>,
    /// Parameters that nothing asks for which is run, with the values of the runs that the rest is taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_params: Vec<Name>,
    /// In an order in which each comes after what it needs.
    pub nodes: Vec<Node>,
}

/// An image as it stood when the run was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedImage {
    /// What the engine is asked for, by id so that a rebuild changes nothing of this run: `sha256:…`.
    pub id: String,
    /// For people.
    pub tag: String,
    /// It has bash, so `run:` gets pipefail.
    pub bash: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub node: NodeId,
    /// By an input: if that one is skipped, this one is too.
    pub by_input: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Launch {
    Script(String),
    Argv(Vec<String>),
}

/// Where an input's files come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputSource {
    /// A step of this run; for a step with a matrix, all its cells.
    Step { step: Name, output: Name },
    /// Just a value.
    Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputBinding {
    /// What `GREENROOM_INPUT_<NAME>` holds: a path below `/store`, or the value.
    pub value: String,
    pub source: InputSource,
}

/// The table an output becomes once the step has succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableWrite {
    pub table: TableName,
    /// Column and value: exactly that partition is replaced. None: the whole table, whose partition column, if
    /// any, is told by the `column=value` folders that the step wrote.
    pub partition: Option<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedOutput {
    /// Relative to the node's directory, rendered and checked.
    pub path: String,
    #[serde(rename = "type")]
    pub kind: OutputType,
    pub expect: Expect,
    pub table: Option<TableWrite>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableAccess {
    pub table: TableName,
    pub access: Access,
}

/// Where a query was written, so that an engine's error can be shown there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlOrigin {
    /// Relative to the project's root.
    pub file: Utf8PathBuf,
    /// The file's line on which the query's first line stands, from 1.
    pub line: usize,
    /// Columns the query is indented by in that file (0 for a file of its own).
    pub indent: usize,
}

/// A step whose outputs are another run's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    pub token: Token,
    /// Run directory on this machine, absolute.
    pub path: Utf8PathBuf,
    pub why: String,
    /// The run that would do if this one does not: its sums are looked at only when its outputs are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older: Option<Token>,
}

/// A step, or one cell of it, ready to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    pub id: NodeId,
    pub needs: Vec<Need>,
    /// Evaluated when all needs have ended.
    pub when: Option<Template>,
    /// The steps whose `status` the `when` names; their failure does not skip this one.
    pub when_status_of: Vec<Name>,
    pub matrix: IndexMap<Name, Value>,
    pub operator: Option<Name>,
    pub launch: Launch,
    /// A key of the plan's `images`.
    pub image: Name,
    /// As written in the spec, rendered.
    pub env: IndexMap<String, String>,
    /// What the operator gets as `GREENROOM_WITH` (JSON) and `GREENROOM_WITH_<NAME>`.
    pub with: IndexMap<Name, serde_json::Value>,
    pub sql: Option<SqlOrigin>,
    pub inputs: IndexMap<Name, InputBinding>,
    pub outputs: IndexMap<Name, PlannedOutput>,
    pub tables: Vec<TableAccess>,
    /// It looks for files anywhere in the environment's storage, and so sees it (read-only, at `/storage`).
    #[serde(default)]
    pub storage: bool,
    /// Globs of the project's files it sees; None: all.
    pub files: Option<Vec<String>>,
    pub resources: Resources,
    pub retry: Retry,
    pub timeout: Option<Duration>,
    pub poll: Option<Poll>,
    pub secrets: Vec<Name>,
    pub cache: Vec<Name>,
    pub io: Io,
    pub taken: Option<Taken>,
    /// Digest over the step's closure (spec, operator, image, query files, `files`): what a cache needs to know.
    pub closure: Digest,
}

impl Node {
    /// Its id as people read it: a cell by its values, of which the id has but hashes where they are no plain words. Only to
    /// be shown: two cells may look alike.
    pub fn title(&self) -> String {
        if self.id.cell.is_none() || self.matrix.is_empty() {
            return self.id.to_string();
        }
        let values: Vec<String> = self.matrix.values().map(Value::to_string).collect();
        format!("{}.{}", self.id.step, values.join("-"))
    }
}

impl Plan {
    /// What runs: of a blueprint, with its use case.
    pub fn title(&self) -> String {
        super::run::title(&self.name, self.use_case.as_ref())
    }

    /// The words of the command that runs the same anew: of a blueprint the same use case.
    pub fn run_words(&self) -> Vec<String> {
        let mut words = vec!["run".to_owned(), self.name.to_string()];
        words.extend(self.use_case.iter().flat_map(|case| ["--use-case".to_owned(), case.to_string()]));
        for (name, value) in self.params.iter().filter(|(name, _)| !self.taken_params.contains(name)) {
            words.extend(["--param".to_owned(), format!("{name}={value}")]);
        }
        words
    }

    /// The same from a step on. What a use case does not make itself is then that of this run, and no other one's.
    pub fn run_words_from(&self, step: &Name) -> Vec<String> {
        let mut words = self.run_words();
        if self.is_all_from(step) {
            return words;
        }
        words.extend(["--from".to_owned(), step.to_string()]);
        if self.use_case.is_some() {
            words.extend(["--inputs-from".to_owned(), self.token.short()]);
        }
        words
    }

    /// Nothing is left out that begins with this step.
    fn is_all_from(&self, step: &Name) -> bool {
        let mut after: BTreeSet<&Name> = BTreeSet::from([step]);
        self.nodes.iter().all(|node| {
            let follows = node.needs.iter().any(|need| after.contains(&need.node.step));
            if follows {
                after.insert(&node.id.step);
            }
            node.taken.is_none() && (follows || node.id.step == *step)
        })
    }

    /// What a node is made of, near or far, that this run took over.
    pub fn taken_before(&self, id: &NodeId) -> Vec<&NodeId> {
        let mut before: BTreeSet<&NodeId> = BTreeSet::from([id]);
        // Each comes after what it needs.
        for node in self.nodes.iter().rev().filter(|node| node.taken.is_none()) {
            if before.contains(&node.id) {
                before.extend(node.needs.iter().map(|need| &need.node));
            }
        }
        let taken = self.nodes.iter().filter(|node| node.taken.is_some() && before.contains(&node.id));
        taken.map(|node| &node.id).collect()
    }

    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{name, plan};

    #[test]
    fn what_begins_with_its_first_step_is_run_whole() {
        let plan = plan();
        let first = &plan.nodes[0].id.step;
        assert_eq!(plan.run_words_from(first), plan.run_words());
        let last = &plan.nodes[plan.nodes.len() - 1].id.step;
        assert!(plan.run_words_from(last).ends_with(&["--from".to_owned(), last.to_string()]));

        let words = |taken_params| super::Plan { taken_params, ..plan.clone() }.run_words().join(" ");
        let (own, param) = (words(Vec::new()), plan.params.keys().next().unwrap());
        assert!(
            own.contains(&format!("--param {param}="))
                && !words(vec![name(param.as_str())]).contains("--param")
        );
    }
}
