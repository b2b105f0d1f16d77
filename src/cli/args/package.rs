use clap_complete::ArgValueCandidates;

use crate::cli::complete::candidates;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom package
  greenroom package --track daily_delays
  greenroom package --run @last
  greenroom package --once

Nothing is committed to the branch: the package is an entry of the track's ledger, and is pushed together with the branch. After another commit, package again: the new package takes the place of the old one.")]
pub struct Package {
    /// A track, the beginning of its name, or its workflow [default: the one that was opened for this branch]
    #[arg(long, value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: Option<String>,
    /// The run that shows what it does [default: the newest that succeeded with exactly these files]
    #[arg(long, value_name = "RUN", add = ArgValueCandidates::new(candidates::runs))]
    pub run: Option<String>,
    /// Where the run is
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
    /// Do not run it once more, beside and on a copy of the lake, to check that it makes the same: the card says so, or that it failed before
    #[arg(long)]
    pub once: bool,
}
