use clap_complete::ArgValueCandidates;

use crate::cli::complete::candidates;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "● a table  ◆ an artifact  ▪ files  ○ a step

Examples:
  greenroom lineage
  greenroom lineage lake.daily_delays
  greenroom lineage daily_delays.report.report
  greenroom lineage --json | jq -r '.troubles[].trouble'

Read off the specs and their queries; nothing runs. What cannot be known is told as not known.")]
pub struct Lineage {
    /// A table, or an artifact as WORKFLOW.STEP.OUTPUT: what it comes from, what comes of it, and its columns
    #[arg(value_name = "TABLE", add = ArgValueCandidates::new(candidates::datasets))]
    pub of: Option<String>,
    /// The environment whose warehouse is asked for tables that no step makes
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
