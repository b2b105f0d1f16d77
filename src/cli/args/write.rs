use camino::Utf8PathBuf;
use clap::{ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use super::param::{parse_param, parse_path};
use crate::cli::complete::candidates;
use crate::domain::Name;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "SQL is checked when a step runs; try a query with: greenroom sql FILE

Examples:
  greenroom check
  greenroom check workflows/daily_delays.yaml
  greenroom check --json
  greenroom check --review
  greenroom check --review workflows/daily_delays.yaml --json")]
pub struct Check {
    /// Files or directories [default: the whole project]
    #[arg(value_name = "PATH", value_parser = parse_path, value_hint = ValueHint::AnyPath)]
    pub paths: Vec<Utf8PathBuf>,
    /// The checks of a stage review that run nothing: duplicate flows, owners, monitors, images, resources, secrets, …
    #[arg(long)]
    pub review: bool,
    /// The environment whose earlier runs say what steps needed
    #[arg(long, requires = "review", default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    Project,
    Workflow,
    Blueprint,
    Operator,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom schema workflow > .vscode/greenroom-workflow.json")]
pub struct Schema {
    /// The kind of spec
    pub kind: SchemaKind,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom operators
  greenroom operators sql_table")]
pub struct Operators {
    /// One of them, with all there is to know about it
    #[arg(add = ArgValueCandidates::new(candidates::operators))]
    pub name: Option<String>,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom sql sql/delays.sql --param day=2013-01-01
  echo 'select count(*) from lake.flights' | greenroom sql -")]
pub struct Sql {
    /// A file with the query; - reads it from standard input
    #[arg(default_value = "-", value_parser = parse_path, value_hint = ValueHint::FilePath)]
    pub file: Utf8PathBuf,
    /// A parameter that the query names as @k
    #[arg(long = "param", value_name = "K=V", value_parser = parse_param)]
    pub params: Vec<(Name, String)>,
    /// The environment whose warehouse is asked
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
