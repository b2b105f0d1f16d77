use super::save::file;
use super::{Action, Group};
use crate::app::{Effect, LakePane, Model, Screen, TextBuffer};

pub const UNDO: Action = Action {
    id: "undo",
    keys: &["alt-z"],
    title: "undo",
    about: "Take the last edit back; ctrl-u too",
    group: Group::Edit,
    on: &[Screen::Editor, Screen::Lake],
    applies: is_typed,
    act: |model| edit(model, TextBuffer::undo, "nothing more can be taken back"),
};

pub const REDO: Action = Action {
    id: "redo",
    keys: &["alt-Z"],
    title: "redo",
    about: "Make an edit again that was taken back; ctrl-r too",
    group: Group::Edit,
    on: &[Screen::Editor, Screen::Lake],
    applies: is_typed,
    act: |model| edit(model, TextBuffer::redo, "nothing was taken back"),
};

fn is_typed(model: &Model) -> Result<(), String> {
    match (model.screen, model.lake.pane) {
        (Screen::Lake, LakePane::Query) => Ok(()),
        (Screen::Lake, _) => Err("the cursor is in no query: e writes one".to_owned()),
        _ => file(model).map(drop),
    }
}

fn edit(model: &mut Model, act: fn(&mut TextBuffer) -> bool, none: &str) -> Vec<Effect> {
    if model.screen == Screen::Lake {
        model.lake.completion = None;
        if !act(&mut model.lake.query) {
            model.notices.tell(none);
        }
        return (model.screen.manners().retyped)(model);
    }
    let done = model.editor.file_mut().is_some_and(|file| act(&mut file.buffer));
    if !done {
        model.notices.tell(none);
    }
    model.editor.completion = None;
    model.editor_typed()
}

pub const COPY_SELECTED: Action = Action {
    id: "copy_selected",
    keys: &["alt-c"],
    title: "copy",
    about: "To the clipboard: what is selected (shift and arrows), else the line; ctrl-x cuts it",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| file(model).map(drop),
    act: |model| {
        let Some(file) = model.editor.file() else { return Vec::new() };
        let text = file.buffer.selected_text().unwrap_or_else(|| file.buffer.here().0.to_owned());
        model.notices.tell("copied");
        vec![Effect::Copy(text)]
    },
};
