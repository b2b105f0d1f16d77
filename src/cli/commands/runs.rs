use camino::Utf8Path;
use jiff::Timestamp;
use rayon::prelude::*;

use crate::cli::args::Runs;
use crate::cli::report::{Patience, RunRow, runs_table, tell_altered, tell_broken};
use crate::cli::stage::{fresh_runs, listed, refuse_unheard};
use crate::cli::{Exit, Ink, Invocation, Output, UserError, Workspace};
use crate::domain::figures::count;
use crate::domain::{Criterion, Name, RunLayout, Status, Token};
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
    let unheard = match listing.runs.is_empty() && query.is_narrow() {
        true => {
            // What cannot be read, or lies in a bucket, may have it.
            let whole =
                listing.altered.is_empty() && listing.broken.is_empty() && address_of(&root).is_none();
            refuse_unheard(&workspace, &runs, &query, whole)?
        }
        false => None,
    };
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
                true => {
                    let told = unheard.map(|unheard| format!(": {}", unheard.told()));
                    format!("No run is like this{}.\n", told.unwrap_or_default())
                }
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
