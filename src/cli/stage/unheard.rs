use std::collections::BTreeSet;

use crate::cli::{UserError, Workspace};
use crate::domain::nearest::did_you_mean;
use crate::domain::text::safe;
use crate::domain::{Criterion, Name, Op, RunQuery, Workflow};
use crate::spec::{Condition, Specs};
use crate::store::Runs;

/// How many of the newest are looked through for what they have.
const LOOKED_THROUGH: usize = 1_000;

const PARAMETER: &str = "parameter";
const EITHER: &str = "figure or parameter";
const BRANCH: &str = "branch";

/// What is asked for and no run has, whatever its value: a slip mostly.
#[derive(Debug)]
pub struct Unheard {
    name: String,
    what: &'static str,
    /// What was meant perhaps.
    near: String,
    /// There are runs that could tell what such things are called.
    is_judged: bool,
}

impl Unheard {
    /// In a list that is empty for it.
    pub fn told(&self) -> String {
        let near = self.near.trim_end_matches('?');
        format!("none has the {} `{}`; {}", self.what, safe(&self.name), safe(near))
    }

    /// None: a run that is to come may have it, or has had it where nobody can look.
    fn refused(&self, specs: &Specs, workflow: Option<&Name>) -> Option<UserError> {
        if !self.is_judged || self.what == BRANCH || is_known(specs, workflow, &self.name) {
            return None;
        }
        Some(
            UserError::wrong(format!("no run has the {} `{}`", self.what, self.name))
                .to_do(self.near.clone()),
        )
    }
}

/// The specs name it, or cannot be asked.
fn is_known(specs: &Specs, workflow: Option<&Name>, asked: &str) -> bool {
    let names_it = |flow: &Workflow| {
        let mut watched = flow.monitors.iter().filter_map(|monitor| monitor.metric.as_deref());
        let accept = flow.blueprint.as_ref().and_then(|blueprint| blueprint.accept.as_deref());
        let accepted = accept.and_then(|accept| Condition::new(accept).ok());
        // A figure is known by its whole name as well.
        let is_it = |name: &str| name == asked || asked.ends_with(&format!(".{name}"));
        flow.params.keys().any(|name| name.as_str() == asked)
            || watched.any(is_it)
            || accepted.iter().flat_map(Condition::names).any(|name| is_it(name))
    };
    let is_meant = |name: &Name| workflow.is_none_or(|meant| meant == name);
    specs.broken.keys().any(is_meant)
        || specs.workflows.values().filter(|flow| is_meant(&flow.name)).any(names_it)
}

/// Of a query that found nothing: what no run has. `whole`: nothing stands in the way of reading all runs there are.
///
/// # Errors
/// Nothing that the specs name is called so either.
pub fn refuse_unheard(
    workspace: &Workspace,
    runs: &Runs,
    query: &RunQuery,
    whole: bool,
) -> Result<Option<Unheard>, UserError> {
    let Some(unheard) = unheard_of(runs, query) else { return Ok(None) };
    let refused = || unheard.refused(&workspace.specs, query.name.as_ref());
    match whole.then(refused).flatten() {
        Some(error) => Err(error),
        None => Ok(Some(unheard)),
    }
}

/// What is asked for and no run has, whatever its value.
pub fn unheard_of(runs: &Runs, query: &RunQuery) -> Option<Unheard> {
    let all = RunQuery::of(query.name.as_ref());
    let listed = runs.find_all(&all, LOOKED_THROUGH).runs;
    let params = || listed.iter().flat_map(|found| found.run.params.keys().map(Name::as_str));
    let measured = runs.measured(&all, LOOKED_THROUGH).runs;
    let figures = measured.iter().flat_map(|run| run.metrics.keys().map(String::as_str));
    let params: BTreeSet<&str> = params().collect();
    let either: BTreeSet<&str> = params.iter().copied().chain(figures).collect();
    let branches: BTreeSet<&str> = listed.iter().filter_map(|found| found.run.branch.as_deref()).collect();
    // Whatever it is: also of a run before those, and by a figure's whole name.
    let has = |query: RunQuery| !runs.find_all(&query, 1).runs.is_empty();
    let any = |asked: &Criterion| Criterion {
        op: Op::Unequal,
        value: String::new(),
        number: None,
        ..asked.clone()
    };
    let of_params = query.params.iter().filter(|asked| {
        !params.contains(asked.name.as_str()) && !has(RunQuery { params: vec![any(asked)], ..all.clone() })
    });
    let of_either = query.criteria.iter().filter(|asked| {
        !either.contains(asked.name.as_str()) && !has(RunQuery { criteria: vec![any(asked)], ..all.clone() })
    });
    let of_branch = query.branch.iter().filter(|branch| !branches.contains(branch.as_str()));
    let of_params = of_params.map(|asked| (asked.name.as_str(), PARAMETER, &params, !listed.is_empty()));
    let of_either = of_either.map(|asked| (asked.name.as_str(), EITHER, &either, !measured.is_empty()));
    let of_branch = of_branch.map(|branch| (branch.as_str(), BRANCH, &branches, !listed.is_empty()));
    let (name, what, known, is_judged) = of_params.chain(of_either).chain(of_branch).next()?;
    let near = did_you_mean(name, &format!("names of a {what}"), known.iter().copied());
    Some(Unheard { name: name.to_owned(), what, near, is_judged })
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;

    #[test]
    fn a_name_that_neither_runs_nor_specs_know_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let project = "greenroom: 1
kind: project
name: flights
images: {default: {base: 'debian:bookworm-slim', apt: [python3]}}
environments: {dev: {root: .greenroom/store}}
";
        let flow = "greenroom: 1
kind: workflow
name: model
params: {depth: {type: int, default: 3}}
steps: {a: {run: x, outputs: {m: {path: m.json, type: metrics}}}}
monitors: [{name: worse, kind: metric, output: a.m, metric: auc, min: 0.7}]
";
        fs_err::write(root.join("greenroom.yaml"), project).unwrap();
        fs_err::create_dir(root.join("workflows")).unwrap();
        fs_err::write(root.join("workflows/model.yaml"), flow).unwrap();
        let refused = |name: &str, what: &'static str, is_judged: bool| {
            let workspace = Workspace::open(Some(root)).unwrap();
            let unheard =
                Unheard { name: name.to_owned(), what, near: "did you mean `x`?".to_owned(), is_judged };
            unheard.refused(&workspace.specs, None).map(|error| (error.what, error.exit))
        };
        let told = ("no run has the figure or parameter `eror`".to_owned(), crate::cli::Exit::Wrong);
        assert_eq!(refused("eror", EITHER, true), Some(told));
        // What a run to come may have, and has perhaps another name where none has told its own.
        for (name, what, is_judged) in [
            ("depth", PARAMETER, true),
            ("a.m.auc", EITHER, true),
            ("eror", EITHER, false),
            ("eror", BRANCH, true),
        ] {
            assert_eq!(refused(name, what, is_judged), None, "{name}");
        }
        fs_err::write(root.join("workflows/other.yaml"), "greenroom: 1\nkind: workflow\nname: other\n")
            .unwrap();
        assert_eq!(refused("eror", EITHER, true), None, "one with errors may name it");
    }
}
