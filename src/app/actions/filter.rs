use super::{Action, Group, always};

pub const FILTER: Action = Action {
    id: "filter",
    keys: &["/"],
    title: "find",
    about: "Narrow the list by typing, or search in the text",
    group: Group::Look,
    on: &[],
    applies: always,
    act: |model| (model.screen.manners().find)(model),
};
