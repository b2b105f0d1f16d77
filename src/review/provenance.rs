use serde_json::{Value, json};

use crate::domain::track::{CommitId, RunReport};
use crate::domain::{Digest, Status};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
/// The byproduct that tells what the run did.
const REPORT: &str = "report";

/// A local run as SLSA provenance v1: its outputs are the subjects; images, commit and tables read what they were made of.
pub fn provenance(report: &RunReport, head: &CommitId, plan: &Digest) -> Result<Value, serde_json::Error> {
    let outputs = report.steps.iter().flat_map(|step| {
        let named = step.outputs.iter();
        named.map(|(name, made)| json!({"name": format!("{}.{name}", step.step), "digest": {"sha256": made.sha256}}))
    });
    let mut images: Vec<&str> = report.steps.iter().map(|step| step.image.as_str()).collect();
    images.sort_unstable();
    images.dedup();
    let images = images.into_iter().map(|image| {
        let sum = image.rsplit_once("sha256:").map_or(image, |(_, sum)| sum);
        json!({"name": "image", "digest": {"sha256": sum}})
    });
    let tables = report.steps.iter().flat_map(|step| &step.reads).map(|read| {
        json!({
            "name": format!("table {}", read.table),
            "digest": {"sha256": read.sha256},
            "annotations": {"rows": read.rows},
        })
    });
    let commit = std::iter::once(json!({"name": "commit", "digest": {"gitCommit": head}}));
    Ok(json!({
        "_type": STATEMENT,
        "subject": outputs.collect::<Vec<_>>(),
        "predicateType": PROVENANCE,
        "predicate": {
            "buildDefinition": {
                "buildType": "urn:greenroom:run:v1",
                "externalParameters": {
                    "name": report.name,
                    "version": report.version,
                    "params": serde_json::to_value(&report.params)?,
                },
                "internalParameters": {"plan": {"sha256": plan}},
                "resolvedDependencies": commit.chain(images).chain(tables).collect::<Vec<_>>(),
            },
            "runDetails": {
                "builder": {"id": "urn:greenroom:local"},
                "metadata": {
                    "invocationId": report.run,
                    "startedOn": report.started_at,
                    "finishedOn": report.finished_at,
                },
                "byproducts": [{"name": REPORT, "annotations": serde_json::to_value(report)?}],
            },
        },
    }))
}

/// The report in a provenance that `provenance` wrote.
pub fn read_provenance(bytes: &[u8]) -> Result<RunReport, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if value["predicateType"] != *PROVENANCE {
        return Err(format!("it is no {PROVENANCE}"));
    }
    let byproducts = value["predicate"]["runDetails"]["byproducts"].as_array();
    let report = byproducts.into_iter().flatten().find(|product| product["name"] == *REPORT);
    let report = report.ok_or_else(|| "it has no report of the run".to_owned())?;
    serde_json::from_value(report["annotations"].clone()).map_err(|error| error.to_string())
}

/// A run may be packaged as that of a commit if its files were that commit's, and it succeeded.
pub fn fits(report: &RunReport, head: &CommitId) -> Result<(), String> {
    if report.dirty {
        return Err("its files were not the commit's".to_owned());
    }
    match report.commit.as_deref() {
        Some(commit) if commit == head.as_str() => {}
        Some(commit) => return Err(format!("it is of {commit:.12}, and the branch is at {}", head.short())),
        None => return Err("it tells no commit".to_owned()),
    }
    match report.status {
        Status::Succeeded => Ok(()),
        _ => Err("it has not succeeded".to_owned()),
    }
}
