use camino::Utf8PathBuf;
use clap::ValueHint;
use clap_complete::ArgValueCandidates;

use super::param::parse_path;
use crate::cli::complete::candidates;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom export-run @last
  greenroom export-run champion --output /tmp/champion.run.tar.zst --with-inputs

The file holds what the run made, its plan, code, events and logs, each with its size and sum. It is one that
`greenroom import-run` takes in, and a zstd-packed tar that any tool lists.")]
pub struct ExportRun {
    /// A token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2, an alias, or a run's directory
    #[arg(add = ArgValueCandidates::new(candidates::runs))]
    pub run: String,
    /// The file [default: NAME-RUN.run.tar.zst, here]
    #[arg(long, short, value_name = "FILE", value_parser = parse_path, value_hint = ValueHint::FilePath)]
    pub output: Option<Utf8PathBuf>,
    /// Also the runs from which it took something over, and those from which they did
    #[arg(long)]
    pub with_inputs: bool,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
