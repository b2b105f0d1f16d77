use super::{Action, Group, always};
use crate::app::{Effect, Model, Overlay, Screen};

pub const NEXT_PANE: Action = Action {
    id: "next_pane",
    keys: &["tab"],
    title: "other pane",
    about: "Between the graph or list and what is beside it; between the fields of a form",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| switch(model, 1),
};

pub const PREVIOUS_PANE: Action = Action {
    id: "previous_pane",
    keys: &["shift-tab"],
    title: "pane before",
    about: "The same, the other way round",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| switch(model, -1),
};

pub const NEXT_TAB: Action = Action {
    id: "next_tab",
    keys: &["]"],
    title: "next tab",
    about: "What else there is of the step, or of the table",
    group: Group::Move,
    on: &[Screen::Workflow, Screen::Artifacts, Screen::Lake, Screen::Review],
    applies: always,
    act: |model| (model.screen.manners().tab)(model, 1),
};

pub const PREVIOUS_TAB: Action = Action {
    id: "previous_tab",
    keys: &["["],
    title: "tab before",
    about: "The same, the other way round",
    group: Group::Move,
    on: &[Screen::Workflow, Screen::Artifacts, Screen::Lake, Screen::Review],
    applies: always,
    act: |model| (model.screen.manners().tab)(model, -1),
};

pub const FULL: Action = Action {
    id: "full",
    keys: &["f"],
    title: "full screen",
    about: "The log, table or preview alone, or everything again",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Artifacts, Screen::Lake, Screen::Local, Screen::Review],
    applies: always,
    act: |model| (model.screen.manners().full)(model),
};

fn switch(model: &mut Model, fields: i64) -> Vec<Effect> {
    match model.overlays.last_mut() {
        Some(Overlay::Form(form)) => form.go_round(fields),
        Some(_) => {}
        None => return (model.screen.manners().pane)(model, fields),
    }
    Vec::new()
}
