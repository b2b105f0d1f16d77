use super::{Action, Group};
use crate::app::{Effect, Model, Screen};

pub const PREVIOUS: Action = Action {
    id: "previous_cell",
    keys: &["H", "shift-left"],
    title: "cell before",
    about: "The cell before, of a step with a matrix",
    group: Group::Move,
    on: &[Screen::Workflow],
    applies: has_cells,
    act: |model| go(model, -1),
};

pub const NEXT: Action = Action {
    id: "next_cell",
    keys: &["L", "shift-right"],
    title: "next cell",
    about: "The next cell of a step with a matrix",
    group: Group::Move,
    on: &[Screen::Workflow],
    applies: has_cells,
    act: |model| go(model, 1),
};

fn has_cells(model: &Model) -> Result<(), String> {
    let screen = &model.workflow;
    match screen.graph.nodes.get(screen.selected) {
        Some(node) if node.cells.len() > 1 => Ok(()),
        Some(node) => Err(format!("{} has no matrix", node.step)),
        None => Err("no step is selected".to_owned()),
    }
}

fn go(model: &mut Model, cells: i64) -> Vec<Effect> {
    model.workflow.go_among_cells(cells);
    model.sync_log()
}
