use std::num::NonZeroUsize;

use camino::Utf8PathBuf;
use clap_complete::ArgValueCandidates;

use super::param::{parse_count, parse_name, parse_param};
use crate::cli::complete::candidates;
use crate::domain::{Name, Token};

/// What is to run, and with what.
#[derive(Clone, Debug, clap::Args)]
pub struct Target {
    /// The workflow or blueprint
    #[arg(add = ArgValueCandidates::new(candidates::workflows))]
    pub name: String,
    /// A parameter of it. Given more than once, or as numbers with commas (`depth=3,6`), it is a run for each value; a text
    /// is one value, commas and all
    #[arg(long = "param", value_name = "K=V", value_parser = parse_param, add = ArgValueCandidates::new(candidates::params))]
    pub params: Vec<(Name, String)>,
    /// Of a blueprint: the components that are run [default: training]
    #[arg(long, value_name = "USE_CASE", value_parser = parse_name, add = ArgValueCandidates::new(candidates::use_cases))]
    pub use_case: Option<Name>,
    /// Begin with this step; what it and later ones read comes from an earlier run, which has to have it. Other steps that
    /// no run has made yet are run too
    #[arg(long, value_name = "STEP", value_parser = parse_name, conflicts_with = "only", add = ArgValueCandidates::new(candidates::steps))]
    pub from: Option<Name>,
    /// Run this step alone; what it needs comes from an earlier run
    #[arg(long, value_name = "STEP", value_parser = parse_name, add = ArgValueCandidates::new(candidates::steps))]
    pub only: Option<Name>,
    /// The earlier run [default: the newest that has what is needed, or the alias that the blueprint names]
    #[arg(long, value_name = "RUN", add = ArgValueCandidates::new(candidates::runs))]
    pub inputs_from: Option<String>,
    /// Where it runs
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
    /// Of a sweep: the run from which this one differs.
    #[arg(skip)]
    pub base: Option<Base>,
}

/// A run that another one, of the same files, differs from in some parameters alone.
#[derive(Clone, Debug)]
pub struct Base {
    pub token: Token,
    pub changed: Vec<Name>,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom plan daily_delays
  greenroom plan daily_delays --param day=2013-01-02 --from delays
  greenroom plan delay_model --use-case prediction")]
pub struct Plan {
    #[command(flatten)]
    pub target: Target,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom run daily_delays
  greenroom run daily_delays --param day=2013-01-02
  greenroom run daily_delays --from report --inputs-from daily_delays@last
  greenroom run delay_model --use-case prediction --inputs-from champion
  greenroom run daily_delays --json | jq -r .event

  greenroom run daily_delays --param day=2013-01-01 --param day=2013-01-02
  greenroom run delay_model --param depth=3,6 --param rate=0.05,0.1 --by auc

The last two are sweeps: one run for each combination of values, one after the other; steps that name no parameter that
differs run once. A text with commas is one value, so texts are given one by one. With --json each run writes its events,
and the last line is the event `sweep_finished`: `by`, and `runs` with `token`, `params` (what differs, as it was typed),
`status`, `ran`, `taken` and `metrics`, the best first, and `not_started` (how many, where it was stopped).

Ctrl-C stops the run: its containers may clean up; twice stops them at once. Closing the terminal leaves it running: look
at it with greenroom show @last.")]
pub struct Run {
    #[command(flatten)]
    pub target: Target,
    /// Steps at once [default: the machine's cores]
    #[arg(long, value_name = "N", value_parser = parse_count::<NonZeroUsize>, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Of several runs: the figure that sorts them at the end, the best first: the largest, or the smallest where the
    /// blueprint's `accept` asks for less of it; `-` before it turns that round
    #[arg(long, value_name = "FIGURE", allow_hyphen_values = true)]
    pub by: Option<String>,
    /// Print the run's token and come back; the run goes on
    #[arg(long)]
    pub detach: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom resume @last
  greenroom resume 3f2a

Finished steps are not run again. To go on with files you changed since: greenroom run NAME --from STEP")]
pub struct Resume {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last or NAME@-2
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// Steps at once [default: the machine's cores]
    #[arg(long, value_name = "N", value_parser = parse_count::<NonZeroUsize>, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Where it runs
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom cancel @last")]
pub struct Cancel {
    /// A token or its last 4 or more characters, @last, NAME@last or NAME@-2
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// Where it runs
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
pub struct Supervise {
    /// The run's directory
    #[arg(value_name = "DIR")]
    pub run_dir: Utf8PathBuf,
    /// Steps at once
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Stop what is left of it, and start nothing
    #[arg(long)]
    pub cancel: bool,
    /// What the engine answered to whoever starts this, as JSON
    #[arg(long, value_name = "JSON")]
    pub engine: Option<String>,
}
