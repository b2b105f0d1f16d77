use std::num::NonZeroUsize;

use clap_complete::ArgValueCandidates;

use super::param::{parse_count, parse_name, parse_param};
use crate::cli::complete::candidates;
use crate::domain::Name;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom fork @last --param depth=6
  greenroom fork delay_model@-2 --param depth=6 --param rate=0.05
  greenroom fork 3f2a --only train
  greenroom fork 3f2a --only train --current-code

What is not named stays as the old run had it: its other parameters, its files and its images, whatever the project looks
like now. A step runs again where it names a parameter that has another value, or reads what such a step makes; all others
are taken over from the old run, as links to its files.

With --only one step runs again on the very inputs that it had; with --current-code too it does so with its script and image
as they are now. A run that came from elsewhere is forked in this way alone. All steps with the files as they are now:
greenroom run NAME.")]
pub struct Fork {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last or NAME@-2
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// A parameter that is to have another value
    #[arg(long = "param", value_name = "K=V", value_parser = parse_param, add = ArgValueCandidates::new(candidates::params_of_run))]
    pub params: Vec<(Name, String)>,
    /// Run this step alone again, on the inputs that it had
    #[arg(long, value_name = "STEP", value_parser = parse_name, add = ArgValueCandidates::new(candidates::steps_of_run))]
    pub only: Option<Name>,
    /// With --only: the step as the project's files and images are now
    #[arg(long, requires = "only")]
    pub current_code: bool,
    /// Steps at once [default: the machine's cores]
    #[arg(long, value_name = "N", value_parser = parse_count::<NonZeroUsize>, allow_negative_numbers = true)]
    pub jobs: Option<NonZeroUsize>,
    /// Print the new run's token and come back; the run goes on
    #[arg(long)]
    pub detach: bool,
    /// Where it runs
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
