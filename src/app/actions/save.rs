use super::{Action, Group};
use crate::app::{Confirm, Deed, Discard, Model, OpenFile, Overlay, Screen};

pub const SAVE: Action = Action {
    id: "save",
    keys: &["ctrl-s"],
    title: "save",
    about: "Write the file, unless somebody else has changed it meanwhile",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| match file(model)? {
        file if file.contested().is_some() => Err(file.contested().unwrap_or_default()),
        file if model.being_saved(&file.path).is_some_and(|save| save.text == file.text()) => {
            Err("it is being saved".to_owned())
        }
        // One that is not there yet can be empty.
        file if !file.unsaved && file.is_on_disk() => Err(format!("{} is saved", file.path)),
        _ => Ok(()),
    },
    act: |model| model.save(),
};

pub const OVERWRITE: Action = Action {
    id: "overwrite",
    keys: &["alt-w"],
    title: "write over",
    about: "Write the file in the place of what somebody else has made of it",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| match file(model)? {
        file if file.contested().is_some() => Ok(()),
        file => Err(file.outside_told().unwrap_or_else(|| "nobody else has changed it".to_owned())),
    },
    act: |model| {
        if let Some(save) = model.saving(true) {
            let question = format!("Write over what somebody else made of {}?", save.path);
            model.overlays.push(Overlay::Confirm(Confirm::new(question, Deed::Save(save))));
        }
        Vec::new()
    },
};

pub const READ_AGAIN: Action = Action {
    id: "read_again",
    keys: &["alt-r"],
    title: "read again",
    about: "Take the file as it is on disk; undo brings back what was typed",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| file(model).map(drop),
    act: |model| match model.editor.file().is_some_and(|file| file.unsaved) {
        true => model.ask_to_discard(Discard::ReadAgain),
        false => model.discard(Discard::ReadAgain),
    },
};

pub(super) fn file(model: &Model) -> Result<&OpenFile, String> {
    model.editor.file().ok_or_else(|| "no file is open".to_owned())
}
