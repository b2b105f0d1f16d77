use camino::Utf8Path;
use serde_json::json;

use crate::cli::args::{New, NewKind};
use crate::cli::scaffold::{Pattern, next_commands, patterns};
use crate::cli::text::safe;
use crate::cli::{Exit, Ink, Invocation, Output, Place, UserError};
use crate::operators;
use crate::spec::{self, Specs};

/// Adds a file, and what belongs to it, from a pattern.
pub fn run(asked: &New, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    if asked.kind == NewKind::Blueprint {
        return Err(UserError::wrong(
            "blueprints cannot be started yet; they come with a later version of Greenroom",
        )
        .to_do("until then, a workflow can extract, train and predict: greenroom new workflow NAME"));
    }
    let root = Place::find(invocation.project())?.root;
    let specs = spec::load(&root, operators::builtin());
    refuse_taken(asked, &specs)?;
    let all = patterns(&root, asked.kind)?;
    let draft = choose(asked, &all)?.named(&asked.name);
    draft.write(&root)?;
    let files: Vec<&Utf8Path> = draft.paths().collect();
    output.either(&json!({"files": files}), |look| {
        let mut text = format!("{} is there now:\n", look.paint(Ink::Strong, &asked.name));
        for path in &files {
            text += &format!("  {}\n", safe(path.as_str()));
        }
        let name = asked.name.as_str();
        let commands = match asked.kind {
            NewKind::Operator => vec![
                (invocation.command(&["check"]), "is it right?"),
                (invocation.command(&["operators", name]), "what it takes, and how to use it"),
            ],
            _ => vec![
                (invocation.command(&["check"]), "is it right?"),
                (invocation.command(&["plan", name]), "what would run, and with what"),
                (invocation.command(&["run", name]), "run it step by step"),
            ],
        };
        text + &next_commands(&commands, look)
    })?;
    Ok(Exit::Done)
}

/// A name is used once, whatever the file is called.
fn refuse_taken(asked: &New, specs: &Specs) -> Result<(), UserError> {
    let taken = match asked.kind {
        NewKind::Operator => specs.operators.get(&asked.name).map(|operator| match operator.builtin {
            true => "Greenroom has a built-in operator of this name".to_owned(),
            false => "the project has an operator of this name".to_owned(),
        }),
        _ => specs.workflows.get(&asked.name).map(|workflow| format!("{} describes it", workflow.file)),
    };
    match taken {
        None => Ok(()),
        Some(why) => Err(UserError::wrong(format!("the name `{}` is taken", asked.name))
            .because(why)
            .to_do("choose another name")),
    }
}

fn choose<'a>(asked: &New, all: &'a [Pattern]) -> Result<&'a Pattern, UserError> {
    let simplest = if asked.kind == NewKind::Operator { "python" } else { "script" };
    let wanted = asked.from.as_deref().unwrap_or(simplest);
    if let Some(found) = all.iter().find(|pattern| pattern.name == wanted) {
        return Ok(found);
    }
    let mut error = UserError::wrong(format!("there is no pattern `{wanted}`"));
    let width = all.iter().map(|pattern| pattern.name.len()).max().unwrap_or_default();
    for pattern in all {
        let from = if pattern.own { " (of this project)" } else { "" };
        error = error.to_do(format!("--from {:<width$}  {}{from}", pattern.name, pattern.about));
    }
    Err(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::scaffold::first_files;
    use crate::domain::Name;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    /// A new project, and whatever a pattern adds to it, has nothing that `check` would tell.
    #[test]
    fn every_pattern_is_right_as_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        first_files(&name("p"), &name("hello")).unwrap().write(root).unwrap();
        for (kind, prefix) in [(NewKind::Workflow, "w"), (NewKind::Operator, "o")] {
            for pattern in patterns(root, kind).unwrap() {
                pattern.named(&name(&format!("{prefix}_{}", pattern.name))).write(root).unwrap();
            }
        }
        let specs = spec::load(root, operators::builtin());
        assert_eq!(specs.diagnostics, []);
        let workflows: Vec<&str> = specs.workflows.keys().map(Name::as_str).collect();
        assert!(workflows.len() == 7 && workflows.contains(&"w_daily_aggregation"), "{workflows:?}");
        assert!(specs.operators.contains_key("o_python"));
    }
}
