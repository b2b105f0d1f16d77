use jiff::Timestamp;

use crate::cli::args::Show;
use crate::cli::report::{self, RunRow, Tally};
use crate::cli::stage::{RecordedFacts, look_up};
use crate::cli::{Exit, Invocation, Output, Place, UserError};
use crate::domain::RunLayout;
use crate::store;

/// One run: its steps, what each took and made, and why what failed did.
pub fn run(asked: &Show, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let (token, layout) = (recorded.run.token, RunLayout::at(&recorded.path));
    let plan = store::read_plan(&layout).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("run {} cannot be shown", token.short()), &error)
            .to_do(format!("see its files: {}", invocation.command(&["artifacts", &asked.run])))
    })?;
    let mut tally = Tally::of_plan(&plan);
    match store::read_events(&layout, token) {
        Ok(events) => events.iter().for_each(|event| tally.add(event)),
        // What the record says is shown all the same.
        Err(error) => output.warn(&format!("what its steps did is not known: {error}")),
    }
    let row = RunRow::from(recorded);
    let now = Timestamp::now();
    tally.stand(row.status, now);
    let facts = RecordedFacts::new(Place::find(invocation.project()).ok(), plan, layout);
    match output.json {
        true => output.document(&report::show_json(&row, &tally))?,
        false => {
            let place = (invocation, &output.look);
            output.text(&report::show(&row, &tally, &facts, now, place))?;
        }
    }
    Ok(Exit::Done)
}
