use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::desk::Desk;
use super::diff::{ALL, AROUND, code_file, unfold};
use super::look::Looked;
use super::material::{Gathered, gathered};
use super::wrong::of_git;
use crate::app::{CodeFile, ReviewLook};
use crate::cli::UserError;
use crate::domain::track::{Check, CheckStatus, LineNow, Package, Remark};
use crate::review::{Roster, SPEC_FILE};

/// Below which specs lie.
const FOLDERS: [&str; 3] = ["workflows", "blueprints", "operators"];

/// A track with its card and all that its package changes, to be looked through.
pub fn shown(desk: &Desk, looked: &Looked, roster: &Roster) -> Result<ReviewLook, UserError> {
    let gathered = gathered(desk, looked, roster)?;
    let card = gathered.card(looked);
    let mut look = ReviewLook {
        track: looked.track.clone(),
        card,
        tip: looked.present().map(|present| present.base.clone()),
        files: Vec::new(),
        flows: Vec::new(),
        specs: Vec::new(),
        lineage: Vec::new(),
        checks: Vec::new(),
        sources: BTreeMap::new(),
    };
    let Some(package) = &looked.track.package else { return Ok(look) };
    look.files = files(desk, &gathered, &package.manifest, &look.card.remarks)?;
    look.specs = specs(desk, &gathered)?;
    if let Some(versions) = &gathered.versions {
        (look.flows, look.lineage) = (versions.flows(), versions.lineage().to_vec());
    }
    look.sources = sources(desk, &package.manifest, &gathered.checks);
    look.checks = gathered.checks;
    for check in &mut look.checks {
        if let Some(before) = package.failed_before(&check.id) {
            let help = "greenroom package makes it again, unless it is told --once".to_owned();
            check.find(CheckStatus::Failed, before.to_string(), None, help);
        }
    }
    // The worst first, as on the card.
    look.checks.sort_by_key(|check| std::cmp::Reverse(check.status));
    Ok(look)
}

fn files(
    desk: &Desk,
    gathered: &Gathered,
    manifest: &Package,
    remarks: &[Remark],
) -> Result<Vec<CodeFile>, UserError> {
    let head = desk.repository.tree(&manifest.head).map_err(|error| of_git(&error))?;
    let merged = gathered.merged.as_ref().unwrap_or(&manifest.merge_tree);
    let others: BTreeSet<PathBuf> = match head == *merged {
        true => BTreeSet::new(),
        false => {
            let paths = desk.repository.paths(&head, merged);
            paths.map_err(|error| of_git(&error))?.into_iter().collect()
        }
    };
    let all = gathered.changes.iter().zip(&gathered.files).map(|(change, told)| {
        let at_head = !others.contains(&change.path);
        let placed = remarks.iter().filter(|_| at_head).filter_map(|remark| match &remark.now {
            Some(LineNow::At(place)) if place.path == told.path => Some(place.line),
            _ => None,
        });
        let spoken: Vec<u64> = placed.collect();
        let mut file = code_file(desk, change, told, AROUND, &spoken, at_head)?;
        unfold(&mut file);
        Ok(file)
    });
    all.collect()
}

/// Those of the project, line by line and whole.
fn specs(desk: &Desk, gathered: &Gathered) -> Result<Vec<CodeFile>, UserError> {
    let folder = desk.repository.prefix();
    let is_spec = |path: &Path| {
        let Ok(below) = path.strip_prefix(&folder) else { return false };
        let yaml = below.extension().is_some_and(|end| end == "yaml" || end == "yml");
        below == Path::new(SPEC_FILE) || yaml && FOLDERS.iter().any(|folder| below.starts_with(folder))
    };
    let all = gathered.changes.iter().zip(&gathered.files).filter(|(change, _)| is_spec(&change.path));
    all.map(|(change, told)| code_file(desk, change, told, ALL, &[], true)).collect()
}

/// What cannot be read is not shown: a finding is told without it.
fn sources(desk: &Desk, manifest: &Package, checks: &[Check]) -> BTreeMap<String, String> {
    let places = checks.iter().flat_map(|check| &check.findings).filter_map(|finding| finding.place.as_ref());
    let named: BTreeSet<&String> = places.map(|place| &place.file).collect();
    let folder = desk.repository.prefix();
    let read = |file: &String| {
        let text = desk.repository.file(&manifest.head, &folder.join(file)).ok()??;
        Some((file.clone(), String::from_utf8(text).ok()?))
    };
    named.into_iter().filter_map(read).collect()
}
