use super::Subject;
use crate::domain::track::{Check, CheckStatus};
use crate::domain::{Name, Role};

/// Who answers for a workflow: somebody who knows what it says, and somebody who knows how it runs.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    for workflow in &subject.asked {
        let place = subject.place(&workflow.file, &["owners"]);
        if workflow.owners.is_empty() {
            let help = "name one of each side: owners: [an analyst or scientist, an engineer]";
            check.find(
                CheckStatus::Failed,
                format!("{} has no owners", workflow.name),
                place,
                help.to_owned(),
            );
            continue;
        }
        let has = |wanted: &dyn Fn(Role) -> bool| {
            let roles = workflow.owners.iter().filter_map(|owner| subject.project.people.get(owner));
            roles.into_iter().any(|person| wanted(person.role))
        };
        let sides: [(&str, &dyn Fn(Role) -> bool); 2] = [
            ("an engineer", &|role| role == Role::Engineer),
            ("an analyst or scientist", &|role| role != Role::Engineer),
        ];
        for (side, wanted) in sides {
            if !has(wanted) {
                let people = subject.project.people.iter().filter(|(_, person)| wanted(person.role));
                let people: Vec<&str> = people.map(|(name, _)| Name::as_str(name)).collect();
                let help = match people.is_empty() {
                    true => format!("add {side} to `people` in greenroom.yaml, and to the owners"),
                    false => format!("add one of: {}", people.join(", ")),
                };
                let what = format!("{side} is not among the owners of {}", workflow.name);
                check.find(CheckStatus::Warned, what, place.clone(), help);
            }
        }
    }
    check
}
