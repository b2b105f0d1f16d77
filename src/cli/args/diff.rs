use clap_complete::ArgValueCandidates;

use crate::cli::complete::candidates;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom diff delay_model@-2 delay_model@last
  greenroom diff champion @last --all
  greenroom diff 3f2a 9c1e --key flight_date,carrier
  greenroom diff @-2 @last --json | jq .first

Tables are compared by content: rows in any order, floats at 12 significant digits. Exits with 1 where the runs differ;
how long they took is no difference.")]
pub struct Diff {
    /// The older run: a token or its last 4 or more characters, @last, NAME@last, NAME@-2, an alias, or a run's directory
    #[arg(value_name = "RUN", add = ArgValueCandidates::new(candidates::runs))]
    pub old: String,
    /// The newer run
    #[arg(value_name = "RUN", add = ArgValueCandidates::new(candidates::runs))]
    pub new: String,
    /// Columns by whose values the rows of a table are told apart [default: what its output expects to be unique]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub key: Vec<String>,
    /// Also what is the same, and each file that no step that differs reads
    #[arg(long)]
    pub all: bool,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
