use super::{Action, Group, always};
use crate::app::Screen;

pub const SORT: Action = Action {
    id: "sort",
    keys: &["S"],
    title: "sort",
    about: "Sort the runs by another column; files by name, size or age",
    group: Group::Look,
    on: &[Screen::Runs, Screen::Artifacts],
    applies: always,
    act: |model| {
        if model.screen == Screen::Artifacts {
            model.artifacts.order = model.artifacts.order.next();
            model.artifacts.folder.stay();
            return model.arrange_folder();
        }
        model.history.order = model.history.order.next();
        model.arrange_runs();
        Vec::new()
    },
};
