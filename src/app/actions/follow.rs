use super::save::file;
use super::{Action, Group};
use crate::app::Screen;

pub const GO_TO: Action = Action {
    id: "go_to",
    keys: &["ctrl-g", "f12"],
    title: "go to",
    about: "To the file, step, parameter, operator or writer of the table that the word at the cursor names",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| file(model).map(drop),
    act: |model| model.follow(),
};

pub const GO_BACK: Action = Action {
    id: "go_back",
    keys: &["alt-left"],
    title: "go back",
    about: "To where one went from",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| match model.editor.can_go_back() {
        true => Ok(()),
        false => Err("this is where it began".to_owned()),
    },
    act: |model| model.follow_back(),
};
