use super::{Action, Group};
use crate::app::{Confirm, LocalDeed, LocalItem, Overlay, Screen};

pub const FIX: Action = Action {
    id: "fix",
    keys: &["F"],
    title: "fix",
    about: "Do what can be done about the selected finding; asks first",
    group: Group::Environment,
    on: &[Screen::Local],
    applies: |model| match (model.local_item(), model.local_finding()) {
        (LocalItem::Finding(_), Some(finding)) => match (&finding.question, finding.fix.is_empty()) {
            (Some(_), _) => model.local_is_idle(),
            (None, true) => Err("there is nothing to fix".to_owned()),
            (None, false) => Err("only you can do that: y copies the commands".to_owned()),
        },
        _ => Err("no finding is selected".to_owned()),
    },
    act: |model| {
        let Some(finding) = model.local_finding() else { return Vec::new() };
        let (Some(question), what) = (finding.question.clone(), finding.what.clone()) else {
            return Vec::new();
        };
        model.overlays.push(Overlay::Confirm(Confirm::new(question, LocalDeed::Fix(what).into())));
        Vec::new()
    },
};
