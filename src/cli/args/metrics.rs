use std::num::NonZeroUsize;

use clap_complete::ArgValueCandidates;

use super::RunFilter;
use super::param::parse_count;
use crate::cli::complete::candidates;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom metrics delay_model
  greenroom metrics delay_model --figure auc,log_loss --since 30d
  greenroom metrics delay_model text_topics --figure accuracy
  greenroom metrics delay_model --where 'auc > 0.7' --json
  greenroom metrics delay_model@last

A figure is known by its name. Where two outputs of a run have one of the same name, that of
`evaluate` keeps it (in a workflow: that of the last step), and the others are known as
step.output.name. What a run took over counts in the run that made it.
Cells of a step, and lines that a text tells apart (`loss fold=a`), have a figure each.

Thresholds are those of the monitors of kind metric, and hold for each of them; what breaks one
is marked with a !.")]
pub struct Metrics {
    /// Workflows or blueprints: their figures over time. Or one run: its figures, and how they went on while it ran
    #[arg(value_name = "NAME|RUN", required = true, add = ArgValueCandidates::new(candidates::workflows))]
    pub of: Vec<String>,
    /// Those that are drawn and come first in the table
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub figure: Vec<String>,
    #[command(flatten)]
    pub filter: RunFilter,
    /// At most so many runs, the newest [default: 1000, with --json all]
    #[arg(long, value_name = "N", value_parser = parse_count::<NonZeroUsize>, allow_negative_numbers = true)]
    pub limit: Option<NonZeroUsize>,
    /// The environment to look in
    #[arg(long, default_value = "dev", add = ArgValueCandidates::new(candidates::environments))]
    pub env: String,
}
