use std::collections::BTreeSet;

use camino::Utf8Path;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::cli::args::Runs;
use crate::cli::report::{Patience, RunRow, runs_table, tell_altered, tell_broken};
use crate::cli::stage::{fresh_runs, listed};
use crate::cli::{Exit, Ink, Invocation, Output, UserError, Workspace};
use crate::domain::figures::count;
use crate::domain::nearest::did_you_mean;
use crate::domain::text::safe;
use crate::domain::{Criterion, Name, RunLayout, RunQuery, Status, Token};
use crate::store::{
    self, Older, Origin, Outputs, OwnRuns, Recorded, address_of, figures, is_driven, is_fetched, is_sent,
    read_notes,
};

/// What fits on a screen or two: a person looks for something recent.
const SHOWN: usize = 50;

/// Lists what has run, newest first.
pub fn run(asked: &Runs, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let runs = fresh_runs(&workspace, &asked.env, invocation)?;
    let name = asked
        .name
        .as_deref()
        .map(Name::new)
        .transpose()
        .map_err(|error| UserError::from_error(Exit::Wrong, "no workflow can have this name", &error))?;
    if asked.reindex {
        runs.forget();
    }
    let most = asked.limit.map(usize::from).unwrap_or(if output.json { usize::MAX } else { SHOWN });
    let query = asked.filter.query(name.clone());
    let patience = Patience::start("reading the runs");
    let root = workspace.store_root(&asked.env)?;
    let listing = listed(&root, &runs, &query, most)?;
    drop(patience);
    if let Some(name) = &name
        && listing.runs.is_empty()
        && !runs.has_run(name)
    {
        // One that has not run yet is fine; a name that nothing has is a slip.
        workspace.workflow(name.as_str())?;
    }
    let unsent = unsent(&root, &listing.runs);
    let (spoilt, altered) = (listing.spoilt, &listing.altered);
    let mut rows: Vec<RunRow> = listing.runs.into_iter().map(RunRow::from).collect();
    let mut columns = query.criteria.clone();
    let own = OwnRuns::of_user();
    rows.par_iter_mut().for_each(|row| {
        let layout = RunLayout::at(&row.path);
        row.notes = read_notes(&layout).unwrap_or_default();
        row.foreign = own.is_foreign(&layout, row.run.token);
        row.damaged = spoilt.contains(&row.path) || store::is_damaged(&layout, row.status);
        row.altered = altered.iter().any(|known| known.path == row.path);
    });
    for (name, alias) in runs.aliases() {
        let Ok(Some(moved)) = runs.alias(&name, &alias) else { continue };
        let has = |row: &&mut RunRow| row.run.token == moved.token && row.run.name == name;
        rows.iter_mut().filter(has).for_each(|row| row.called.push(alias.clone()));
    }
    if !output.json {
        rows.iter_mut().for_each(|row| fill(row, &columns));
        // What none of them has tells nothing.
        columns.retain(|asked| {
            let name = &asked.name;
            rows.iter().any(|row| row.figures.contains_key(name) || row.param(name).is_some())
        });
    }
    match output.json {
        true => output.document(&rows.iter().map(RunRow::document).collect::<Vec<_>>())?,
        false => {
            let mut text = match rows.is_empty() && query.is_narrow() {
                true => format!("No run is like this{}.\n", unheard_of(&runs, &query)),
                false => runs_table(&rows, &columns, Timestamp::now(), invocation, &output.look),
            };
            text += &older(asked, rows.len(), listing.older, invocation, output);
            output.text(&text)?;
        }
    }
    tell_unsent(&unsent, invocation);
    tell_broken(&listing.broken, (workspace.root(), invocation), output);
    // Who asks for none is not told of figures.
    if !query.criteria.is_empty() {
        tell_altered(&listing.altered, workspace.root(), output);
    }
    Ok(Exit::Done)
}

/// How many of the newest are looked through for what they have.
const LOOKED_THROUGH: usize = 1_000;

/// What is asked for and no run has, whatever its value: a slip mostly.
fn unheard_of(runs: &store::Runs, query: &RunQuery) -> String {
    let all = RunQuery::of(query.name.as_ref());
    let listed = runs.find_all(&all, LOOKED_THROUGH).runs;
    let params = || listed.iter().flat_map(|found| found.run.params.keys().map(Name::as_str));
    let measured = runs.measured(&all, LOOKED_THROUGH).runs;
    let figures = measured.iter().flat_map(|run| run.metrics.keys().map(String::as_str));
    let params: BTreeSet<&str> = params().collect();
    let either: BTreeSet<&str> = params.iter().copied().chain(figures).collect();
    let branches: BTreeSet<&str> = listed.iter().filter_map(|found| found.run.branch.as_deref()).collect();
    let of_params = query.params.iter().map(|asked| (asked.name.as_str(), "parameter", &params));
    let of_either = query.criteria.iter().map(|asked| (asked.name.as_str(), "figure or parameter", &either));
    let of_branch = query.branch.iter().map(|branch| (branch.as_str(), "branch", &branches));
    // A figure has a whole name, too.
    let is_known = |name: &str| measured.iter().any(|run| run.known_as(name).is_some());
    let unknown = of_params
        .chain(of_either.filter(|(name, ..)| !is_known(name)))
        .chain(of_branch)
        .find(|(name, _, known)| !known.contains(name));
    let Some((name, what, known)) = unknown else { return String::new() };
    let near = did_you_mean(name, &format!("names of a {what}"), known.iter().copied());
    format!(": none has the {what} `{}`; {}", safe(name), safe(near.trim_end_matches('?')))
}

/// The figures that only a person is shown, by the names that were asked for.
fn fill(row: &mut RunRow, columns: &[Criterion]) {
    if columns.is_empty() {
        return;
    }
    let found = figures(&RunLayout::at(&row.path), row.run.token, Outputs::Own).unwrap_or_default();
    let value = |name: &String| found.values.get(found.known_as(name)?).copied();
    row.figures =
        columns.iter().filter_map(|Criterion { name, .. }| Some((name.clone(), value(name)?))).collect();
}

fn older(asked: &Runs, shown: usize, older: Older, invocation: &Invocation, output: &Output) -> String {
    let (told, all) = match older {
        Older::Count(0) => return String::new(),
        Older::Count(older) => (format!("{} older", count(older as u64)), shown + older),
        Older::Some => ("there are older ones".to_owned(), shown * 10),
    };
    let mut words = vec!["runs".to_owned()];
    words.extend(asked.name.clone());
    words.extend(asked.filter.words());
    words.extend(["--limit".to_owned(), all.to_string()]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    format!("… {told}: {}\n", output.look.paint(Ink::Accent, invocation.command(&words)))
}

/// Runs that have ended here, and of which a bucket that should have all of them lacks something.
fn unsent(root: &Utf8Path, runs: &[Recorded]) -> Vec<Token> {
    if address_of(root).is_none() {
        return Vec::new();
    }
    let lacks = |recorded: &&Recorded| {
        let layout = RunLayout::at(&recorded.path);
        let ended = !matches!(recorded.run.status, Status::Running | Status::Interrupted);
        ended
            && !is_fetched(&layout)
            && !is_driven(&layout.lock()).unwrap_or(false)
            && !is_sent(&layout, recorded.run.token)
    };
    // Nobody's but those that are sent from here.
    let own = OwnRuns::of_user();
    let is_own =
        |recorded: &&Recorded| matches!(own.plan(&RunLayout::at(&recorded.path)), Ok((_, Origin::Here)));
    runs.iter().filter(lacks).filter(is_own).take(SHOWN).map(|recorded| recorded.run.token).collect()
}

fn tell_unsent(unsent: &[Token], invocation: &Invocation) {
    if let Some(first) = unsent.first() {
        let short: Vec<String> = unsent.iter().map(Token::short).collect();
        let (what, how) = (short.join(", "), invocation.command(&["resume", &first.short()]));
        invocation.warn(&format!("not all is in the bucket yet of {what}\nsend what is missing: {how}"));
    }
}
