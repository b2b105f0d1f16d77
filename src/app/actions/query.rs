use super::{Action, Group};
use crate::app::{LakePane, LakeTab, Screen};
use crate::domain::{Diagnostic, Severity, sql};

pub const QUERY: Action = Action {
    id: "query",
    keys: &["e"],
    title: "query",
    about: "Write a query on the lake; a statement for the selected table is there already",
    group: Group::Look,
    on: &[Screen::Lake],
    applies: |model| match model.lake.look.get() {
        Some(_) => Ok(()),
        None => Err("the lake has not been read".to_owned()),
    },
    act: crate::app::Model::write_query,
};

pub const ASK: Action = Action {
    id: "ask",
    // Some terminals send ctrl-j for ctrl-enter, which text areas take for deleting.
    keys: &["ctrl-enter", "alt-enter", "f5", "ctrl-j"],
    title: "ask",
    about: "Run the statement at the cursor on the dev warehouse, and show its first rows",
    group: Group::Runs,
    on: &[Screen::Lake, Screen::Editor],
    applies: has_query,
    act: |model| match model.screen {
        Screen::Editor => model.ask_in_editor(),
        _ => model.ask_query(),
    },
};

pub const PARAMS: Action = Action {
    id: "params",
    keys: &["alt-v"],
    title: "values",
    about: "Give each @name of the query its value, on the line below it; down from its last line goes there too",
    group: Group::Edit,
    on: &[Screen::Lake],
    applies: has_query,
    act: |model| {
        (model.lake.tab, model.lake.pane, model.lake.full) = (LakeTab::Query, LakePane::Params, false);
        model.lake.completion = None;
        Vec::new()
    },
};

pub const MAKE_STEP: Action = Action {
    id: "make_step",
    keys: &["ctrl-s"],
    title: "make a step of it",
    about: "Put the statement at the cursor into a workflow, as a step that writes a table or a file",
    group: Group::Edit,
    on: &[Screen::Lake],
    applies: has_right_query,
    act: crate::app::Model::ask_for_step,
};

/// A step of a query that is known to be wrong would fail.
fn has_right_query(model: &crate::app::Model) -> Result<(), String> {
    has_query(model)?;
    let text = model.lake.query.text();
    let statement = sql::statement_at(&text, model.lake.query.offset());
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let lines = line(statement.start)..=line(statement.end);
    let wrong =
        |problem: &&Diagnostic| problem.severity == Severity::Error && lines.contains(&problem.span.line);
    match model.lake.problems.iter().find(wrong) {
        Some(problem) => Err(format!("line {}: {}", problem.span.line, problem.message)),
        None => Ok(()),
    }
}

fn has_query(model: &crate::app::Model) -> Result<(), String> {
    if model.screen == Screen::Editor {
        return model.editor.file().map(drop).ok_or_else(|| "no file is open".to_owned());
    }
    match model.lake.query.text().trim() {
        "" => Err("there is no query yet".to_owned()),
        _ => Ok(()),
    }
}
