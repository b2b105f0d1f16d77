use super::{Action, Group};
use crate::app::{Effect, Model, Screen};

pub const EARLIER: Action = Action {
    id: "earlier_attempt",
    keys: &["<"],
    title: "earlier attempt",
    about: "The log of the attempt before",
    group: Group::Look,
    on: &[Screen::Workflow],
    applies: has_several,
    act: |model| go(model, -1),
};

pub const LATER: Action = Action {
    id: "later_attempt",
    keys: &[">"],
    title: "later attempt",
    about: "The log of the attempt after; behind the last one, whatever comes",
    group: Group::Look,
    on: &[Screen::Workflow],
    applies: has_several,
    act: |model| go(model, 1),
};

fn has_several(model: &Model) -> Result<(), String> {
    match attempts(model) {
        0 | 1 => Err("there is no other attempt".to_owned()),
        _ => Ok(()),
    }
}

fn attempts(model: &Model) -> u32 {
    let screen = &model.workflow;
    let node = screen.live.as_ref().zip(screen.node()).and_then(|(live, id)| live.node(id));
    node.map_or(0, |(_, node)| node.attempts)
}

fn go(model: &mut Model, by: i32) -> Vec<Effect> {
    let last = attempts(model);
    let shown = model.workflow.attempt.unwrap_or(last);
    let to = shown.saturating_add_signed(by).clamp(1, last.max(1));
    // At the last one, the next that is begun is gone along with.
    model.workflow.attempt = (to < last).then_some(to);
    model.sync_log()
}
