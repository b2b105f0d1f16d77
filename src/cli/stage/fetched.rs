use std::collections::HashSet;

use camino::Utf8Path;

use super::remote::{fetch_figures, of, record, told};
use crate::cli::UserError;
use crate::cli::report::Patience;
use crate::domain::{Artifact, Digest, Manifest, Measured, RunLayout, RunQuery, align};
use crate::store::{self, MeasuredListing, Outputs, Recorded, RemoteError, Runs, address_of};

/// Of two runs that are compared: what either made and the other did not, and the figures of both.
pub fn fetch_differing(old: &Recorded, new: &Recorded) -> Result<(), UserError> {
    let sides = [old, new].map(|side| {
        let layout = RunLayout::at(&side.path);
        let kept = store::manifests(&layout, side.run.token).unwrap_or_default();
        let manifests: Vec<Manifest> = kept.into_iter().filter_map(|(_, manifest)| manifest.ok()).collect();
        (layout, manifests)
    });
    let sums = |manifests: &[Manifest]| -> HashSet<Digest> {
        manifests.iter().flat_map(|manifest| &manifest.files).map(|file| file.sha256.clone()).collect()
    };
    for at in [0, 1] {
        let ((layout, manifests), there) = (&sides[at], sums(&sides[1 - at].1));
        let fetch = || {
            let Some(mirror) = of(layout)? else { return Ok(()) };
            let patience = Patience::start(&format!("fetching from {}", mirror.address()));
            for manifest in manifests {
                let differs = |file: &Artifact| !there.contains(&file.sha256);
                mirror.fetch_those(layout, manifest, &differs, &patience.bytes())?;
            }
            store::read_plan(layout).map_or(Ok(()), |plan| fetch_figures(layout, &plan))
        };
        fetch().map_err(|error: RemoteError| told(&error))?;
    }
    Ok(())
}

/// Runs with figures, as `Runs::measured` has them; of those in a bucket the figures are fetched.
pub fn measured(
    root: &Utf8Path,
    runs: &Runs,
    query: &RunQuery,
    most: usize,
) -> Result<MeasuredListing, UserError> {
    if address_of(root).is_none() {
        return Ok(runs.measured(query, most));
    }
    // What figures they have is known when they are here.
    let plain = RunQuery { criteria: Vec::new(), ..query.clone() };
    let listing = runs.find_all(&plain, usize::MAX);
    let (mut found, mut older) = (Vec::new(), false);
    for recorded in listing.runs {
        if found.len() == most {
            older = true;
            break;
        }
        let (layout, token) = (RunLayout::at(&recorded.path), recorded.run.token);
        let fetch = || {
            record(&layout, token)?;
            store::read_plan(&layout).map_or(Ok(()), |plan| fetch_figures(&layout, &plan))
        };
        fetch().map_err(|error: RemoteError| told(&error))?;
        let figures = store::figures(&layout, token, Outputs::OwnUnderway).unwrap_or_default();
        if !figures.values.is_empty() && query.matches(&recorded.run, &figures.values) {
            found.push(Measured::new(recorded.run, figures));
        }
    }
    align(&mut found);
    Ok(MeasuredListing { runs: found, older, broken: listing.broken })
}
