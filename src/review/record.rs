use super::{Ledger, ReviewError, Signatures, encode};
use crate::domain::track::{CommitId, Event, Package, RunReport, Signed};

use super::package::is_evidence;
use super::provenance::read_provenance;

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
    pub broken: Vec<String>,
}

/// Reads the evidence of a package, each file by the sum that was signed.
pub fn unpack(ledger: &dyn Ledger, entry: &CommitId, package: &Package) -> Result<Unpacked, ReviewError> {
    let mut told = Unpacked::default();
    let others = package.checks.iter().map(|check| &check.evidence);
    let others =
        others.chain(package.diffs.iter().map(|diff| &diff.evidence)).map(|evidence| (evidence, false));
    let runs = package.runs.iter().map(|run| (&run.evidence, true));
    for (evidence, run) in runs.chain(others) {
        let name = &evidence.name;
        match ledger.evidence(entry, name)? {
            None => told.broken.push(format!("{name} is missing")),
            Some(bytes) if !is_evidence(evidence, &bytes) => {
                told.broken.push(format!("{name} is not what was sealed"));
            }
            Some(bytes) if run => match read_provenance(&bytes) {
                Ok(report) => told.runs.push(report),
                Err(why) => told.broken.push(format!("{name} cannot be read: {why}")),
            },
            Some(_) => {}
        }
    }
    Ok(told)
}
