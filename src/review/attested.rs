use serde_json::{Value, json};

use crate::domain::track::{Check, CheckFinding, CheckStatus, CommitId, PackagedCheck, TEST_RESULT};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// What was not checked attests nothing, and is told in our own words.
const NOT_CHECKED: &str = "urn:greenroom:check:v1";

/// An in-toto statement of the check's result.
pub(super) fn attested(check: &Check, head: &CommitId) -> Value {
    let (kind, predicate) = match check.test_result() {
        Some(mut result) => {
            result["findings"] = json!(check.findings);
            (TEST_RESULT, result)
        }
        None => (NOT_CHECKED, json!(check)),
    };
    json!({
        "_type": STATEMENT,
        "subject": [{"name": "head", "digest": {"gitCommit": head}}],
        "predicateType": kind,
        "predicate": predicate,
    })
}

/// What a check found, if its evidence tells what the manifest says of it, and of that head: a reviewer reads the one, and
/// rules go by the other.
pub(super) fn attests(bytes: &[u8], packaged: &PackagedCheck, head: &CommitId) -> Result<Check, String> {
    let (check, of) = read(bytes)?;
    if of != head.as_str() {
        return Err(format!("it is of {of:.12}, and the package of {}", head.short()));
    }
    if check.id != packaged.id {
        return Err(format!("it is of the check {}, and not {}", check.id, packaged.id));
    }
    if check.status != packaged.status {
        let (is, said) = (check.status.as_str(), packaged.status.as_str());
        return Err(format!("it says {is}, and the package {said}"));
    }
    match check.why() == packaged.why.as_deref() && check.unlooked() == packaged.not_checked.as_deref() {
        true => Ok(Check { title: packaged.title.clone(), ..check }),
        false => Err("the package does not tell what it found".to_owned()),
    }
}

/// The check, without its title where the statement has none, and the commit it is of.
fn read(bytes: &[u8]) -> Result<(Check, String), String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let head = value["subject"][0]["digest"]["gitCommit"].as_str().unwrap_or_default().to_owned();
    let kind = value["predicateType"].as_str().unwrap_or_default().to_owned();
    let predicate = value.get("predicate").cloned().unwrap_or_default();
    let check: Check = match kind.as_str() {
        NOT_CHECKED => serde_json::from_value(predicate).map_err(|error| error.to_string())?,
        TEST_RESULT => {
            let bad = || "it is no result of a check".to_owned();
            let lists = ["passedTests", "warnedTests", "failedTests"];
            let id = lists.into_iter().find_map(|list| predicate[list][0].as_str()).ok_or_else(bad)?;
            let findings: Vec<CheckFinding> =
                serde_json::from_value(predicate["findings"].clone()).map_err(|error| error.to_string())?;
            let status: CheckStatus =
                serde_json::from_value(predicate["result"].clone()).map_err(|error| error.to_string())?;
            let check = Check { id: id.to_owned(), status, title: String::new(), findings };
            // Written as such a check is, with nothing that says another thing elsewhere.
            let mut whole = check.test_result().ok_or_else(bad)?;
            whole["findings"] = predicate["findings"].clone();
            if whole != predicate {
                return Err(bad());
            }
            check
        }
        _ => return Err("it is no result of a check".to_owned()),
    };
    let worst = check.findings.iter().map(|finding| finding.status).max().unwrap_or(CheckStatus::Passed);
    match worst == check.status {
        true => Ok((check, head)),
        false => Err("it has ended otherwise than by what it found".to_owned()),
    }
}
