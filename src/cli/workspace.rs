use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::nearest::nearest;
use super::{Place, UserError};
use crate::domain::{Diagnostic, Environment, Name, Project, Severity, Warehouse, Workflow};
use crate::operators;
use crate::spec::{self, Specs};

/// A project as it stands on disk: its folder and its specs. Problems of one workflow keep nobody from another.
pub struct Workspace {
    pub place: Place,
    pub project: Project,
    pub specs: Specs,
    /// Roots of environments that were looked through: whether links lead out of them is asked once.
    roots: Mutex<HashMap<Name, Utf8PathBuf>>,
}

impl Workspace {
    pub fn new(place: Place, project: Project, specs: Specs) -> Self {
        Self { place, project, specs, roots: Mutex::default() }
    }

    /// The project at or above a directory (the current one if none is named), whose `greenroom.yaml` is right.
    pub fn open(named: Option<&Utf8Path>) -> Result<Self, UserError> {
        let place = Place::find(named)?;
        let specs = spec::load(&place.root, operators::builtin());
        match specs.project.clone() {
            Some(project) => Ok(Self::new(place, project, specs)),
            None => Err(wrong(&specs, |file| file == "greenroom.yaml")
                .unwrap_or_else(|| UserError::wrong("greenroom.yaml cannot be read"))),
        }
    }

    pub fn root(&self) -> &Utf8Path {
        &self.place.root
    }

    pub fn environment(&self, name: &str) -> Result<(Name, &Environment), UserError> {
        let found = self.project.environments.get_key_value(name);
        found.map(|(name, environment)| (name.clone(), environment)).ok_or_else(|| {
            let known: Vec<&str> = self.project.environments.keys().map(Name::as_str).collect();
            UserError::wrong(format!("there is no environment `{name}`"))
                .to_do(format!("those of greenroom.yaml are {}", known.join(", ")))
        })
    }

    /// Where an environment's runs lie on this machine.
    pub fn store_root(&self, env: &str) -> Result<Utf8PathBuf, UserError> {
        let (name, environment) = self.environment(env)?;
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(root) = roots.get(&name) {
            return Ok(root.clone());
        }
        let root = self.place.store_root(&name, environment)?;
        roots.insert(name, root.clone());
        Ok(root)
    }

    /// Where runs lie, relative to the root: no part of what runs are made from. What else is in the folder of a store,
    /// somebody has put there.
    pub fn runs_folders(&self) -> Vec<PathBuf> {
        let local =
            self.project.environments.values().filter(|environment| !environment.root.contains("://"));
        let runs = local.flat_map(|environment| {
            let root = Utf8Path::new(&environment.root).components();
            let root: Utf8PathBuf = root.filter(|part| *part != Utf8Component::CurDir).collect();
            [root.join(self.project.name.as_str()), root.join(".greenroom")]
        });
        runs.map(Utf8PathBuf::into_std_path_buf).collect()
    }

    /// Is a file of the project, relative to the root, one of a table of an embedded lake?
    pub fn is_in_table(&self, file: &Path) -> bool {
        let lakes =
            self.project.environments.values().filter_map(|environment| match &environment.warehouse {
                Some(Warehouse::Duckdb { path }) => Some(path.as_std_path()),
                _ => None,
            });
        lakes.into_iter().any(|lake| {
            let below: Vec<_> = file.strip_prefix(lake).into_iter().flat_map(Path::components).collect();
            let table = below.iter().take(2).fold(lake.to_owned(), |path, part| path.join(part));
            below.len() > 2 && self.root().as_std_path().join(table).join("_table.json").exists()
        })
    }

    /// A workflow whose file has no errors.
    pub fn workflow(&self, name: &str) -> Result<&Workflow, UserError> {
        if let Some(workflow) = self.specs.workflows.get(name) {
            return Ok(workflow);
        }
        // A file that could not be read at all goes by its own name.
        let unread =
            ["workflows", "blueprints"].map(|folder| Utf8Path::new(folder).join(format!("{name}.yaml")));
        let found = wrong(&self.specs, |of| match self.specs.broken.get(name) {
            Some(file) => of == file,
            None => unread.iter().any(|file| of == file),
        });
        if let Some(error) = found {
            return Err(error);
        }
        let error =
            UserError::wrong(format!("there is no workflow or blueprint `{name}` in {}", self.root()));
        let specs = &self.specs;
        // One with errors is meant as well as another.
        let known: Vec<&str> = specs.workflows.keys().chain(specs.broken.keys()).map(Name::as_str).collect();
        Err(match nearest(name, known.iter().copied()) {
            Some(near) => error.to_do(format!("did you mean `{near}`?")),
            None if !specs.workflows.is_empty() => error.to_do(format!("there are {}", known.join(", "))),
            None => match wrong(&self.specs, |_| true) {
                Some(broken) => broken,
                None => error.to_do("add one: greenroom new workflow NAME"),
            },
        })
    }
}

/// The errors of some files, shown at their places.
fn wrong(specs: &Specs, of: impl Fn(&Utf8Path) -> bool) -> Option<UserError> {
    let broken = |problem: &&Diagnostic| problem.severity == Severity::Error && of(&problem.file);
    let mut problems = specs.diagnostics.iter().filter(broken).peekable();
    let error = UserError::wrong(format!("{} has errors", problems.peek()?.file));
    Some(problems.fold(error, |error, problem| {
        error.at(problem.clone(), specs.source(&problem.file).map(str::to_owned))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_mistyped_may_be_that_of_a_file_with_errors() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let project = "greenroom: 1
kind: project
name: flights
images: {default: {base: 'debian:bookworm-slim', apt: [python3]}}
environments: {dev: {root: .greenroom/store}}
";
        fs_err::write(root.join("greenroom.yaml"), project).unwrap();
        fs_err::create_dir(root.join("workflows")).unwrap();
        let broken = "greenroom: 1\nkind: workflow\nname: daily_delays\nsteps: {a: {runs: x}}\n";
        fs_err::write(root.join("workflows/daily_delays.yaml"), broken).unwrap();
        let workspace = Workspace::open(Some(root)).unwrap();
        let error = workspace.workflow("daily_delay").unwrap_err();
        assert_eq!(error.todo, ["did you mean `daily_delays`?"]);
    }
}
