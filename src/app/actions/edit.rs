use super::{Action, Group};
use crate::app::{Effect, Leave, Location, Model, Outline, ProjectLook, Screen};
use crate::domain::{Diagnostic, Severity, Span, Traced, TracedPlace, located, traced};
use camino::Utf8PathBuf;

pub const EDIT: Action = Action {
    id: "edit",
    keys: &["e"],
    title: "edit",
    about: "Edit the spec, or the file in which the selected step failed, at the line of the error",
    group: Group::Look,
    on: &[Screen::Board, Screen::Workflow],
    applies: |model| place(model).map(drop),
    act: |model| match place(model) {
        Ok(_) if model.is_to_be_mended() => model.open_failure(&EDIT),
        Ok(Place { file, line, letter, failure }) => {
            // What failed in a text that is another by now is past.
            let began = model.workflow.live.as_ref().map(|live| live.past.run.started_at);
            let past = began.is_some_and(|began| model.editor.has_changed_since(&file, began));
            let failure = failure.filter(|_| !past);
            let spot = Location { path: file, row: line.saturating_sub(1), letter };
            model.edit(spot, failure)
        }
        Err(_) => Vec::new(),
    },
};

pub const ELSEWHERE: Action = Action {
    id: "edit_elsewhere",
    keys: &["V", "ctrl-e"],
    title: "your editor",
    about: "The same in $VISUAL or $EDITOR, at the same line; the workbench is back when that is closed",
    group: Group::Look,
    on: &[Screen::Board, Screen::Workflow, Screen::Editor],
    applies: |model| {
        place(model)?;
        match model.editor.file().is_some_and(|file| file.unsaved) && model.screen == Screen::Editor {
            true => Err("save it first, or two would write one file".to_owned()),
            false => Ok(()),
        }
    },
    act: |model| match place(model) {
        Ok(_) if model.is_to_be_mended() => model.open_failure(&ELSEWHERE),
        Ok(Place { file, line, .. }) => vec![Effect::Leave(Leave::Edit { file, line })],
        Err(_) => Vec::new(),
    },
};

/// Where a person would go on.
struct Place {
    /// Relative to the project.
    file: Utf8PathBuf,
    /// From 1.
    line: usize,
    /// From 0.
    letter: usize,
    failure: Option<Diagnostic>,
}

fn place(model: &Model) -> Result<Place, String> {
    if model.screen == Screen::Editor {
        let spot = model.here().ok_or("no file is open")?;
        return Ok(Place { file: spot.path, line: spot.row + 1, letter: spot.letter, failure: None });
    }
    // Where the project cannot be read, that comes first.
    let unread = model.project.trouble.as_ref().and_then(|trouble| trouble.problems.first());
    if let Some(problem) = unread {
        return Ok(Place::of(problem, None));
    }
    let project = model.project.get().ok_or("the project has not been read")?;
    let flow = match model.screen {
        Screen::Workflow => {
            if let Some(problem) = failure(model).or_else(|| in_log(model, project)) {
                return Ok(Place::of(&problem, Some(problem.clone())));
            }
            model.workflow.name.as_deref().and_then(|name| project.workflow(name))
        }
        _ => model.selected_workflow(),
    };
    let flow = flow.ok_or("no file is known for it")?;
    if let Some(problem) = project.errors(&flow.file).next() {
        return Ok(Place::of(problem, None));
    }
    let step = model.workflow.node().filter(|_| model.screen == Screen::Workflow);
    let row = step.and_then(|id| Some(Outline::of(&flow.lines).step(id.step.as_str())?.row));
    let line = row.unwrap_or(0) + 1;
    let failure = row.and_then(|_| Some(diagnostic(flow.file.clone(), line, reason(model)?)));
    Ok(Place { file: flow.file.clone(), line, letter: 0, failure })
}

/// Why the selected step failed, where nothing tells the place.
fn reason(model: &Model) -> Option<String> {
    let (_, tally) = model.workflow.live.as_ref()?.node(model.workflow.node()?)?;
    let told = tally.failure()?.lines().next().filter(|told| !told.is_empty())?;
    Some(told.to_owned())
}

fn diagnostic(file: Utf8PathBuf, line: usize, message: String) -> Diagnostic {
    let span = Span { line, column: 1, length: 1 };
    Diagnostic { file, span, severity: Severity::Error, code: String::new(), message, help: String::new() }
}

impl Place {
    fn of(problem: &Diagnostic, failure: Option<Diagnostic>) -> Self {
        let (line, letter) = (problem.span.line, problem.span.column.saturating_sub(1));
        Self { file: problem.file.clone(), line, letter, failure }
    }
}

/// Where the selected step says it failed.
fn failure(model: &Model) -> Option<Diagnostic> {
    let live = model.workflow.live.as_ref()?;
    let (_, node) = live.node(model.workflow.node()?)?;
    located(node.failure().unwrap_or(&node.reason))
}

/// Where the end of its log does, if its reason does not: in a script of the project, or in that of the spec.
fn in_log(model: &Model, project: &ProjectLook) -> Option<Diagnostic> {
    let (live, log) = (model.workflow.live.as_ref()?, &model.workflow.log);
    let (_, shown, _) = log.of.as_ref()?;
    let (node, tally) = live.node(shown)?;
    tally.failure()?;
    let lines: Vec<&str> = log.end.iter().map(String::as_str).collect();
    let Traced { place, line, message } = traced(&lines)?;
    let (file, line) = match place {
        TracedPlace::File(file) => (file, line),
        TracedPlace::Script => {
            let flow = project.workflow(live.plan.name.as_str())?;
            let (row, below) = Outline::of(&flow.lines).step(node.id.step.as_str())?.run?;
            // A shell counts the lines of the block; the first stands below its key. What ends too soon ends behind them.
            let row = if below { row.saturating_add(line).min(last_of_block(&flow.lines, row)) } else { row };
            (flow.file.clone(), row.min(flow.lines.len().saturating_sub(1)) + 1)
        }
    };
    Some(diagnostic(file, line, message))
}

/// The last row of the text below a key.
fn last_of_block(lines: &[String], key: usize) -> usize {
    let depth = |line: &String| line.len() - line.trim_start().len();
    let own = lines.get(key).map_or(0, depth);
    let below = lines.iter().enumerate().skip(key + 1);
    let inside = below.take_while(|(_, line)| line.trim().is_empty() || depth(line) > own);
    inside.filter(|(_, line)| !line.trim().is_empty()).last().map_or(key, |(row, _)| row)
}
