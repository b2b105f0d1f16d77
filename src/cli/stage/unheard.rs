use std::collections::BTreeSet;

use crate::domain::nearest::did_you_mean;
use crate::domain::text::safe;
use crate::domain::{Name, RunQuery};
use crate::store::Runs;

/// How many of the newest are looked through for what they have.
const LOOKED_THROUGH: usize = 1_000;

/// What is asked for and no run has, whatever its value: a slip mostly.
pub fn unheard_of(runs: &Runs, query: &RunQuery) -> Option<String> {
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
    let (name, what, known) = of_params
        .chain(of_either.filter(|(name, ..)| !is_known(name)))
        .chain(of_branch)
        .find(|(name, _, known)| !known.contains(name))?;
    let near = did_you_mean(name, &format!("names of a {what}"), known.iter().copied());
    Some(format!("none has the {what} `{}`; {}", safe(name), safe(near.trim_end_matches('?'))))
}
