use super::save::file;
use super::{Action, Group};
use crate::app::{Discard, Overlay, Picker, Screen};

pub const FILES: Action = Action {
    id: "files",
    keys: &["ctrl-o"],
    title: "files",
    about: "Find a file of the project by its letters, and edit it; a name that none has begins a new one",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |_| Ok(()),
    act: |model| {
        model.overlays.push(Overlay::Files(Picker::new(model.editor.file_choices())));
        Vec::new()
    },
};

pub const CLOSE_FILE: Action = Action {
    id: "close_file",
    keys: &["ctrl-q"],
    title: "close",
    about: "Close this file; asks where something is unsaved",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| file(model).map(drop),
    act: |model| match model.editor.file().is_some_and(|file| file.unsaved) {
        true => model.ask_to_discard(Discard::Close),
        false => model.discard(Discard::Close),
    },
};
