use camino::Utf8PathBuf;
use clap::{Subcommand, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use super::param::{parse_name, parse_path};
use crate::cli::complete::candidates;
use crate::domain::Name;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom demo
  greenroom demo --yes --dir /tmp/flights

It can be run again: what is built stays built, and what you changed in the project stays changed.")]
#[command(args_conflicts_with_subcommands = true)]
pub struct Demo {
    /// Install and start what is missing without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Where the sample project goes
    #[arg(long, value_name = "DIR", default_value = "greenroom-demo", value_parser = parse_path, value_hint = ValueHint::DirPath)]
    pub dir: Utf8PathBuf,
    #[command(subcommand)]
    pub command: Option<DemoCommand>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum DemoCommand {
    /// A review to play through: two clones, a remote, two keys and a change with a fault in it
    Review(DemoReview),
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom demo review
  greenroom demo review --yes --dir /tmp/review

All of it lies in one folder: remove that, and nothing is left.")]
pub struct DemoReview {
    /// Install and start what is missing without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Where it goes: a folder that is not there yet
    #[arg(long, value_name = "DIR", default_value = "greenroom-review", value_parser = parse_path, value_hint = ValueHint::DirPath)]
    pub dir: Utf8PathBuf,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom init
  greenroom init flights

Editors complete and check specs by the schemas in .vscode/: VS Code by its settings there, every other one that has
yaml-language-server by the first line of a spec. `greenroom schema` prints a newer one.")]
pub struct Init {
    /// The directory, made if it is not there; its name becomes the project's
    #[arg(value_name = "DIR", default_value = ".", value_parser = parse_path, value_hint = ValueHint::DirPath)]
    pub dir: Utf8PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NewKind {
    /// Steps that run in containers
    Workflow,
    /// A predictive model: five components, run as use cases
    Blueprint,
    /// Something that analysts may use as a step
    Operator,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom new workflow daily_delays --from daily_aggregation
  greenroom new blueprint churn
  greenroom new blueprint churn --from-notebook churn.ipynb
  greenroom new operator row_report

Workflows start from: consolidate, daily_aggregation, export, load, script, snapshot.
Blueprints start from: components. Operators start from: python.
A project's own patterns lie in its templates/.

Of a notebook, cells are tagged extract, preprocess, train, predict or evaluate, and parameters for values that a run
may change. What they import and define goes to all of them; a value that a later component reads is handed on as a file
of the run. Nothing of the notebook is run, and what is left out is told with its cell. A component that changes a value
unseen, which a later one reads, stops and says so.")]
pub struct New {
    /// What is made
    pub kind: NewKind,
    /// Small letters, digits and _, beginning with a letter
    #[arg(value_parser = parse_name)]
    pub name: Name,
    /// What to start from; without it the simplest pattern of the kind
    #[arg(long, value_name = "PATTERN", add = ArgValueCandidates::new(candidates::patterns))]
    pub from: Option<String>,
    /// A blueprint of a notebook's cells, by their tags
    #[arg(long, value_name = "FILE", conflicts_with = "from", value_parser = parse_path, value_hint = ValueHint::FilePath)]
    pub from_notebook: Option<Utf8PathBuf>,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom doctor
  greenroom doctor --fix
  greenroom doctor --fix --yes")]
pub struct Doctor {
    /// Do what can be done about it (Debian or Ubuntu, as root), asking first
    #[arg(long)]
    pub fix: bool,
    /// Do not ask
    #[arg(long, short, requires = "fix")]
    pub yes: bool,
}
