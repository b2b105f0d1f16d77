use clap_complete::ArgValueCandidates;

use crate::cli::complete::candidates;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom note delay_model@last baseline before the new features
  greenroom note @last --pin
  greenroom note @last
  greenroom runs --note baseline

A pinned run is kept by gc, whatever its age.")]
pub struct Note {
    /// A token or its last 4 or more characters, @last, NAME@last, NAME@-2 or an alias
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// What to write down; without it, what was written is shown
    pub text: Vec<String>,
    /// Keep the run
    #[arg(long, conflicts_with = "unpin")]
    pub pin: bool,
    /// Let gc take it again when its time has come
    #[arg(long)]
    pub unpin: bool,
    /// Where the run is
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
