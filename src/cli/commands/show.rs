use std::collections::HashSet;

use jiff::Timestamp;

use crate::cli::args::Show;
use crate::cli::report::{self, Patience, RunRow};
use crate::cli::stage::{RecordedFacts, look_up, runs_of, why_foreign_at};
use crate::cli::{Exit, Invocation, Output, Place, UserError, Workspace};
use crate::domain::{AttemptStatus, Doubts, EventKind, Name, NodeId, RunEvent, RunLayout, Tally};
use crate::logs::is_whole;
use crate::store::{self, Origin, Outputs, OwnRuns, Recorded};

/// One run: its steps, what each took and made, and why what failed did.
pub fn run(asked: &Show, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let (token, layout) = (recorded.run.token, RunLayout::at(&recorded.path));
    let plan = store::read_plan(&layout).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("run {} cannot be shown", token.short()), &error)
            .to_do(format!("see its files: {}", invocation.command(&["artifacts", &asked.run])))
    })?;
    let mut tally = Tally::of_plan(&plan);
    let mut doubts = Doubts::default();
    match store::read_events(&layout, token) {
        Ok(events) => {
            events.iter().for_each(|event| tally.add(event));
            let _patience = Patience::start("checking what its steps made");
            doubts.altered = store::altered(&layout, token, &events);
            doubts.unrecorded = store::unrecorded(&layout, token, &events);
            doubts.cut_logs = cut_logs(&layout, &events);
        }
        // What the record says is shown all the same.
        Err(error) => output.warn(&format!("what its steps did is not known: {error}")),
    }
    let origin = origin(invocation, &asked.env, &recorded);
    doubts.foreign = (origin != Origin::Here).then(|| why_foreign_at(&layout, origin));
    let mut row = RunRow::from(recorded);
    row.notes = store::read_notes(&layout).unwrap_or_default();
    row.called = called(invocation, &asked.env, &row);
    row.figures = store::figures(&layout, token, Outputs::Underway).unwrap_or_default().values;
    doubts.imported = store::imported(&layout)
        .unwrap_or_else(|error| {
            output.warn(&error.to_string());
            None
        })
        .map(|imported| {
            let by = if imported.by.is_empty() { String::new() } else { format!(" by {}", imported.by) };
            format!("{} on {}{by}", imported.file, imported.at.strftime("%Y-%m-%d %H:%M:%S UTC"))
        });
    let now = Timestamp::now();
    tally.stand(row.status, now);
    let facts = RecordedFacts::new(Place::find(invocation.project()).ok(), plan, layout).named(&asked.run);
    match output.json {
        true => output.document(&report::show_json(&row, &tally, &doubts))?,
        false => {
            let place = (invocation, &output.look);
            output.text(&report::show(&row, &tally, &facts, &doubts, now, place))?;
        }
    }
    Ok(Exit::Done)
}

/// The logs of attempts that have ended, but for those that the run itself had trouble with.
fn cut_logs(layout: &RunLayout, events: &[RunEvent]) -> Vec<(NodeId, u32)> {
    let warned: HashSet<NodeId> = events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Warned { .. }))
        .filter_map(|event| event.kind.node())
        .collect();
    let ended = events.iter().filter_map(|event| match &event.kind {
        // Nobody brought the log of a lost one to its end.
        EventKind::AttemptFinished { status: AttemptStatus::Lost, .. } => None,
        EventKind::AttemptFinished { attempt, .. } => Some((event.kind.node()?, *attempt)),
        _ => None,
    });
    let is_cut = |(node, attempt): &(NodeId, u32)| {
        !warned.contains(node) && matches!(is_whole(&layout.log(node, *attempt)), Ok(false))
    };
    ended.filter(is_cut).collect()
}

/// The aliases that it has, where they are known.
fn called(invocation: &Invocation, env: &str, row: &RunRow) -> Vec<Name> {
    let runs = Workspace::open(invocation.project()).and_then(|workspace| runs_of(&workspace, env));
    let Ok(runs) = runs else { return Vec::new() };
    let of_name = runs.aliases().into_iter().filter(|(name, _)| *name == row.run.name);
    let has = |alias: &Name| {
        runs.alias(&row.run.name, alias).is_ok_and(|moved| moved.is_some_and(|to| to.token == row.run.token))
    };
    of_name.map(|(_, alias)| alias).filter(has).collect()
}

/// Without a project nobody can tell whether it lies where that keeps its runs.
fn origin(invocation: &Invocation, env: &str, recorded: &Recorded) -> Origin {
    let runs = Workspace::open(invocation.project()).and_then(|workspace| runs_of(&workspace, env));
    let own = OwnRuns::of_user();
    let origin = match runs {
        Ok(runs) => runs.plan(&own, recorded),
        Err(_) => own.plan(&RunLayout::at(&recorded.path)),
    };
    origin.map_or(Origin::Imported, |(_, origin)| origin)
}
