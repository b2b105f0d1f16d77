use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::runner::Around;
use super::reads::{Reads, Written};
use crate::app::{ProjectLook, Trouble, WorkflowLook};
use crate::cli::Workspace;
use crate::domain::{Digest, Kind, Name, Project, Step};
use crate::git;
use crate::plan;
use crate::spec::{Minijinja, Specs};

/// The specs as they are now.
pub fn project(around: &Around) -> Result<ProjectLook, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    // Where git cannot tell, the project is looked at without.
    let facts = git::facts(&around.place.root).ok().flatten();
    let me = facts.as_ref().and_then(|facts| me(&workspace.project, facts.user.as_deref()?));
    let specs = &workspace.specs;
    let written = Written::of(&workspace);
    let mut workflows = BTreeMap::new();
    for (name, workflow) in &specs.workflows {
        let spec = Arc::new(workflow.clone());
        let changed_at = written.last(&Reads::of(workflow, &workspace));
        let look = WorkflowLook {
            name: name.to_string(),
            kind: workflow.kind,
            file: workflow.file.clone(),
            spec: Some(spec),
            needs: workflow.steps.values().map(|step| (step.name.clone(), needs(step))).collect(),
            lines: lines(specs, &workflow.file),
            changed_at,
        };
        workflows.insert(name.to_string(), look);
    }
    let broken =
        specs.broken.iter().filter_map(|(name, file)| Some((name.to_string(), file, kind_of(file)?)));
    let known: HashSet<&Utf8Path> = workflows
        .values()
        .map(|look| look.file.as_path())
        .chain(specs.broken.values().map(|file| file.as_path()))
        .collect();
    // A file that does not even tell its name goes by that of its own.
    let unread = specs.files.iter().filter(|file| !known.contains(file.as_path())).filter_map(unread);
    let more: Vec<_> = broken.chain(unread).collect();
    for (name, file, kind) in more {
        let name = if workflows.contains_key(&name) { file.to_string() } else { name };
        let (file, lines): (Utf8PathBuf, _) = (file.clone(), lines(specs, file));
        workflows.insert(
            name.clone(),
            WorkflowLook { name, kind, file, spec: None, needs: HashMap::new(), lines, changed_at: None },
        );
    }
    Ok(ProjectLook {
        name: workspace.project.name.clone(),
        root: around.place.root.clone(),
        people: workspace.project.people.clone(),
        images: workspace.project.images.clone(),
        services: workspace.project.services.clone(),
        environment: environment(&workspace.project, &around.place.root),
        workflows: workflows.into_values().collect(),
        diagnostics: specs.diagnostics.clone(),
        branch: facts.as_ref().and_then(|facts| facts.branch.clone()),
        dirty: facts.is_some_and(|facts| facts.dirty),
        me,
    })
}

/// A workflow or blueprint of which nothing could be read.
fn unread(file: &Utf8PathBuf) -> Option<(String, &Utf8PathBuf, Kind)> {
    Some((file.file_stem()?.to_owned(), file, kind_of(file)?))
}

fn kind_of(file: &Utf8Path) -> Option<Kind> {
    match file.parent()?.as_str() {
        "workflows" => Some(Kind::Workflow),
        "blueprints" => Some(Kind::Blueprint),
        _ => None,
    }
}

fn environment(project: &Project, root: &Utf8Path) -> Digest {
    let files = project.images.values().filter_map(|image| image.pip.as_ref());
    let files: Vec<_> = files.map(|file| fs_err::read(root.join(file)).ok()).collect();
    let made_of = (&project.name, &project.images, &project.services, files);
    Digest::of(&serde_json::to_vec(&made_of).unwrap_or_default())
}

fn needs(step: &Step) -> Vec<Name> {
    plan::needs(step, &Minijinja).into_keys().collect()
}

fn lines(specs: &Specs, file: &Utf8Path) -> Arc<[String]> {
    specs.source(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// `Ana Example <ana@example.com>` is who has that address in `greenroom.yaml`.
fn me(project: &Project, user: &str) -> Option<Name> {
    let email = user.rsplit_once('<').map_or(user, |(_, email)| email.trim_end_matches('>'));
    project.people.iter().find(|(_, person)| person.email == email).map(|(name, _)| name.clone())
}
