use super::{Action, Group, always};
use crate::app::Screen;

pub const MARK: Action = Action {
    id: "mark",
    keys: &["space"],
    title: "mark",
    about: "Mark what is selected, or take its mark away, and go on; copying takes all that is marked, stopping each \
        marked run that goes on, and what differs is told of two marked runs",
    group: Group::Look,
    on: &[Screen::Runs, Screen::Artifacts],
    applies: always,
    act: |model| (model.screen.manners().mark)(model),
};
