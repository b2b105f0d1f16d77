use std::collections::BTreeSet;

use super::Subject;
use crate::domain::track::{Check, CheckStatus};
use crate::domain::{Action, Name, Step};

/// Tomorrow's build is today's only if the base is named by its digest.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    let used: BTreeSet<&str> = subject.steps().map(|(_, step)| image_of(subject, step)).collect();
    for (name, image) in subject.project.images.iter().filter(|(name, _)| used.contains(name.as_str())) {
        let place = || subject.place("greenroom.yaml".into(), &["images", name.as_str(), "base"]);
        let status = match image.base.split_once("@sha256:") {
            Some((_, digest)) if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()) => {
                continue;
            }
            _ if is_any(&image.base) => CheckStatus::Failed,
            _ => CheckStatus::Warned,
        };
        let what = format!("the base of the image {name} is whatever `{}` is that day", image.base);
        let plain = image.base.split('@').next().unwrap_or_default();
        let help = format!("name it by its digest: base: {plain}@sha256:…");
        check.find(status, what, place(), help);
    }
    check
}

fn image_of<'s>(subject: &Subject<'s>, step: &'s Step) -> &'s str {
    let by_operator = match &step.action {
        Action::Uses { operator, .. } => subject.operators.get(operator).and_then(|one| one.image.as_ref()),
        Action::Run(_) | Action::Command(_) => None,
    };
    step.image.as_ref().or(by_operator).map_or("default", Name::as_str)
}

/// No tag, or one that says nothing.
fn is_any(base: &str) -> bool {
    let named = base.split('@').next().unwrap_or(base);
    let last = named.rsplit('/').next().unwrap_or(named);
    last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}
