use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::rc::Rc;

use super::closures::{is_spec, parted};
use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::UserError;
use crate::cli::lineage::{catalog, lineage_with};
use crate::domain::lineage::{self, Break, DataDiff, Lineage};
use crate::domain::track::{TreeChange, TreeId};
use crate::domain::{Diagnostic, Severity};
use crate::git::Outline;
use crate::operators;
use crate::spec::{self, Specs};

/// A project as a tree has it: a commit's, or what a merge comes to.
pub(super) struct Version {
    pub specs: Specs,
    pub lineage: Lineage,
    /// Each link, and where it leads within the project.
    pub links: Vec<(String, String)>,
    /// Queries and other files lie there as long as anybody asks.
    _outline: Outline,
}

/// Those that somebody has asked for: a target's tip is asked for again by each track.
#[derive(Default)]
pub(super) struct Kept(RefCell<BTreeMap<TreeId, Rc<Version>>>);

/// No more are kept.
const MOST: usize = 8;

impl Desk {
    /// Tables that no step makes have the columns of the lake of this machine.
    pub(super) fn version(&self, tree: &TreeId) -> Result<Rc<Version>, UserError> {
        if let Some(known) = self.versions.0.borrow().get(tree) {
            return Ok(known.clone());
        }
        let outline = Outline::of(&self.repository, tree).map_err(|error| of_git(&error))?;
        let specs = spec::load(outline.path(), operators::builtin());
        let lake = catalog(&self.workspace.place, &self.workspace.specs, "dev");
        let lineage = lineage_with(&lake, &specs);
        let folder = self.repository.prefix();
        let links = self.repository.links(tree, &folder).map_err(|error| of_git(&error))?;
        let links = links.iter().filter_map(|(link, to)| {
            let link = link.strip_prefix(&folder).ok()?;
            Some((link.to_str()?.to_owned(), leads(link, to)?))
        });
        let version = Rc::new(Version { specs, lineage, links: links.collect(), _outline: outline });
        let mut kept = self.versions.0.borrow_mut();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(tree.clone(), version.clone());
        Ok(version)
    }

    /// See `parted`.
    pub(super) fn parted(
        &self,
        changes: &[TreeChange],
        (from, to): (&TreeId, &TreeId),
    ) -> Result<Vec<TreeChange>, UserError> {
        let folder = self.folder();
        if !changes.iter().any(|change| is_spec(change, &folder)) {
            return Ok(changes.to_vec());
        }
        let (before, after) = (self.version(from)?, self.version(to)?);
        Ok(parted(changes, &folder, before.specs.project.as_ref(), after.specs.project.as_ref()))
    }
}

/// None: out of the project.
fn leads(link: &Path, to: &Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in link.parent()?.components().chain(to.components()) {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// What is wrong in the specs of a merge result, and on neither side of it: the spec, and the sentence.
pub(super) fn wrong(merged: &Version, sides: [&Version; 2]) -> Vec<(String, String)> {
    let is_error = |problem: &&Diagnostic| problem.severity == Severity::Error;
    let known = |problem: &Diagnostic| {
        let mut all = sides.iter().flat_map(|side| &side.specs.diagnostics);
        all.any(|other| (&other.file, &other.message) == (&problem.file, &problem.message))
    };
    let new = merged.specs.diagnostics.iter().filter(is_error).filter(|problem| !known(problem));
    let told = new.map(|problem| {
        let help = if problem.help.is_empty() { String::new() } else { format!("; {}", problem.help) };
        (problem.file.to_string(), format!("{}{help}", problem.message))
    });
    told.collect()
}

/// What whoever reads it may break by.
pub(super) fn breaks(before: &Version, after: &Version) -> Vec<Break> {
    lineage::diff(&before.lineage, &after.lineage).iter().flat_map(DataDiff::breaks).collect()
}
