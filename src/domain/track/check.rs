use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The type of the statement that says how a check ended.
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckStatus {
    Passed,
    /// It could not be looked at; its findings say why. Of one that is worse some of it may not have been either:
    /// [`Check::unlooked`].
    NotChecked,
    Warned,
    Failed,
}

impl CheckStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::NotChecked => "NOT_CHECKED",
            Self::Warned => "WARNED",
            Self::Failed => "FAILED",
        }
    }
}

/// A place in a file of the project. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckPlace {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFinding {
    pub status: CheckStatus,
    pub what: String,
    #[serde(rename = "where")]
    pub place: Option<CheckPlace>,
    /// What to do; may be empty.
    pub help: String,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Stable and kebab-case: `duplicate-flow`.
    pub id: String,
    pub status: CheckStatus,
    pub title: String,
    pub findings: Vec<CheckFinding>,
}

impl Check {
    /// One that has found nothing.
    pub fn passed(id: &str, title: &str) -> Self {
        Self { id: id.to_owned(), status: CheckStatus::Passed, title: title.to_owned(), findings: Vec::new() }
    }

    /// One that could not be made.
    pub fn not_checked(id: &str, title: &str, why: &str, help: &str) -> Self {
        let mut check = Self::passed(id, title);
        check.find(CheckStatus::NotChecked, why.to_owned(), None, help.to_owned());
        check
    }

    /// The worst that it found is how it ended.
    pub fn find(&mut self, status: CheckStatus, what: String, place: Option<CheckPlace>, help: String) {
        self.status = self.status.max(status);
        self.findings.push(CheckFinding { status, what, place, help });
    }

    /// The first of the worst that it found.
    pub fn why(&self) -> Option<&str> {
        self.first(self.status)
    }

    /// Why all or some of it was not looked at.
    pub fn unlooked(&self) -> Option<&str> {
        self.first(CheckStatus::NotChecked)
    }

    fn first(&self, status: CheckStatus) -> Option<&str> {
        self.findings.iter().find(|finding| finding.status == status).map(|finding| finding.what.as_str())
    }

    /// The predicate of in-toto's test-result; None for what was not checked, which attests nothing.
    pub fn test_result(&self) -> Option<Value> {
        let list = match self.status {
            CheckStatus::NotChecked => return None,
            CheckStatus::Passed => "passedTests",
            CheckStatus::Warned => "warnedTests",
            CheckStatus::Failed => "failedTests",
        };
        Some(json!({ "result": self.status.as_str(), "configuration": [], list: [self.id] }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_is_how_a_check_ended() {
        let mut check = Check::passed("owners", "Owners of both sides");
        assert_eq!(check.test_result().unwrap()["passedTests"], json!(["owners"]));
        check.find(CheckStatus::Failed, "nobody".into(), None, String::new());
        check.find(CheckStatus::Warned, "one".into(), None, String::new());
        assert_eq!(check.status, CheckStatus::Failed);
        let result = json!({"result": "FAILED", "configuration": [], "failedTests": ["owners"]});
        assert_eq!(check.test_result(), Some(result));
        assert_eq!((check.why(), check.unlooked()), (Some("nobody"), None));
        check.find(CheckStatus::NotChecked, "no run".into(), None, String::new());
        assert_eq!((check.status, check.unlooked()), (CheckStatus::Failed, Some("no run")), "both are kept");
        let not = Check::not_checked("idempotent", "Idempotent", "nothing ran", "");
        assert_eq!((not.test_result(), not.findings.len()), (None, 1));
        assert_eq!(serde_json::to_value(not.status).unwrap(), json!(not.status.as_str()));
    }
}
