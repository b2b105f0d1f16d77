use std::collections::HashMap;
use std::sync::Arc;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use jiff::Timestamp;

use crate::domain::{Diagnostic, Digest, Image, Kind, Name, Person, Service, Severity, Workflow};

/// A project as its files say, with what is wrong in them.
#[derive(Clone, Debug)]
pub struct ProjectLook {
    pub name: Name,
    pub root: Utf8PathBuf,
    pub people: IndexMap<Name, Person>,
    pub images: IndexMap<Name, Image>,
    pub services: IndexMap<Name, Service>,
    /// Of all that its images and services are made of.
    pub environment: Digest,
    /// In order of name.
    pub workflows: Vec<WorkflowLook>,
    pub diagnostics: Vec<Diagnostic>,
    pub branch: Option<String>,
    /// The tree differs from its commit.
    pub dirty: bool,
    /// Who sits here, as one of the project's people.
    pub me: Option<Name>,
}

/// A workflow or blueprint.
#[derive(Clone, Debug)]
pub struct WorkflowLook {
    /// That of its file where that cannot be read.
    pub name: String,
    pub kind: Kind,
    /// Relative to the project.
    pub file: Utf8PathBuf,
    /// None where its file has errors.
    pub spec: Option<Arc<Workflow>>,
    /// Which steps each step waits for: what it says, and those whose outputs it reads.
    pub needs: HashMap<Name, Vec<Name>>,
    /// The lines of its file, as they were read.
    pub lines: Arc<[String]>,
    /// The last change of what it is made of: its file, queries, scripts and operators.
    pub changed_at: Option<Timestamp>,
}

impl ProjectLook {
    pub fn workflow(&self, name: &str) -> Option<&WorkflowLook> {
        self.workflows.iter().find(|flow| flow.name == name)
    }

    /// What is wrong in a file, errors only.
    pub fn errors<'a>(&'a self, file: &'a Utf8PathBuf) -> impl Iterator<Item = &'a Diagnostic> {
        self.diagnostics
            .iter()
            .filter(move |problem| problem.severity == Severity::Error && problem.file == *file)
    }
}
