use std::time::Duration;

use super::super::runner::{Around, Teller};
use crate::app::{Answer, MetricsLook, News, Trouble};
use crate::cli::Workspace;
use crate::cli::stage::{measured, runs_of};
use crate::domain::{Name, RunQuery, Status, Threshold, Workflow};

/// More than these no chart tells apart.
const MOST: usize = 10_000;
/// A step that writes figures announces none of them.
const LOOK: Duration = Duration::from_secs(1);

/// Figures of one algorithm or all, again and again while a run goes on.
pub async fn metrics(around: &Around, of: Option<&str>, teller: &Teller) -> Result<Answer, Trouble> {
    loop {
        let look = read(around, of)?;
        if !look.runs.iter().any(|run| run.status == Status::Running) {
            return Ok(Answer::Metrics(look));
        }
        if !teller.tell(News::Metrics(look)) {
            return Ok(Answer::MetricsEnded);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn read(around: &Around, of: Option<&str>) -> Result<MetricsLook, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let name = of.and_then(|of| Name::new(of).ok());
    let (root, runs) = (workspace.store_root(&around.env)?, runs_of(&workspace, &around.env)?);
    let listing = measured(&root, &runs, &RunQuery::of(name.as_ref()), MOST)?;
    let watched = workspace.specs.workflows.values();
    let watched = watched.filter(|flow| name.as_ref().is_none_or(|name| *name == flow.name));
    let of_flow = |flow: &Workflow| {
        let asked = flow.monitors.iter().filter_map(|monitor| Threshold::of(&flow.name, monitor));
        asked.collect::<Vec<_>>()
    };
    let thresholds: Vec<Threshold> = watched.flat_map(of_flow).collect();
    let breaches = thresholds.iter().filter_map(|threshold| threshold.last_breach(&listing.runs)).collect();
    let altered = listing.altered.len();
    Ok(MetricsLook { runs: listing.runs, older: listing.older, thresholds, breaches, altered })
}
