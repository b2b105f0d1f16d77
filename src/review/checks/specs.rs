use super::Subject;
use crate::domain::Severity;
use crate::domain::track::{Check, CheckPlace, CheckStatus};

/// What `check` says of the specs.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    // Secrets have a check of their own.
    for problem in subject.diagnostics.iter().filter(|problem| problem.code != super::secrets::IN_CLEAR) {
        let status = match problem.severity {
            Severity::Error => CheckStatus::Failed,
            Severity::Warning => CheckStatus::Warned,
        };
        let (line, column) = (problem.span.line, problem.span.column);
        let place = CheckPlace { file: problem.file.to_string(), line, column };
        check.find(status, problem.message.clone(), Some(place), problem.help.clone());
    }
    check
}
