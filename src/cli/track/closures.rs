use crate::domain::{Action, OperatorInputKind, Scalar, Step, Value, Workflow};
use crate::review::{Closure, ReviewError, SPEC_FILE};
use crate::spec::Specs;

use crate::domain::track::TreeChange;

/// The closures of the steps of which a package is: all of its own workflow's, and those of other workflows that its
/// branch changes too.
///
/// `folder`: the project's, from the repository's root. `changed`: by the branch.
pub(super) fn closures(
    specs: &Specs,
    workflow: &str,
    folder: &str,
    changed: &[TreeChange],
) -> Result<Vec<Closure>, ReviewError> {
    let mut found = Vec::new();
    for (name, one) in &specs.workflows {
        let of_steps = one.steps.values().map(|step| {
            let globs: Vec<String> = globs(specs, one, step).iter().map(|glob| below(folder, glob)).collect();
            let named = format!("{name}.{}", step.name);
            Ok((sees_all(specs, step), Closure::new(&named, &globs)?))
        });
        let of_steps = of_steps.collect::<Result<Vec<_>, ReviewError>>()?;
        let own = name.as_str() == workflow;
        // A step that sees the whole project is touched by any change: only its spec tells whether it is meant.
        let spec = Closure::new(name.as_str(), &[below(folder, one.file.as_str())])?;
        let is_changed = |closure: &Closure| changed.iter().any(|change| closure.touches(change));
        let changes = is_changed(&spec) || of_steps.iter().any(|(all, closure)| !all && is_changed(closure));
        if own || changes {
            found.extend(of_steps.into_iter().map(|(_, closure)| closure));
        }
    }
    Ok(found)
}

fn below(folder: &str, path: &str) -> String {
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
    // Images and environments are in the project's spec.
    let mut globs = vec![workflow.file.to_string(), SPEC_FILE.to_owned()];
    globs.extend(step.files.iter().flatten().cloned());
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
                Scalar::Value(Value::String(path)) if is_file => globs.push(globset::escape(path)),
                // What a table is loaded from may be a glob of the project; of storage it matches nothing here.
                Scalar::Value(Value::String(glob)) if operator.builtin && name.as_str() == "from" => {
                    globs.push(glob.clone());
                }
                // Which it is, only a run tells.
                _ if is_file => globs.push(String::new()),
                _ => {}
            }
        }
    }
    let image = image.as_ref().map_or("default", |name| name.as_str());
    let pip = specs.project.as_ref().and_then(|project| project.images.get(image)?.pip.clone());
    globs.extend(pip.map(|pip| pip.to_string()));
    globs
}
