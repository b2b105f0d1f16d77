use std::collections::HashSet;

use camino::Utf8Path;

use super::remote::{fetch_figures, of, record, told};
use crate::cli::UserError;
use crate::cli::report::Patience;
use crate::domain::{Artifact, Digest, Manifest, Measured, RunFigures, RunLayout, RunQuery, align};
use crate::store::{
    self, Broken, Listing, MeasuredListing, Older, Outputs, Recorded, RemoteError, Runs, address_of,
    is_imported,
};

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

/// Runs that are listed, as `Runs::find_all` has them; of those in a bucket the figures that are asked for are fetched.
pub fn listed(root: &Utf8Path, runs: &Runs, query: &RunQuery, most: usize) -> Result<Listing, UserError> {
    if address_of(root).is_none() || query.criteria.is_empty() {
        return Ok(runs.find_all(query, most));
    }
    let Looked { found, older, broken, altered } = look(root, runs, query, most)?;
    let older = if older { Older::Some } else { Older::Count(0) };
    let runs = found.into_iter().map(|(recorded, _)| recorded).collect();
    Ok(Listing { runs, older, broken, altered, ..Listing::default() })
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
    let query = RunQuery { measured: true, ..query.clone() };
    let Looked { found, older, broken, altered } = look(root, runs, &query, most)?;
    let measured = found.into_iter().map(|(recorded, figures)| {
        let foreign = is_imported(&RunLayout::at(&recorded.path));
        Measured { foreign, ..Measured::new(recorded.run, figures) }
    });
    let mut runs: Vec<Measured> = measured.collect();
    align(&mut runs);
    Ok(MeasuredListing { runs, older, broken, altered })
}

/// What was found in a bucket.
struct Looked {
    found: Vec<(Recorded, RunFigures)>,
    older: bool,
    broken: Vec<Broken>,
    altered: Vec<Broken>,
}

/// Of a run whose files in the bucket are not as they were left, that is told, and the others are looked at.
fn look(root: &Utf8Path, runs: &Runs, query: &RunQuery, most: usize) -> Result<Looked, UserError> {
    // What figures they have is known when they are here.
    let plain = RunQuery { criteria: Vec::new(), measured: false, ..query.clone() };
    let listing = runs.find_all(&plain, usize::MAX);
    let mut looked = Looked { found: Vec::new(), older: false, broken: listing.broken, altered: Vec::new() };
    let mut answers = true;
    for recorded in listing.runs {
        if looked.found.len() == most {
            looked.older = true;
            break;
        }
        let (layout, token) = (RunLayout::at(&recorded.path), recorded.run.token);
        let broken = |path: &Utf8Path, error: &RemoteError| Broken {
            path: path.to_owned(),
            why: error.to_string(),
            no_record: false,
        };
        let fetch = || {
            record(&layout, token)?;
            store::read_plan(&layout).map_or(Ok(()), |plan| fetch_figures(&layout, &plan))
        };
        match if answers { fetch() } else { Ok(()) } {
            Ok(()) => {}
            Err(error @ (RemoteError::Refused(_) | RemoteError::NotThere(_) | RemoteError::Local { .. })) => {
                looked.broken.push(broken(&recorded.path, &error));
                continue;
            }
            // What is here is looked at; nobody is kept waiting for each of the others.
            Err(error) if error.may_pass() => {
                answers = false;
                looked.broken.push(broken(root, &error));
            }
            Err(error) => return Err(told(&error)),
        }
        let figures = store::figures(&layout, token, Outputs::OwnUnderway).unwrap_or_default();
        if !figures.altered.is_empty() {
            looked.altered.push(Broken::altered(recorded.path.clone(), &figures.altered));
        }
        if query.matches(&recorded.run, &figures) {
            looked.found.push((recorded, figures));
        }
    }
    Ok(looked)
}
