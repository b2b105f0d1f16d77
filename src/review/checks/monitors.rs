use super::Subject;
use crate::domain::track::{Check, CheckStatus};

/// Somebody is told when it goes wrong.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    for workflow in &subject.asked {
        if workflow.monitors.is_empty() {
            let (status, runs) = match &workflow.schedule {
                Some(_) => (CheckStatus::Failed, " and runs by schedule"),
                None => (CheckStatus::Warned, ""),
            };
            let what = format!("{} has no monitors{runs}", workflow.name);
            let help = "add one: monitors: [{name: broken, kind: failure, notify: [\"@…\"]}]";
            let key = if workflow.schedule.is_some() { "schedule" } else { "name" };
            check.find(status, what, subject.place(&workflow.file, &[key]), help.to_owned());
        }
        for (at, monitor) in workflow.monitors.iter().enumerate().filter(|(_, one)| one.notify.is_empty()) {
            let place = subject.place(&workflow.file, &["monitors", &at.to_string()]);
            let what = format!("nobody is told by the monitor {} of {}", monitor.name, workflow.name);
            check.find(CheckStatus::Warned, what, place, "say who: notify: [\"@…\"]".to_owned());
        }
    }
    check
}
