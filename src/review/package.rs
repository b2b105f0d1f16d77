use std::collections::BTreeSet;

use serde_json::Value;

use super::attested::attested;
use super::canonical::{canonical, digest_of};
use super::{ReviewError, provenance};
use crate::domain::Digest;
use crate::domain::track::bodies::Sealing;
use crate::domain::track::{
    Check, CommitId, DiffKind, Evidence, Merge, Package, PackagedCheck, PackagedDiff, PackagedRun, RefName,
    RunReport, Target, TrackId, Transition,
};

/// What is about to be sealed.
pub struct Draft<'a> {
    pub track: &'a TrackId,
    pub target: &'a Target,
    pub branch: &'a RefName,
    pub head: &'a CommitId,
    /// Of head into the target's tip.
    pub merge: &'a Merge,
    /// Each with its plan's digest.
    pub runs: &'a [(RunReport, Digest)],
    pub checks: &'a [Check],
    /// Against the base, as JSON.
    pub diffs: &'a [(DiffKind, Value)],
}

/// A package and the files that are its evidence, to be sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Assembled {
    pub package: Package,
    /// By which an approval names it.
    pub digest: Digest,
    /// Name of each file below `evidence/`, and its bytes.
    pub evidence: Vec<(String, Vec<u8>)>,
}

impl Assembled {
    pub fn transition(&self) -> Transition {
        Transition::Sealed(Box::new(Sealing { manifest: self.package.clone() }))
    }
}

/// Writes the evidence and the manifest over it. The same draft gives the same bytes.
pub fn assemble(draft: &Draft<'_>) -> Result<Assembled, ReviewError> {
    let merge_tree = match draft.merge {
        Merge::Tree(tree) => tree.clone(),
        Merge::Conflicts(files) => return Err(ReviewError::Conflicts(files.join(", "))),
    };
    let mut files = Files::default();
    let runs = draft.runs.iter().map(|(report, plan)| {
        let value = provenance(report, draft.head, plan)?;
        let evidence = files.add(format!("run.{}.json", report.run), &value)?;
        Ok(PackagedRun { run: report.run, name: report.name.clone(), evidence })
    });
    let runs = runs.collect::<Result<_, ReviewError>>()?;
    let checks = draft.checks.iter().map(|check| {
        let evidence = files.add(format!("check.{}.json", check.id), &attested(check, draft.head))?;
        Ok(PackagedCheck {
            id: check.id.clone(),
            title: check.title.clone(),
            status: check.status,
            why: check.why().map(str::to_owned),
            not_checked: check.unlooked().map(str::to_owned),
            evidence,
        })
    });
    let checks = checks.collect::<Result<_, ReviewError>>()?;
    let diffs = draft.diffs.iter().map(|(kind, value)| {
        let evidence = files.add(format!("diff.{}.json", kind.title()), value)?;
        Ok(PackagedDiff { kind: *kind, evidence })
    });
    let diffs = diffs.collect::<Result<_, ReviewError>>()?;
    let package = Package {
        greenroom: 1,
        track: draft.track.clone(),
        target: draft.target.name.clone(),
        branch: draft.branch.clone(),
        head: draft.head.clone(),
        base: draft.target.tip.clone(),
        merge_tree,
        runs,
        checks,
        diffs,
    };
    let digest = digest_of(&package)?;
    Ok(Assembled { package, digest, evidence: files.written })
}

#[derive(Default)]
struct Files {
    names: BTreeSet<String>,
    written: Vec<(String, Vec<u8>)>,
}

impl Files {
    fn add(&mut self, name: String, value: &Value) -> Result<Evidence, ReviewError> {
        if !self.names.insert(name.clone()) {
            return Err(ReviewError::Twice(name));
        }
        let bytes = canonical(value)?;
        let evidence = Evidence { name: name.clone(), bytes: bytes.len() as u64, sha256: Digest::of(&bytes) };
        self.written.push((name, bytes));
        Ok(evidence)
    }
}

/// A file of a ledger is the evidence that the manifest names, or it is none.
pub fn is_evidence(evidence: &Evidence, bytes: &[u8]) -> bool {
    evidence.bytes == bytes.len() as u64 && evidence.sha256 == Digest::of(bytes)
}
