use camino::Utf8Path;
use serde_json::json;

use crate::cli::args::{New, NewKind};
use crate::cli::scaffold::{Pattern, Unknown, next_commands, patterns, simplest};
use crate::cli::{Exit, Ink, Invocation, Look, Output, Place, UserError};
use crate::domain::text::safe;
use crate::domain::{Name, Warehouse};
use crate::operators;
use crate::spec::{self, Specs};
use crate::store::Lake;

/// Adds a file, and what belongs to it, from a pattern.
pub fn run(asked: &New, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let place = Place::find(invocation.project())?;
    let root = &place.root;
    let specs = spec::load(root, operators::builtin());
    refuse_taken(asked, &specs)?;
    let all = patterns(root, asked.kind)?;
    let draft = choose(asked, &all)?.named(&asked.name);
    if asked.kind == NewKind::Blueprint {
        refuse_folder(root, &asked.name)?;
    }
    draft.write(root)?;
    let own = format!("lake.{}", asked.name);
    let known = tables(&place, &specs);
    let unknown = draft.first_unknown_table(|table| table == own || known.iter().any(|known| known == table));
    let files: Vec<&Utf8Path> = draft.paths().collect();
    output.either(&json!({"files": files}), |look| {
        let mut text = format!("{} is there now:\n", look.paint(Ink::Strong, &asked.name));
        for path in &files {
            text += &format!("  {}\n", safe(path.as_str()));
        }
        if let Some(Unknown { path, line, table }) = &unknown {
            text += &format!(
                "\nFirst put your own names in place of its example's: {table} in {}, line {line}, and what follows\n",
                safe(path.as_str())
            );
        }
        // It would fail, or wait for hours for a table that nobody has.
        text + &next(asked, unknown.is_none(), invocation, look)
    })?;
    Ok(Exit::Done)
}

/// What to type next. `runs`: it can be run as it is.
pub(super) fn next(asked: &New, runs: bool, invocation: &Invocation, look: &Look) -> String {
    let name = asked.name.as_str();
    let commands = match asked.kind {
        NewKind::Operator => vec![
            (invocation.command(&["check"]), "is it right?"),
            (invocation.command(&["operators", name]), "what it takes, and how to use it"),
        ],
        _ => {
            let mut commands = vec![
                (invocation.command(&["check"]), "is it right?"),
                (invocation.command(&["plan", name]), "what would run, and with what"),
            ];
            if runs {
                commands.push((invocation.command(&["run", name]), "run it step by step"));
            }
            if runs && asked.kind == NewKind::Blueprint {
                let command = invocation.command(&["run", name, "--use-case", "prediction"]);
                commands.push((command, "then apply what it has learned"));
            }
            commands
        }
    };
    next_commands(&commands, look)
}

/// Tables that the lake has by now.
fn tables(place: &Place, specs: &Specs) -> Vec<String> {
    let environment = specs.project.as_ref().and_then(|project| project.environments.get("dev"));
    let Some(Warehouse::Duckdb { path }) = environment.and_then(|env| env.warehouse.as_ref()) else {
        return Vec::new();
    };
    // A lake that cannot be read has none that could be relied on.
    let catalog = Lake::new(place.root.join(path)).catalog().unwrap_or_default();
    catalog.tables.keys().map(ToString::to_string).collect()
}

/// A name is used once, whatever the file is called.
pub(super) fn refuse_taken(asked: &New, specs: &Specs) -> Result<(), UserError> {
    let taken = match asked.kind {
        NewKind::Operator => specs.operators.get(&asked.name).map(|operator| match operator.builtin {
            true => "Greenroom has a built-in operator of this name".to_owned(),
            false => "the project has an operator of this name".to_owned(),
        }),
        _ => specs.workflows.get(&asked.name).map(|workflow| format!("{} describes it", workflow.file)),
    };
    match taken {
        None => Ok(()),
        Some(why) => {
            let taken = UserError::wrong(format!("the name `{}` is taken", asked.name)).because(why);
            let workflow = specs.workflows.get(&asked.name).filter(|_| asked.from_notebook.is_some());
            Err(match workflow {
                // Whoever mends the notebook splits it anew, and nothing is written over what somebody may have edited.
                Some(workflow) => taken
                    .to_do(format!("to split it anew: rm -r {} {}", asked.name, workflow.file))
                    .to_do("or choose another name"),
                None => taken.to_do("choose another name"),
            })
        }
    }
}

/// The components of a blueprint lie in a folder of its name: what lies there already is something else's.
fn refuse_folder(root: &Utf8Path, name: &Name) -> Result<(), UserError> {
    let folder = root.join(name.as_str());
    let is_empty = folder.read_dir_utf8().is_ok_and(|mut entries| entries.next().is_none());
    if is_empty || folder.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(UserError::wrong(format!("{name}/ is there already, and its components would lie in it"))
        .because("nothing was changed")
        .to_do("choose another name, or move the folder away first"))
}

fn choose<'a>(asked: &New, all: &'a [Pattern]) -> Result<&'a Pattern, UserError> {
    let wanted = asked.from.as_deref().unwrap_or(simplest(asked.kind));
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

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn a_blueprint_does_not_go_into_a_folder_that_is_something_elses() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        assert!(refuse_folder(root, &name("science")).is_ok());
        fs_err::create_dir(root.join("science")).unwrap();
        assert!(refuse_folder(root, &name("science")).is_ok());
        fs_err::write(root.join("science/words.py"), "").unwrap();
        assert!(
            refuse_folder(root, &name("science")).unwrap_err().what.contains("science/ is there already")
        );
    }

    /// A new project, and whatever a pattern adds to it, has nothing that `check` would tell.
    #[test]
    fn the_help_names_every_pattern_there_is() {
        let help = crate::cli::args::command().find_subcommand("new").unwrap().clone().render_long_help();
        for kind in [NewKind::Workflow, NewKind::Blueprint, NewKind::Operator] {
            for pattern in patterns(Utf8Path::new("/nowhere"), kind).unwrap() {
                assert!(help.to_string().contains(&pattern.name), "{}", pattern.name);
            }
        }
    }

    #[test]
    fn every_pattern_is_right_as_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        first_files(&name("p"), &name("hello")).unwrap().write(root).unwrap();
        for (kind, prefix) in [(NewKind::Workflow, "w"), (NewKind::Blueprint, "b"), (NewKind::Operator, "o")]
        {
            for pattern in patterns(root, kind).unwrap() {
                pattern.named(&name(&format!("{prefix}_{}", pattern.name))).write(root).unwrap();
            }
        }
        let specs = spec::load(root, operators::builtin());
        assert_eq!(specs.diagnostics, []);
        let workflows: Vec<&str> = specs.workflows.keys().map(Name::as_str).collect();
        assert!(
            workflows.len() == 8
                && workflows.contains(&"b_components")
                && workflows.contains(&"w_daily_aggregation"),
            "{workflows:?}"
        );
        assert!(specs.operators.contains_key("o_python"));
    }
}
