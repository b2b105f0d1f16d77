use clap_complete::ArgValueCandidates;

use super::param::parse_name;
use crate::cli::complete::candidates;
use crate::domain::Name;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom alias delay_model@last champion
  greenroom run delay_model --use-case prediction --inputs-from champion
  greenroom alias delay_model@champion --history
  greenroom alias --remove delay_model@champion
  greenroom alias

An alias belongs to one algorithm: delay_model@champion and text_topics@champion are two runs.
Where only one has it, champion alone will do.")]
pub struct Alias {
    /// A token or its last 4 or more characters, @last, NAME@last, NAME@-2 or an alias; without one, all aliases are listed
    #[arg(value_name = "RUN", add = ArgValueCandidates::new(candidates::runs))]
    pub run: Option<String>,
    /// What the run is called from now on, whichever was called so before
    #[arg(value_name = "NAME", value_parser = parse_name, requires = "run")]
    pub alias: Option<Name>,
    /// Take this alias away: NAME@ALIAS, or ALIAS alone where only one has it. Who had it stays known
    #[arg(long, value_name = "ALIAS", conflicts_with_all = ["run", "alias", "history"])]
    pub remove: Option<String>,
    /// All runs that have had the aliases, the newest first, or this alias, also one that was taken away
    #[arg(long, conflicts_with = "alias")]
    pub history: bool,
    /// Where the runs are
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
