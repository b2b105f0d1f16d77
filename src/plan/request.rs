use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::domain::{
    Digest, Mentions, Name, NodeId, Operator, PlannedImage, Project, RunLayout, Span, Taken, Templates,
    Token, Value, Workflow,
};

/// Which of a workflow's steps are run; outputs of the others come from earlier runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    #[default]
    All,
    /// This step and all that depend on it.
    From(Name),
    /// This step alone.
    Only(Name),
    /// What depends on one of these parameters, and all that follows from it: the rest is as an earlier run made it,
    /// which differs in these alone.
    Changed(Vec<Name>),
}

/// History: the earlier run whose output of a node is taken over.
pub trait Earlier {
    /// The newest run (or the one that was named) in which the node succeeded.
    fn with(&self, node: &NodeId) -> Option<Taken>;
    /// The run that was named, as a person calls it.
    fn named(&self) -> Option<String>;
    /// Why there is none with it, after "`predict` reads what `train` makes, and ".
    fn lacks(&self, _node: &NodeId) -> String {
        match self.named() {
            Some(run) => format!("run {run} does not have it as it was made"),
            None => "no earlier run with these parameters has it".to_owned(),
        }
    }
    /// What to do where there is none, if it is not what whoever starts a run can say.
    fn instead(&self, _step: &Name) -> Option<String> {
        None
    }
}

/// History of a blueprint: the one earlier run from which a use case gets what its own components do not make.
pub trait Source {
    /// A run that has what all of these made, which come in an order in which they run; else why there is none.
    fn with(&self, nodes: &[NodeId]) -> Result<Taken, NoSource>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSource {
    /// After "`predict` reads what `train` makes, and ".
    pub why: String,
    /// What to do, if there is more than to make it first.
    pub help: Option<String>,
}

/// The part of a blueprint that is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseCase {
    pub name: Name,
    pub components: Vec<Name>,
}

/// Everything a plan is made from.
pub struct Request<'a> {
    pub project: &'a Project,
    pub workflow: &'a Workflow,
    pub operators: &'a IndexMap<Name, Operator>,
    pub env: Name,
    pub token: Token,
    pub params: IndexMap<Name, Value>,
    /// Digest of the frozen tree.
    pub tree: Digest,
    /// Digest of one file of the frozen tree.
    pub file_digest: &'a dyn Fn(&Utf8Path) -> Option<Digest>,
    /// Digest of the files that a step's `files:` name; the error says which of them names none.
    pub files_digest: &'a dyn Fn(&[String]) -> Result<Digest, String>,
    /// The text of one file of the frozen tree.
    pub file_text: &'a dyn Fn(&Utf8Path) -> Option<String>,
    /// The parameters that the files name which `files:` names, or all files.
    pub files_mention: &'a dyn Fn(Option<&[String]>) -> Mentions,
    pub images: IndexMap<Name, PlannedImage>,
    pub services: IndexMap<Name, String>,
    pub layout: RunLayout,
    pub selection: Selection,
    pub earlier: &'a dyn Earlier,
    /// Of a blueprint.
    pub use_case: Option<UseCase>,
    pub source: &'a dyn Source,
    pub templates: &'a dyn Templates,
}

/// Why no plan can be made; a place of the workflow's file where there is one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlanError {
    pub file: Utf8PathBuf,
    pub span: Option<Span>,
    pub message: String,
    pub help: String,
}
