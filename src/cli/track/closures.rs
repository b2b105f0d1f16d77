use std::collections::BTreeSet;

use super::version::Version;
use crate::domain::track::TreeChange;
use crate::domain::{Action, OperatorInputKind, Project, Scalar, Step, Value, Workflow};
use crate::review::{Closure, ReviewError, SPEC_FILE};
use crate::spec::Specs;

/// The closures of the steps of which a package is: all of its own workflow's, and those of other workflows that its
/// branch changes too.
///
/// `folder`: the project's, from the repository's root. `changed`: by the branch, as `parted` has it.
pub(super) fn closures(
    version: &Version,
    workflow: &str,
    folder: &str,
    changed: &[TreeChange],
) -> Result<Vec<Closure>, ReviewError> {
    let specs = &version.specs;
    let below_folder = |glob: &str| below(&globset::escape(folder), glob);
    let mut found = Vec::new();
    if !workflow.is_empty() && !specs.workflows.contains_key(workflow) {
        // What its steps depend on nobody can tell, so any file may be meant.
        found.push(Closure::new(workflow, &[String::new()])?);
    }
    for (name, one) in &specs.workflows {
        let of_steps = one.steps.values().map(|step| {
            let globs = followed(globs(specs, one, step), &version.links)?;
            let files: Vec<String> = globs.iter().map(|glob| below_folder(glob)).collect();
            let governing: BTreeSet<String> = files.iter().flat_map(|glob| attributes(glob)).collect();
            let globs: Vec<String> = files.into_iter().chain(governing).collect();
            let named = format!("{name}.{}", step.name);
            Ok((sees_all(specs, step), Closure::new(&named, &globs)?))
        });
        let of_steps = of_steps.collect::<Result<Vec<_>, ReviewError>>()?;
        let own = name.as_str() == workflow;
        // A step that sees the whole project is touched by any change: only its spec tells whether it is meant.
        let spec = Closure::new(name.as_str(), &[below_folder(&file(one.file.as_str()))])?;
        let is_changed = |closure: &Closure| changed.iter().any(|change| closure.touches(change));
        let changes = is_changed(&spec) || of_steps.iter().any(|(all, closure)| !all && is_changed(closure));
        if own || changes {
            found.extend(of_steps.into_iter().map(|(_, closure)| closure));
        }
    }
    Ok(found)
}

pub(super) fn below(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// Without `files` a step of the project's own code sees the whole project. A built-in operator reads what it is given.
fn sees_all(specs: &Specs, step: &Step) -> bool {
    let builtin = match &step.action {
        Action::Uses { operator, .. } => specs.operators.get(operator).is_some_and(|known| known.builtin),
        Action::Run(_) | Action::Command(_) => false,
    };
    step.files.is_none() && !builtin
}

fn globs(specs: &Specs, workflow: &Workflow, step: &Step) -> Vec<String> {
    if sees_all(specs, step) {
        return vec![String::new()];
    }
    let mut globs = vec![file(workflow.file.as_str()), part(SHARED)];
    globs.extend(step.files.iter().flatten().map(|glob| plain(glob)));
    let mut image = step.image.clone();
    if let Action::Uses { operator, with } = &step.action
        && let Some(operator) = specs.operators.get(operator)
    {
        image = image.or_else(|| operator.image.clone());
        if !operator.builtin {
            globs.push("operators".to_owned());
        }
        for (name, given) in with {
            let is_file =
                operator.inputs.get(name).is_some_and(|input| input.kind == OperatorInputKind::File);
            match given {
                Scalar::Value(Value::String(path)) if is_file => globs.push(file(path)),
                // What a table is loaded from may be a glob of the project; of storage it matches nothing here.
                Scalar::Value(Value::String(glob)) if operator.builtin && name.as_str() == "from" => {
                    globs.push(plain(glob));
                }
                // Which it is, only a run tells.
                _ if is_file => globs.push(String::new()),
                _ => {}
            }
        }
    }
    let image = image.as_ref().map_or("default", |name| name.as_str());
    let services = specs.project.iter().flat_map(|project| project.services.values());
    for image in services.map(|service| service.image.as_str()).chain([image]) {
        globs.push(part(&image_part(image)));
        let pip = specs.project.as_ref().and_then(|project| project.images.get(image)?.pip.as_ref());
        globs.extend(pip.map(|pip| file(pip.as_str())));
    }
    globs
}

/// A path, as a glob that means it and nothing else.
fn file(path: &str) -> String {
    globset::escape(&plain(path))
}

/// What git may check the files of a glob out by, from the repository's root down: filters, line ends, encodings. It makes
/// others of files that are committed alike.
fn attributes(glob: &str) -> Vec<String> {
    const NAME: &str = ".gitattributes";
    let mut found = vec![NAME.to_owned()];
    let mut folder = String::new();
    for part in glob.split('/').filter(|part| !part.is_empty()) {
        // Which folders it means, only a tree tells.
        if part.contains(['*', '?', '[', '{', '\\']) {
            found.push(below(&folder, &format!("**/{NAME}")));
            break;
        }
        folder = below(&folder, part);
        found.push(below(&folder, NAME));
    }
    found
}

/// As git has paths: `sql/./late//../a.sql` is `sql/a.sql`.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A link may lead to another, but hardly so often.
const MOST: usize = 1_000;

/// With what links lead to that they match, or that stand on their way.
fn followed(mut globs: Vec<String>, links: &[(String, String)]) -> Result<Vec<String>, ReviewError> {
    let mut at = 0;
    while at < globs.len().min(MOST) && !links.is_empty() {
        let closure = Closure::new("", &globs[at..=at])?;
        let glob = globs[at].clone();
        for (link, to) in links {
            let (link_itself, to) = (globset::escape(link), globset::escape(to));
            let within = glob.strip_prefix(&link_itself).and_then(|rest| rest.strip_prefix('/'));
            let more = match within {
                // Where it leads may change, too.
                Some(rest) => vec![format!("{to}/{rest}"), link_itself],
                None if closure.has(link) => vec![to],
                None => continue,
            };
            for more in more {
                if !globs.contains(&more) {
                    globs.push(more);
                }
            }
        }
        at += 1;
    }
    Ok(globs)
}

/// What all steps have of the project's spec.
const SHARED: &str = "shared";

fn image_part(name: &str) -> String {
    format!("images/{name}")
}

/// To a step the project's spec is no file, but what its plan reads of it.
fn part(name: &str) -> String {
    format!("{SPEC_FILE}/{name}")
}

/// The file that a path is, or a part of.
pub(super) fn whole(path: &str, folder: &str) -> String {
    let spec = below(folder, SPEC_FILE);
    let is_part = path.strip_prefix(&spec).is_some_and(|rest| rest.starts_with('/'));
    if is_part { spec } else { path.to_owned() }
}

pub(super) fn is_spec(change: &TreeChange, folder: &str) -> bool {
    let spec = below(folder, SPEC_FILE);
    change.path == spec || change.was.as_ref() == Some(&spec)
}

/// Changes, with those parts of the project's spec in its place that differ and are read by a step: who the people are, and
/// which branch an environment runs, is not.
pub(super) fn parted(
    changes: &[TreeChange],
    folder: &str,
    before: Option<&Project>,
    after: Option<&Project>,
) -> Vec<TreeChange> {
    let parts = |change: &TreeChange| {
        let names = match (before, after) {
            (Some(before), Some(after)) => differing(before, after),
            _ => vec![SHARED.to_owned()],
        };
        let path = |name: &String| below(folder, &part(name));
        names.iter().map(|name| TreeChange { path: path(name), was: None, ..change.clone() }).collect()
    };
    let told = changes.iter().flat_map(|change| match is_spec(change, folder) {
        true => parts(change),
        false => vec![change.clone()],
    });
    told.collect()
}

fn differing(before: &Project, after: &Project) -> Vec<String> {
    let shared = |project: &Project| {
        let mut shared = project.clone();
        shared.people.clear();
        shared.images.clear();
        for environment in shared.environments.values_mut() {
            (environment.branch, environment.airflow) = (None, None);
        }
        shared
    };
    let mut names: Vec<String> =
        (shared(before) != shared(after)).then(|| SHARED.to_owned()).into_iter().collect();
    let images =
        before.images.keys().chain(after.images.keys().filter(|name| !before.images.contains_key(*name)));
    let differ = images.filter(|name| before.images.get(*name) != after.images.get(*name));
    names.extend(differ.map(|name| image_part(name.as_str())));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_governs_a_file_is_beside_it_and_above() {
        let governs = |glob: &str, path: &str| Closure::new("", &attributes(glob)).unwrap().has(path);
        let root = ".gitattributes";
        assert!(governs("sql/late.sql", root) && governs("sql/late.sql", "sql/.gitattributes"));
        assert!(!governs("sql/late.sql", "docs/.gitattributes") && !governs("sql/late.sql", "sql/late.sql"));
        assert!(governs("flights/data/*/[ab].csv", "flights/data/x/.gitattributes"));
        assert!(governs("flights/data/*/[ab].csv", "flights/data/.gitattributes"));
        assert!(!governs("flights/data/*/[ab].csv", "flights/sql/.gitattributes"));
        assert!(governs("*.csv", root) && governs("", root));
    }
}
