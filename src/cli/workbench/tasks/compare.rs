use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

use super::super::runner::Around;
use crate::app::Trouble;
use crate::cli::Workspace;
use crate::cli::stage::{self, find, runs_of};
use crate::domain::Token;
use crate::domain::compare::Comparison;

/// Compares two runs; what is read of large tables is given up once nobody wants to know any more.
pub fn compare(
    around: &Around,
    old: Token,
    new: Token,
    stop: CancellationToken,
) -> Result<Comparison, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let runs = runs_of(&workspace, &around.env)?;
    let (old, new) = (find(&runs, &old.to_string())?, find(&runs, &new.to_string())?);
    [&old, &new].into_iter().try_for_each(stage::fetch_source)?;
    stage::fetch_differing(&old, &new)?;
    let given_up = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&given_up);
    let watch = tokio::spawn(async move {
        stop.cancelled().await;
        told.store(true, Ordering::Relaxed);
    });
    let comparison = stage::compare(Some(&around.place), &old, &new, &[], &given_up);
    watch.abort();
    Ok(comparison)
}
