use std::num::NonZeroU32;
use std::path::PathBuf;

use clap_complete::{ArgValueCandidates, Shell};

use super::param::parse_count;
use crate::cli::complete::candidates;
use crate::domain::NodeId;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom show @last
  greenroom show daily_delays@-2")]
pub struct Show {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2, or a run's directory
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom logs @failed delays
  greenroom logs @last report -f
  greenroom logs 3f2a delays --attempt 1
  greenroom logs @last delays > delays.log

To a terminal lines go as they can be read, without what could move its cursor.
A pipe or file gets the log's exact bytes.")]
pub struct Logs {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2, or a run's directory
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// The step, or STEP.CELL of a matrix
    #[arg(value_name = "STEP", value_parser = parse_node, add = ArgValueCandidates::new(candidates::nodes))]
    pub step: NodeId,
    /// Go on until the step ends
    #[arg(long, short)]
    pub follow: bool,
    /// Which try [default: the last]
    #[arg(long, value_name = "N", value_parser = parse_count::<NonZeroU32>, allow_negative_numbers = true)]
    pub attempt: Option<NonZeroU32>,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom artifacts @last
  greenroom artifacts 3f2a --json
  greenroom artifacts @last --env stage --fetch")]
pub struct Artifacts {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2, or a run's directory
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// Fetch first what lies in the environment's bucket only
    #[arg(long)]
    pub fetch: bool,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom path @last report.report
  open \"$(greenroom path @last report.report)\"")]
pub struct OutputPath {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2, or a run's directory
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// The step and its output
    #[arg(value_name = "STEP.OUTPUT", add = ArgValueCandidates::new(candidates::outputs))]
    pub output: String,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom preview delays.parquet
  file=$(greenroom path @last report.report) && greenroom preview \"$file\"
  greenroom preview flights.csv --json | jq '.columns[] | {name, nulls, distinct}'

Reads parquet, csv, json, jsonl, html, images and text, also packed by gzip, and of all of them only the
beginning: what is told of the columns is told of those rows.")]
pub struct PreviewFile {
    /// The file, of a run or any other
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::FilePath)]
    pub path: PathBuf,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  source <(greenroom completions bash)
  greenroom completions bash > ~/.local/share/bash-completion/completions/greenroom
  greenroom completions zsh > ~/.zfunc/_greenroom")]
pub struct Completions {
    /// Tab then offers commands, runs, workflows, steps and parameters as the project has them
    pub shell: Shell,
}

pub(super) fn parse_node(text: &str) -> Result<NodeId, crate::domain::NameError> {
    text.parse()
}
