use jiff::Timestamp;

use crate::cli::args::Show;
use crate::cli::report::{self, Patience, RunRow};
use crate::cli::stage::{RecordedFacts, damaged, doubt_of_origin, doubts_of_steps, look_up, runs_of};
use crate::cli::{Exit, Invocation, Output, Place, UserError, Workspace};
use crate::domain::{Doubts, Name, RunLayout, Tally};
use crate::store::{self, Outputs, Reach, Runs};

/// One run: its steps, what each took and made, and why what failed did.
pub fn run(asked: &Show, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let (token, layout) = (recorded.run.token, RunLayout::at(&recorded.path));
    let plan = store::read_plan(&layout).map_err(|error| {
        damaged(&layout, token, "shown", &error)
            .to_do(format!("see its files: {}", invocation.command(&["artifacts", &asked.run])))
    })?;
    let mut tally = Tally::of_plan(&plan);
    let mut doubts = Doubts::default();
    let read = store::read_events(&layout, token);
    let unread = read.is_err();
    match read {
        Ok(events) => {
            events.iter().for_each(|event| tally.add(event));
            let _patience = Patience::start("checking what its steps made");
            doubts = doubts_of_steps(&layout, token, &events, &Reach::all());
        }
        // What the record says is shown all the same.
        Err(error) => {
            output.warn(&format!("what its steps did is not known: {error}"));
            doubts.damage = store::damage(&layout);
        }
    }
    let runs = Workspace::open(invocation.project()).and_then(|workspace| runs_of(&workspace, &asked.env));
    let runs = runs.ok();
    doubts.foreign = doubt_of_origin(runs.as_ref(), &recorded);
    let mut row = RunRow::from(recorded);
    row.notes = store::read_notes(&layout).unwrap_or_default();
    row.damaged = unread || !doubts.altered.is_empty() || store::is_damaged(&layout, row.status);
    row.called = runs.map(|runs| called(&runs, &row)).unwrap_or_default();
    row.figures = store::figures(&layout, token, Outputs::of_run(row.status)).unwrap_or_default().values;
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

/// The aliases that it has.
fn called(runs: &Runs, row: &RunRow) -> Vec<Name> {
    let of_name = runs.aliases().into_iter().filter(|(name, _)| *name == row.run.name);
    let has = |alias: &Name| {
        runs.alias(&row.run.name, alias).is_ok_and(|moved| moved.is_some_and(|to| to.token == row.run.token))
    };
    of_name.map(|(_, alias)| alias).filter(has).collect()
}
