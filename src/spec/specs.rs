use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;

use crate::domain::{Diagnostic, Name, Operator, Project, Severity, Workflow};

/// All of a project's files that could be read, and everything that is wrong with them.
#[derive(Debug)]
pub struct Specs {
    pub root: Utf8PathBuf,
    /// None where `greenroom.yaml` has an error.
    pub project: Option<Project>,
    /// Those without errors, in the order of their files; blueprints among them.
    pub workflows: IndexMap<Name, Workflow>,
    /// The built-in ones first, then the project's.
    pub operators: IndexMap<Name, Operator>,
    /// Workflows and blueprints with errors that could at least be asked for their name: name → file.
    pub broken: IndexMap<Name, Utf8PathBuf>,
    /// By file, then by place.
    pub diagnostics: Vec<Diagnostic>,
    /// Every spec that was looked at, relative to the root.
    pub files: Vec<Utf8PathBuf>,
    pub(super) texts: HashMap<Utf8PathBuf, String>,
}

impl Specs {
    /// A spec's text, for showing a place in it.
    pub fn source(&self, file: &Utf8Path) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }

    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|problem| problem.severity == Severity::Error)
    }
}
