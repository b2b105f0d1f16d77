use clap_complete::ArgValueCandidates;

use super::look::parse_node;
use crate::cli::complete::candidates;
use crate::domain::NodeId;

/// A step of a run that somebody goes into.
#[derive(Clone, Debug, clap::Args)]
pub struct Inside {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2 or an alias
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// The step, or STEP.CELL of a matrix
    #[arg(value_name = "STEP", value_parser = parse_node, add = ArgValueCandidates::new(candidates::nodes))]
    pub step: NodeId,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom shell @failed train
  greenroom shell delay_model@last train
  echo 'ls -l \"$GREENROOM_INPUT_FEATURES\"; python3 -m delay_model.train --help' | greenroom shell 3f2a train

It is the step's container again: its image, user, network and limits, its code and inputs read-only, its parameters and
secrets in the environment. What is written to $GREENROOM_OUTPUT_DIR stays in .greenroom/scratch/TOKEN/STEP, where the
next shell in the step finds it; nothing of the run can be changed. Below /greenroom are run.sh, the step's script;
attempts/N, what a failed attempt left; and runs, all runs of the environment, read-only.
Runs that were not started on this machine are refused. Without a terminal it reads a script.")]
pub struct Shell {
    #[command(flatten)]
    pub inside: Inside,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom notebook delay_model@last train
  greenroom notebook @failed preprocess --no-browser

JupyterLab in the step's image, with its code, inputs and environment, on 127.0.0.1 only and behind a random token. An
image without JupyterLab gets it once, apart from what steps import. Notebooks, the first of which is start.ipynb, and
whatever else is written stay in .greenroom/scratch/TOKEN/STEP; nothing of the run can be changed. `from greenroom_runs
import run` reads every run of the environment: run(\"delay_model@last\")[\"evaluate.metrics\"].")]
pub struct Notebook {
    #[command(flatten)]
    pub inside: Inside,
    /// Only print the address
    #[arg(long)]
    pub no_browser: bool,
}
