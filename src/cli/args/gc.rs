use std::time::Duration;

use clap_complete::ArgValueCandidates;

use super::param::parse_whole;
use crate::cli::complete::candidates;
use crate::domain::{parse_duration, write_duration};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom gc
  greenroom gc --keep 3 --older-than 30d
  greenroom gc --yes

It shows what would go and asks. These stay: runs that go on or were interrupted (resume or cancel them), that are
pinned (greenroom note RUN --pin), that an alias names, the newest of each name, the newest success of each version
and use case, what a use case would take over now, and all that any of these, or a run of another environment, was
made of, or goes on from (a fork, or a later run of a sweep). Runs of others and runs that came as archives take no
place of your own: of each colleague so many stay too. What came as an archive may be the only copy there is: it stays,
unless --imported is given, and then so many of each name do. Of older ones that stay, what failed tries left goes; and the frozen project
files that no run refers to any more.")]
pub struct Gc {
    /// The newest of each workflow or blueprint that stay
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = parse_whole, allow_negative_numbers = true)]
    pub keep: usize,
    /// Only what started longer ago than that
    #[arg(long, value_name = "AGE", value_parser = parse_duration)]
    pub older_than: Option<Duration>,
    /// Runs that came as archives go too (import-run), but for the newest of each name
    #[arg(long)]
    pub imported: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Only show what would go
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Whose runs
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}

impl Gc {
    /// The same, without the question.
    pub fn without_question(&self) -> Vec<String> {
        let age = self.older_than.map(|age| ["--older-than".to_owned(), write_duration(age)]);
        let keep = ["gc".to_owned(), "--keep".to_owned(), self.keep.to_string()];
        let imported = self.imported.then(|| "--imported".to_owned());
        keep.into_iter()
            .chain(age.into_iter().flatten())
            .chain(imported)
            .chain(["--yes".to_owned()])
            .collect()
    }
}
