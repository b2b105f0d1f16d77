use std::num::NonZeroUsize;

use clap_complete::ArgValueCandidates;
use jiff::Timestamp;

use super::param::{ParamError, parse_count, parse_param};
use crate::cli::complete::candidates;
use crate::domain::{Criterion, Name, RunQuery, Status, parse_moment, parse_status};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom runs
  greenroom runs daily_delays
  greenroom runs delay_model --where 'auc > 0.7' --where depth=3
  greenroom runs delay_model --where 'train.fit.loss < 0.3'
  greenroom runs delay_model --where 'title='
  greenroom runs --status failed,interrupted --since 7d
  greenroom runs --branch main --since 2026-11-01 --before 2026-12-01
  greenroom runs --pinned --note baseline
  greenroom runs --json | jq -r '.[].token'
  greenroom runs --reindex

All that is asked has to hold; --where and --param may be given more than once.
Nothing behind the sign asks for an empty text.")]
pub struct Runs {
    /// Only of this workflow or blueprint
    #[arg(add = ArgValueCandidates::new(candidates::workflows))]
    pub name: Option<String>,
    #[command(flatten)]
    pub filter: RunFilter,
    /// Read all run directories again first, after runs were copied or removed by hand
    #[arg(long)]
    pub reindex: bool,
    /// At most so many, the newest [default: 50, with --json all]
    #[arg(long, value_name = "N", value_parser = parse_count::<NonZeroUsize>, allow_negative_numbers = true)]
    pub limit: Option<NonZeroUsize>,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

/// Which runs are meant.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct RunFilter {
    /// A figure (by its name or STEP.OUTPUT.NAME) compared with a value (< <= > >= = !=), or a parameter where the run has no such figure
    #[arg(long = "where", value_name = "CRITERION", add = ArgValueCandidates::new(candidates::params))]
    pub criteria: Vec<Criterion>,
    /// With this parameter, also where a figure has its name
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_param_criterion, add = ArgValueCandidates::new(candidates::params))]
    pub params: Vec<Criterion>,
    /// One or more of running, interrupted, succeeded, failed, cancelled
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = parse_status)]
    pub status: Vec<Status>,
    /// Run from this branch
    #[arg(long)]
    pub branch: Option<String>,
    /// Started then or later: a date of this machine's calendar, a time such as 2026-11-01T06:00:00Z, or how long ago (7d, 12h)
    #[arg(long, value_name = "WHEN", value_parser = parse_moment)]
    pub since: Option<Timestamp>,
    /// Started before then
    #[arg(long, value_name = "WHEN", value_parser = parse_moment)]
    pub before: Option<Timestamp>,
    /// With a note that has these words
    #[arg(long, value_name = "WORDS")]
    pub note: Option<String>,
    /// That are pinned
    #[arg(long)]
    pub pinned: bool,
}

impl RunFilter {
    pub fn query(&self, name: Option<Name>) -> RunQuery {
        RunQuery {
            name,
            statuses: self.status.clone(),
            criteria: self.criteria.clone(),
            params: self.params.clone(),
            branch: self.branch.clone(),
            since: self.since,
            before: self.before,
            note: self.note.clone(),
            pinned: self.pinned,
            measured: false,
        }
    }
}

impl RunFilter {
    /// As it can be typed again.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
        self.criteria.iter().for_each(|criterion| add("--where", criterion.to_string()));
        self.params.iter().for_each(|param| add("--param", format!("{}={}", param.name, param.value)));
        self.status.iter().for_each(|status| add("--status", status.as_str().to_owned()));
        self.branch.iter().for_each(|branch| add("--branch", branch.clone()));
        self.since.iter().for_each(|since| add("--since", whole(*since, 0).to_string()));
        self.before.iter().for_each(|before| add("--before", whole(*before, 1).to_string()));
        self.note.iter().for_each(|note| add("--note", note.clone()));
        if self.pinned {
            words.push("--pinned".to_owned());
        }
        words
    }
}

/// In seconds, which suffice where `more` of them are added so that nothing is lost.
fn whole(at: Timestamp, more: i64) -> Timestamp {
    let more = if at.subsec_nanosecond() == 0 { 0 } else { more };
    Timestamp::from_second(at.as_second() + more).unwrap_or(at)
}

fn parse_param_criterion(text: &str) -> Result<Criterion, ParamError> {
    let (name, value) = parse_param(text)?;
    Ok(Criterion::equal(name.as_str(), &value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_again_loses_no_run() {
        let at = "2026-11-29T18:41:08.170207575Z".parse().unwrap();
        let filter = RunFilter { since: Some(at), before: Some(at), ..RunFilter::default() };
        let words = ["--since", "2026-11-29T18:41:08Z", "--before", "2026-11-29T18:41:09Z"];
        assert_eq!(filter.words(), words);
    }
}
