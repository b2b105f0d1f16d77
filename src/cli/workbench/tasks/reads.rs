use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::Workspace;
use crate::domain::{Action, Scalar, Step, Value, Workflow};
use crate::git;
use crate::snapshot::Globs;

/// Folders of specs: a script may read them like all else, but nearly none does, and each change of any would be one of all.
const SPECS: [&str; 3] = ["workflows", "blueprints", "operators"];

/// Which of the project's files a workflow is made of.
pub struct Reads {
    named: HashSet<PathBuf>,
    globs: Globs,
    operators: bool,
    /// A step names no `files:`, and so sees all of them.
    all: bool,
}

impl Reads {
    pub fn of(workflow: &Workflow, workspace: &Workspace) -> Self {
        let named = HashSet::from([workflow.file.clone().into_std_path_buf()]);
        let mut reads = Self { named, globs: Globs::default(), operators: false, all: false };
        workflow.steps.values().for_each(|step| reads.add(step, workspace));
        reads
    }

    fn add(&mut self, step: &Step, workspace: &Workspace) {
        let mut image = step.image.as_ref();
        match &step.action {
            Action::Uses { operator, with } => {
                let operator = workspace.specs.operators.get(operator);
                self.operators |= operator.is_some_and(|operator| !operator.builtin);
                image = image.or(operator.and_then(|operator| operator.image.as_ref()));
                self.named.extend(with.values().filter_map(|value| match value {
                    Scalar::Value(Value::String(text)) => Some(PathBuf::from(text)),
                    _ => None,
                }));
            }
            Action::Run(_) | Action::Command(_) => self.all |= step.files.is_none(),
        }
        // A pattern that is none is told of where it is checked.
        step.files.iter().flatten().for_each(|pattern| drop(self.globs.add(pattern)));
        let image = image.map_or("default", |image| image.as_str());
        let images = workspace.project.images.iter();
        let pip =
            images.filter(|(name, _)| name.as_str() == image).filter_map(|(_, image)| image.pip.as_ref());
        self.named.extend(pip.map(|file| file.clone().into_std_path_buf()));
    }

    pub fn has(&self, path: &Path) -> bool {
        let folder = path.iter().next().unwrap_or_default();
        let spec = SPECS.iter().any(|specs| folder == *specs);
        let text = path.extension().is_some_and(|extension| extension == "md");
        self.named.contains(path)
            || self.operators && folder == "operators"
            || self.all && !spec && !text && path != Path::new("greenroom.yaml")
            || self.globs.has(path)
    }
}

/// The project's files, newest first.
pub struct Written(Vec<(Timestamp, PathBuf)>);

impl Written {
    pub fn of(workspace: &Workspace) -> Self {
        let root = workspace.root();
        let made = workspace.runs_folders();
        // Where they cannot be listed, nobody knows of a change.
        let mut files = git::project_files(root).unwrap_or_default();
        files.retain(|file| !made.iter().any(|folder| file.starts_with(folder)));
        let at = |file: &PathBuf| {
            let written = root.as_std_path().join(file).symlink_metadata().ok()?.modified().ok()?;
            Timestamp::try_from(written).ok()
        };
        let mut written: Vec<_> = files.into_iter().filter_map(|file| Some((at(&file)?, file))).collect();
        written.sort_unstable_by(|a, b| b.cmp(a));
        Self(written)
    }

    /// When one of those was written last.
    pub fn last(&self, reads: &Reads) -> Option<Timestamp> {
        self.0.iter().find(|(_, file)| reads.has(file)).map(|(at, _)| *at)
    }

    pub fn since<'a>(&'a self, then: Timestamp, reads: &'a Reads) -> impl Iterator<Item = &'a Path> {
        let since = self.0.iter().take_while(move |(at, _)| *at > then);
        since.map(|(_, file)| file.as_path()).filter(|file| reads.has(file))
    }
}
