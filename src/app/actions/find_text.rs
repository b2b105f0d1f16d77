use super::save::file;
use super::{Action, Group};
use crate::app::{Effect, Model, Screen};

pub const FIND_TEXT: Action = Action {
    id: "find_text",
    keys: &["ctrl-f"],
    title: "find",
    about: "Search in the text as you type; f3 goes on, esc ends it",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: |model| file(model).map(drop),
    act: |model| {
        let Some(file) = model.editor.file() else { return Vec::new() };
        let from = file.buffer.cursor();
        model.editor.completion = None;
        model.editor.find.start(from);
        Vec::new()
    },
};

pub const FIND_NEXT: Action = Action {
    id: "find_next",
    keys: &["f3"],
    title: "find next",
    about: "The next place that was searched for",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: is_set,
    act: |model| model.find_in_text(false),
};

pub const FIND_PREVIOUS: Action = Action {
    id: "find_previous",
    keys: &["shift-f3"],
    title: "find previous",
    about: "The place before that was searched for",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: is_set,
    act: |model| model.find_in_text(true),
};

fn is_set(model: &Model) -> Result<(), String> {
    match model.editor.find.is_set() {
        true => Ok(()),
        false => Err("nothing is searched for: ctrl-f".to_owned()),
    }
}

impl Model {
    pub(in crate::app) fn find_in_text(&mut self, back: bool) -> Vec<Effect> {
        let page = self.seen.page;
        let editor = &mut self.editor;
        let Some(file) = editor.files.get_mut(editor.current) else { return Vec::new() };
        if !editor.find.go(file, back) {
            self.notices.tell("it is not in this file");
        }
        self.editor.keep_in_sight(page);
        Vec::new()
    }
}
