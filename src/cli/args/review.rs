use clap::Subcommand;
use clap_complete::ArgValueCandidates;

use crate::cli::complete::candidates;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom review
  greenroom review show daily_delays
  greenroom review show daily_delays --markdown > card.md

Alone, it lists what waits for a review.")]
pub struct Review {
    #[command(subcommand)]
    pub command: Option<ReviewCommand>,
}

#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// The decision card: what changed, what it did when it ran, what it costs, what was not checked
    Show(ReviewShow),
    /// Run the package here, and compare with what it did where it was sealed
    Rerun(ReviewRerun),
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom review show daily_delays
  greenroom review show daily_delays-k3x9q2 --markdown > card.md")]
pub struct ReviewShow {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// As the text of a pull request
    #[arg(long)]
    pub markdown: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom review rerun daily_delays
  greenroom review rerun daily_delays --secrets

The commit is checked out on its own and runs in containers with a copy of the lake: your files, runs and tables stay as they are. Exits with 1 where it comes to something else of the same data.")]
pub struct ReviewRerun {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// Whose tables it reads
    #[arg(long, value_name = "ENV", default_value = "dev")]
    pub env: String,
    /// Give its steps the secrets of yours that they name
    #[arg(long)]
    pub secrets: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom approve daily_delays
  greenroom approve daily_delays --note 'rerun here, the same figures'

It holds for this commit, this base, this merge result and this package, and for no other.")]
pub struct Approve {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// Why, or what to look after
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom request-changes daily_delays 'the join drops carriers without a name'")]
pub struct RequestChanges {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// What has to change
    pub reason: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom comment daily_delays 'why a left join?' --at sql/delays.sql:12
  greenroom comment daily_delays 'done' --answers 3f2a9c")]
pub struct Comment {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// What you have to say
    pub text: String,
    /// A line of a file
    #[arg(long, value_name = "FILE:LINE")]
    pub at: Option<String>,
    /// The comment that it answers: the beginning of its entry
    #[arg(long, value_name = "ENTRY")]
    pub answers: Option<String>,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom promote daily_delays
  greenroom promote daily_delays --wait

Merges the approved tree, and only that. Where the branch is protected it says what to merge; once that was done, however, the same command records it.")]
pub struct Promote {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// Where the branch is protected, look again until somebody has merged it
    #[arg(long)]
    pub wait: bool,
}
