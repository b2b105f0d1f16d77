use std::collections::HashSet;

use indexmap::IndexSet;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::args::Metrics;
use crate::cli::report::{Patience, curves_view, metrics_view, tell_altered, tell_broken};
use crate::cli::stage::{find, fresh_runs, look_up, measured, refuse_unheard};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::apart::stem;
use crate::domain::nearest::did_you_mean;
use crate::domain::{
    Breach, Curve, Measured, Name, RunFigures, RunLayout, RunQuery, Status, Threshold, Token, figure_names,
};
use crate::store::{
    Broken, Outputs, RunRef, Runs, address_of, curves, figures, is_damaged, is_imported, read_events,
};

/// More than these no chart tells apart.
const MOST: usize = 1_000;

/// Figures over time, or of one run.
pub fn run(asked: &Metrics, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    // As of every command that looks, a run's folder needs no project.
    if let [folder] = asked.of.as_slice()
        && matches!(folder.parse(), Ok(RunRef::Directory(_)))
    {
        return of_run(folder, asked, invocation, output);
    }
    let workspace = Workspace::open(invocation.project())?;
    let runs = fresh_runs(&workspace, &asked.env, invocation)?;
    // Twice asked for is asked for.
    let mut of = asked.of.clone();
    let mut seen = HashSet::new();
    of.retain(|name| seen.insert(name.clone()));
    let is_run = |one: &&String| {
        !is_known(&workspace, &runs, one)
            && (one.contains(['@', '/']) || Name::new(one).is_err() || find(&runs, one).is_ok())
    };
    let named: Vec<&String> = of.iter().filter(is_run).collect();
    match (of.as_slice(), named.first()) {
        ([_], Some(one)) => return of_run(one, asked, invocation, output),
        (_, Some(_)) => return Err(no_names(&named, invocation)),
        _ => {}
    }
    let most = asked.limit.map(usize::from).unwrap_or(if output.json { usize::MAX } else { MOST });
    let mut found: Vec<Measured> = Vec::new();
    let mut thresholds: Vec<Threshold> = Vec::new();
    let mut breaches: Vec<Breach> = Vec::new();
    let (mut altered, mut broken): (Vec<Broken>, Vec<Broken>) = Default::default();
    let mut without: Vec<(Name, Token)> = Vec::new();
    let mut older = false;
    for name in &of {
        if !is_known(&workspace, &runs, name) {
            workspace.workflow(name)?;
        }
        let name = Name::new(name)
            .map_err(|error| UserError::from_error(Exit::Wrong, "no workflow can have this name", &error))?;
        let patience = Patience::start("reading the runs");
        let root = workspace.store_root(&asked.env)?;
        let query = asked.filter.query(Some(name.clone()));
        let listing = measured(&root, &runs, &query, most)?;
        if let ([_], true) = (of.as_slice(), listing.runs.is_empty() && query.is_narrow()) {
            let whole =
                listing.altered.is_empty() && listing.broken.is_empty() && address_of(&root).is_none();
            refuse_unheard(&workspace, &runs, &query, whole)?;
        }
        let workflow = workspace.specs.workflows.get(&name);
        let watching = workflow.iter().flat_map(|workflow| &workflow.monitors);
        let watching: Vec<Threshold> = watching.filter_map(|monitor| Threshold::of(&name, monitor)).collect();
        // A breach is one whichever runs are asked for.
        let narrow = query.is_narrow() || listing.older && most < MOST;
        let history = match narrow && !watching.is_empty() {
            true => Some(measured(&root, &runs, &RunQuery::of(Some(&name)), MOST)?.runs),
            false => None,
        };
        drop(patience);
        let all = history.as_ref().unwrap_or(&listing.runs);
        breaches.extend(watching.iter().filter_map(|threshold| threshold.last_breach(all)));
        thresholds.extend(watching);
        older |= listing.older;
        without.extend(without_figures(&runs, &query, most, &listing.runs));
        found.extend(listing.runs);
        broken.extend(listing.broken);
        altered.extend(listing.altered);
    }
    tell_broken(&broken, (workspace.root(), invocation), output);
    tell_altered(&altered, workspace.root(), output);
    found.sort_by_key(|run| std::cmp::Reverse(run.token));
    if output.json {
        let bare: Vec<Token> = without.iter().map(|(_, token)| *token).collect();
        let document =
            json!({"runs": found, "without_figures": bare, "thresholds": thresholds, "breaches": breaches});
        output.document(&document)?;
        return Ok(Exit::Done);
    }
    // By its whole name a figure is the same; of those that a text tells apart all are meant.
    let known = |name: &String| {
        let one = found.iter().find_map(|run| run.known_as(name)).map(|known| vec![known]);
        let apart = || found.iter().map(|run| run.known().all(name)).find(|all| !all.is_empty());
        let known = one.or_else(apart).unwrap_or_else(|| vec![name.as_str()]);
        known.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let figures: Vec<String> = asked.figure.iter().flat_map(known).collect();
    if let Some(unknown) = unknown(&figures, &found) {
        return Err(unknown);
    }
    let zone = TimeZone::system();
    let view = (invocation, &output.look);
    output.text(&metrics_view(
        &of,
        (&found, &without),
        &figures,
        &thresholds,
        &breaches,
        older,
        &zone,
        view,
    ))?;
    Ok(Exit::Done)
}

/// Those that succeeded and yet have no figure at all: each came to no number, or what tells of it is damaged. Newest
/// first, and none before the oldest that is shown.
fn without_figures(runs: &Runs, query: &RunQuery, most: usize, shown: &[Measured]) -> Vec<(Name, Token)> {
    // By a figure that they have not, none is meant.
    if !query.criteria.is_empty() {
        return Vec::new();
    }
    let has = |token: Token| shown.iter().any(|run| run.token == token);
    let from = if shown.len() == most { shown.last().map(|run| run.token) } else { None };
    let all = runs.find_all(query, most).runs.into_iter().map(|recorded| recorded.run);
    all.filter(|run| run.status == Status::Succeeded && run.only.is_none() && !has(run.token))
        .filter(|run| from.is_none_or(|from| run.token > from))
        .map(|run| (run.name, run.token))
        .collect()
}

/// Runs among several that are asked for.
fn no_names(runs: &[&String], invocation: &Invocation) -> UserError {
    let first = runs[0];
    let what = format!("`{first}` names a run: of several, each has to be a workflow or blueprint");
    let told = UserError::wrong(what)
        .to_do(format!("the figures of that run alone: {}", invocation.command(&["metrics", first])));
    let Some(other) = runs.get(1) else { return told };
    let beside = invocation.command(&["diff", first, other]);
    told.to_do(format!("how two runs differ, also in their figures: {beside}"))
}

/// It is a workflow, or was one.
fn is_known(workspace: &Workspace, runs: &Runs, name: &str) -> bool {
    let run = || Name::new(name).is_ok_and(|name| runs.has_run(&name));
    workspace.specs.workflows.contains_key(name) || run()
}

fn unknown(asked: &[String], runs: &[Measured]) -> Option<UserError> {
    let names = figure_names(runs);
    let missing = asked.iter().find(|name| !runs.is_empty() && !names.contains(&name.as_str()))?;
    let help = did_you_mean(missing, "figures", names.iter().copied());
    Some(UserError::wrong(format!("no run has a figure `{missing}`")).to_do(help))
}

fn of_run(
    reference: &str,
    asked: &Metrics,
    invocation: &Invocation,
    output: &Output,
) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, reference)?;
    let (layout, token) = (RunLayout::at(&recorded.path), recorded.run.token);
    let which = Outputs::of_run(recorded.run.status);
    let read = || Ok((figures(&layout, token, which)?, curves(&layout, token, which)?));
    let (figures, curves) = read().map_err(|error: crate::engine::StoreError| {
        UserError::from_error(Exit::NotReady, format!("the figures of run {}", token.short()), &error)
    })?;
    if !figures.altered.is_empty() {
        output.remark(&Broken::altered(recorded.path, &figures.altered).why);
    }
    let curves = drawn(&asked.figure, &token.short(), &figures, curves)?;
    let damaged = is_damaged(&layout, recorded.run.status) || read_events(&layout, token).is_err();
    let foreign = is_imported(&layout);
    let measured = Measured { foreign, damaged, ..Measured::new(recorded.run, figures) };
    output
        .either(&json!({"run": measured, "curves": curves}), |look| curves_view(&measured, &curves, look))?;
    Ok(Exit::Done)
}

/// How those went on that are asked for, by their names alone or as `step.output.name`; all, where none is.
///
/// # Errors
/// One is none of the run's, which has others.
fn drawn(
    asked: &[String],
    run: &str,
    figures: &RunFigures,
    mut curves: Vec<Curve>,
) -> Result<Vec<Curve>, UserError> {
    let is_of = |curve: &Curve, asked: &str| {
        let own = asked.strip_prefix(&curve.output).and_then(|rest| rest.strip_prefix('.'));
        [Some(asked), own].into_iter().flatten().any(|name| curve.name == name || stem(&curve.name) == name)
    };
    let names: IndexSet<&str> =
        figures.values.keys().map(String::as_str).chain(curves.iter().map(|curve| &*curve.name)).collect();
    let is_known = |asked: &String| {
        figures.known_as(asked).is_some()
            || !figures.known().all(asked).is_empty()
            || curves.iter().any(|curve| is_of(curve, asked))
    };
    if let Some(unknown) = asked.iter().find(|name| !names.is_empty() && !is_known(name)) {
        let help = did_you_mean(unknown, "figures", names.iter().copied());
        return Err(UserError::wrong(format!("run {run} has no figure `{unknown}`")).to_do(help));
    }
    curves.retain(|curve| asked.is_empty() || asked.iter().any(|name| is_of(curve, name)));
    Ok(curves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Look;

    #[test]
    fn of_one_run_a_figure_is_drawn_by_its_name_and_an_unknown_one_is_refused() {
        let figures = RunFigures { values: [("auc".to_owned(), 0.7)].into(), ..RunFigures::default() };
        let curve = |name: &str| Curve {
            output: "train.fit".to_owned(),
            name: name.to_owned(),
            over: "epoch".to_owned(),
            points: vec![(1.0, 0.5), (2.0, 0.25)],
        };
        let all = || Vec::from(["loss fold=a", "loss fold=b", "rate"].map(curve));
        let asked = |names: &str| {
            let names: Vec<String> = names.split_terminator(',').map(str::to_owned).collect();
            let drawn = drawn(&names, "3f2a", &figures, all());
            drawn.map(|curves| curves.into_iter().map(|curve| curve.name).collect::<Vec<_>>().join(","))
        };
        for (names, expected) in [
            ("", "loss fold=a,loss fold=b,rate"),
            ("loss", "loss fold=a,loss fold=b"),
            ("loss fold=b,rate", "loss fold=b,rate"),
            ("train.fit.rate", "rate"),
            ("auc", ""),
        ] {
            assert_eq!(asked(names).ok().as_deref(), Some(expected), "{names}");
        }
        for (name, help) in [("acu", "did you mean `auc`?"), ("nope_at_all", "auc, loss fold=a")] {
            let told = asked(&format!("rate,{name}")).unwrap_err().render(&Look::PLAIN);
            assert!(told.contains(&format!("run 3f2a has no figure `{name}`")), "{told}");
            assert!(told.contains(help), "{told}");
        }
        // Where there are none at all, nobody mistyped one.
        assert_eq!(
            drawn(&["loss".to_owned()], "3f2a", &RunFigures::default(), Vec::new()).ok(),
            Some(vec![])
        );
    }
}
