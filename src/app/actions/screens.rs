use super::{Action, Group, always};
use crate::app::{Effect, Model, Screen};

pub const BOARD: Action = Action {
    id: "board",
    keys: &["1"],
    title: "board",
    about: "Every workflow, and what to do next with it",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| jump(model, Screen::Board),
};

pub const WORKFLOW: Action = Action {
    id: "workflow",
    keys: &["2"],
    title: "workflow",
    about: "The workflow as a graph, with the log of each step",
    group: Group::Move,
    on: &[],
    applies: |model| match model.workflow.name.is_some() || model.selected_workflow().is_some() {
        true => Ok(()),
        false => Err("there is no workflow".to_owned()),
    },
    act: |model| {
        if model.workflow.name.is_none()
            && let Some(name) = model.selected_workflow().map(|flow| flow.name.clone())
        {
            let effects = model.open_workflow(&name);
            model.trail.clear();
            return effects;
        }
        jump(model, Screen::Workflow)
    },
};

pub const RUNS: Action = Action {
    id: "runs",
    keys: &["3"],
    title: "runs",
    about: "All that has run, as a table",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| jump(model, Screen::Runs),
};

pub const ARTIFACTS: Action = Action {
    id: "artifacts",
    keys: &["4"],
    title: "artifacts",
    about: "What runs have made, as a tree, and a look into each file",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| jump(model, Screen::Artifacts),
};

pub const LAKE: Action = Action {
    id: "lake",
    keys: &["5"],
    title: "lake",
    about: "The tables, their columns and rows, and a query",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| jump(model, Screen::Lake),
};

pub const LOCAL: Action = Action {
    id: "local",
    keys: &["6"],
    title: "local",
    about: "Images, services, volumes and the engine of this machine",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| jump(model, Screen::Local),
};

pub const EDITOR: Action = Action {
    id: "editor",
    keys: &["7"],
    title: "editor",
    about: "The files that are being edited",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| jump(model, Screen::Editor),
};

pub(super) fn jump(model: &mut Model, screen: Screen) -> Vec<Effect> {
    // Whoever goes somewhere by its number comes from nowhere: the way out is short, to the board.
    if model.screen != screen {
        model.trail.clear();
    }
    model.show(screen)
}
