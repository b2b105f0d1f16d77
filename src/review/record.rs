use super::{Ledger, ReviewError, Signatures, encode};
use crate::domain::track::{Check, CommitId, Event, Package, PackagedCheck, PackagedRun, RunReport, Signed};

use super::attested::attests;
use super::package::is_evidence;
use super::provenance::{fits, read_provenance};

/// Signs an event and writes it behind the entry it follows. It moves no ref: what is not pushed has not happened.
pub fn record(
    ledger: &dyn Ledger,
    signatures: &dyn Signatures,
    event: &Event,
    evidence: &[(String, Vec<u8>)],
) -> Result<CommitId, ReviewError> {
    let statement = encode(event)?;
    let signature = signatures.sign(&statement)?;
    let signed = Signed { statement, signature };
    Ok(ledger.append(event.previous.as_ref(), &signed, evidence)?)
}

/// What a sealed package's evidence tells, and why some of it does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unpacked {
    pub runs: Vec<RunReport>,
    pub checks: Vec<Check>,
    pub broken: Vec<String>,
}

/// Of all the evidence of a package, in bytes.
const LARGEST: u64 = 256 << 20;

/// Reads the evidence of a package, each file by the sum that was signed, and looks whether it tells what the manifest says.
pub fn unpack(ledger: &dyn Ledger, entry: &CommitId, package: &Package) -> Result<Unpacked, ReviewError> {
    let mut told = Unpacked::default();
    let runs = package.runs.iter().map(|run| (&run.evidence, Kind::Run(run)));
    let checks = package.checks.iter().map(|check| (&check.evidence, Kind::Check(check)));
    let diffs = package.diffs.iter().map(|diff| (&diff.evidence, Kind::Diff));
    let mut left = LARGEST;
    for (evidence, kind) in runs.chain(checks).chain(diffs) {
        let name = &evidence.name;
        let Some(rest) = left.checked_sub(evidence.bytes) else {
            let why = "the package names more than 256 MiB of evidence";
            told.broken.push(format!("{name} and what comes after it is not read: {why}"));
            break;
        };
        let bytes = match ledger.evidence(entry, name)? {
            None => {
                told.broken.push(format!("{name} is missing"));
                continue;
            }
            Some(bytes) => bytes,
        };
        // Of one that is not what was sealed the size is another too.
        left = rest.min(left.saturating_sub(bytes.len() as u64));
        if !is_evidence(evidence, &bytes) {
            told.broken.push(format!("{name} is not what was sealed"));
            continue;
        }
        let read = match kind {
            Kind::Run(run) => packaged_run(&bytes, run, &package.head).map(|report| told.runs.push(report)),
            Kind::Check(check) => attests(&bytes, check, &package.head).map(|check| told.checks.push(check)),
            Kind::Diff => Ok(()),
        };
        if let Err(why) = read {
            told.broken.push(format!("{name} is not to be believed: {why}"));
        }
    }
    Ok(told)
}

enum Kind<'p> {
    Run(&'p PackagedRun),
    Check(&'p PackagedCheck),
    Diff,
}

fn packaged_run(bytes: &[u8], run: &PackagedRun, head: &CommitId) -> Result<RunReport, String> {
    let report = read_provenance(bytes)?;
    fits(&report, head)?;
    match report.run == run.run && report.name == run.name {
        true => Ok(report),
        false => Err(format!("it is of the run {} of {}", report.run.short(), report.name)),
    }
}
