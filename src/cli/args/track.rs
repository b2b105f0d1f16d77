use clap::Subcommand;
use clap_complete::ArgValueCandidates;

use super::param::parse_name;
use crate::cli::complete::candidates;
use crate::domain::Name;

#[derive(Debug, Subcommand)]
pub enum TrackCommand {
    /// Say what a workflow is needed for and who owns it: the first of its eight steps to production
    Open(TrackOpen),
    /// Agree to a track's design, for your side
    Agree(TrackAgree),
    /// Every track, its eight steps, and what is next
    List(TrackList),
    /// One track: what was said, by whom, what counts and what does not
    Show(TrackShow),
    /// Give a track up; the other side signs that later
    Abandon(TrackAbandon),
    /// Take a ledger that was rewritten for what it is now
    AcceptRewritten(TrackAcceptRewritten),
    /// Write down who may sign what: `people:` and the keys, for a new project or a new colleague
    Setup(TrackSetup),
    /// Sign for a change of `people:` or the keys that the commit here makes, so that it counts on the target
    #[command(after_help = "Examples:
  greenroom track vouch

For an engineer whose signature counts on the target already. What is signed is what the commit that is checked out says of people and keys, as it follows on what counts on the target now; the signature is written into .greenroom-signers-vouched and comes to the target with the change, or after it, however that is merged. Where histories that know nothing of each other's signers came together, it takes a signature by each, and says by whom.
A change needs no such signature where an engineer has signed the commit that makes it, or has approved the package that brings it.")]
    Vouch,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track list
  greenroom track list --all
  greenroom track list --json")]
pub struct TrackList {
    /// Those too that were given up; machines are told of them anyway
    #[arg(long)]
    pub all: bool,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track open daily_delays
  greenroom track open daily_delays --need 'delay figures per carrier, every morning'
  greenroom track open daily_delays --need 'the same, by route' --branch ana/by-route

Inputs, outputs, operators and owners are those of the workflow's spec, where it is written already; what is said here comes on top.
What is said nowhere is asked for, where there is a terminal.")]
pub struct TrackOpen {
    /// The workflow that it brings to production
    #[arg(value_parser = parse_name, add = ArgValueCandidates::new(candidates::workflows))]
    pub workflow: Name,
    /// What it is needed for, in a sentence
    #[arg(long, value_name = "TEXT")]
    pub need: Option<String>,
    /// What it reads: a table, or where else it comes from
    #[arg(long = "input", value_name = "TEXT")]
    pub inputs: Vec<String>,
    /// What it makes
    #[arg(long = "output", value_name = "TEXT")]
    pub outputs: Vec<String>,
    /// Who owns it: one of each side at least
    #[arg(long = "owner", value_name = "PERSON", value_parser = parse_name)]
    pub owners: Vec<Name>,
    /// An operator that answers the need
    #[arg(long = "operator", value_name = "NAME", value_parser = parse_name)]
    pub operators: Vec<Name>,
    /// The branch that it is worked on [default: the one that is checked out, unless that is the target]
    #[arg(long)]
    pub branch: Option<String>,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track agree daily_delays
  greenroom track agree daily_delays-k3x9q2")]
pub struct TrackAgree {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track show daily_delays
  greenroom track show daily_delays-k3x9q2 --json")]
pub struct TrackShow {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track abandon daily_delays --reason 'nobody reads the figures any more'")]
pub struct TrackAbandon {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
    /// Why it is given up
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track accept-rewritten daily_delays

Ask first who rewrote it, and why: what was signed and is gone was taken back without a word.
Where the whole ledger is gone, this clone lets go of the track.")]
pub struct TrackAcceptRewritten {
    /// A track, the beginning of its name, or its workflow where that has only one
    #[arg(value_name = "TRACK", add = ArgValueCandidates::new(candidates::tracks))]
    pub track: String,
}

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom track setup --role analyst
  greenroom track setup --role engineer --name eli

Writes your line into `people:` of greenroom.yaml and your public key into .greenroom-signers. Both count once they are on the target branch; after the first time that is a change for which an engineer signs: greenroom track vouch.")]
pub struct TrackSetup {
    /// As what you sign
    #[arg(long, value_parser = ["analyst", "scientist", "engineer"])]
    pub role: String,
    /// Your name among `people:` [default: the first part of your address]
    #[arg(long, value_parser = parse_name)]
    pub name: Option<Name>,
}
