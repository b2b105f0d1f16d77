use jiff::Timestamp;

use crate::cli::args::Show;
use crate::cli::report::{self, Doubts, RunRow, Tally};
use crate::cli::stage::{RecordedFacts, look_up, runs_of};
use crate::cli::{Exit, Invocation, Output, Place, UserError, Workspace};
use crate::domain::{NodeId, RunLayout, Status};
use crate::store::{self, Origin, OwnRuns, Recorded};

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
    let manifests = broken_manifests(&layout, &tally, &recorded);
    let foreign = !is_from_here(invocation, &asked.env, &recorded);
    let doubts = Doubts { foreign, manifests };
    let row = RunRow::from(recorded);
    let facts = RecordedFacts::new(Place::find(invocation.project()).ok(), plan, layout);
    match output.json {
        true => output.document(&report::show_json(&row, &tally))?,
        false => {
            let place = (invocation, &output.look);
            output.text(&report::show(&row, &tally, &facts, &doubts, Timestamp::now(), place))?;
        }
    }
    Ok(Exit::Done)
}

/// One that cannot be told to be from here is not: without a project, nothing could go on with it either.
fn is_from_here(invocation: &Invocation, env: &str, recorded: &Recorded) -> bool {
    let runs = Workspace::open(invocation.project()).and_then(|workspace| runs_of(&workspace, env));
    let origin = runs.ok().and_then(|runs| runs.plan(&OwnRuns::of_user(), recorded).ok());
    origin.is_some_and(|(_, origin)| origin == Origin::Here)
}

fn broken_manifests(layout: &RunLayout, tally: &Tally, recorded: &Recorded) -> Vec<(NodeId, String)> {
    let succeeded = tally.nodes.iter().filter(|(_, node)| node.status == Some(Status::Succeeded));
    let why = |node: &NodeId| match store::manifest(layout, recorded.run.token, node) {
        Ok(Some(_)) => None,
        Ok(None) => Some("its manifest is not there any more".to_owned()),
        Err(error) => Some(format!("its manifest is broken: {error}")),
    };
    succeeded.filter_map(|(id, _)| Some((id.clone(), why(id)?))).collect()
}
