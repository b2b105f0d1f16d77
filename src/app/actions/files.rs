use super::save::file;
use super::{Action, Group};
use crate::app::{Discard, FileChoice, Overlay, Picker, Screen};

pub const FILES: Action = Action {
    id: "files",
    keys: &["ctrl-o"],
    title: "files",
    about: "Find a file of the project by its letters, and edit it; a name that none has begins a new one",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| match model.editor.known.files.is_empty() {
        true => Err("the project's files are being read".to_owned()),
        false => Ok(()),
    },
    act: |model| {
        let open = model.editor.files.iter().map(|file| {
            let mark = if file.unsaved { "*" } else { "" };
            (format!("{}{mark}", file.path), FileChoice::Known(file.path.clone()))
        });
        let known = model.editor.known.clone();
        let is_open = |path: &&camino::Utf8PathBuf| model.editor.files.iter().any(|file| file.path == **path);
        let others = known.files.iter().filter(|path| !is_open(path));
        let items =
            open.chain(others.map(|path| (path.to_string(), FileChoice::Known(path.clone())))).collect();
        model.overlays.push(Overlay::Files(Picker::new(items)));
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
