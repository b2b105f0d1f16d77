use std::sync::atomic::AtomicBool;

use crate::cli::report::Patience;
use crate::domain::track::{ColumnReport, RunReport};
use crate::domain::{Manifest, Name, RunLayout};
use crate::store::{Recorded, columns_of, manifests};

/// The report with what the columns of each table are that the run made. What cannot be looked into any more has none: the
/// package stands without that.
pub(super) fn with_columns(found: &Recorded, report: &RunReport) -> RunReport {
    let (layout, mut told) = (RunLayout::at(&found.path), report.clone());
    let _patience = Patience::start("looking at the tables that the run made");
    for (node, manifest) in manifests(&layout, found.run.token).unwrap_or_default() {
        let step = told.steps.iter_mut().find(|step| step.step == node.to_string());
        if let (Some(step), Ok(manifest)) = (step, manifest) {
            for (name, output) in &mut step.outputs {
                output.columns = columns(&layout, &manifest, name);
            }
        }
    }
    told
}

fn columns(layout: &RunLayout, manifest: &Manifest, output: &Name) -> Option<Vec<ColumnReport>> {
    let found = columns_of(layout, manifest, output, &AtomicBool::new(false)).ok()??;
    let columns = found.into_iter().map(|(name, facts)| ColumnReport {
        name,
        kind: facts.kind,
        nulls: facts.nulls,
        distinct: facts.distinct,
    });
    Some(columns.collect())
}
