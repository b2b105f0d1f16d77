use super::{Manners, PLAIN, Typed, Typing};

pub const MANNERS: Manners = Manners {
    rows: |model, rows| {
        if model.editor.find.editing {
            return model.find_in_text(rows < 0);
        }
        let page = model.seen.page;
        if let Some(file) = model.editor.file_mut() {
            file.buffer.go_rows(rows, false);
        }
        model.editor.completion = None;
        model.editor.keep_in_sight(page);
        Vec::new()
    },
    enter: |model| {
        // What was found stays marked, and f3 goes on.
        model.editor.find.editing = false;
        Vec::new()
    },
    out: |model| {
        let editor = &mut model.editor;
        if editor.completion.take().is_some() {
            return Some(Vec::new());
        }
        let set = editor.find.is_set();
        editor.find = Default::default();
        set.then(Vec::new)
    },
    text: |model| model.editor.file().map(|file| file.path.to_string()),
    press: |model, key| match model.editor.find.editing {
        true => None,
        false => model.press_in_editor(key),
    },
    typed: |model| match model.editor.find.editing {
        true => Some(Typed::Line(&mut model.editor.find.input)),
        false => model.editor.file_mut().map(|file| Typed::Text(&mut file.buffer)),
    },
    typing: |model| match (model.editor.find.editing, model.editor.file()) {
        (true, _) => Some(Typing::Line),
        // What is typed for one that comes waits for it.
        (false, file) => (file.is_some() || model.editor.coming.is_some()).then_some(Typing::Text),
    },
    retyped: |model| {
        let editor = &mut model.editor;
        if !editor.find.editing {
            editor.completion = None;
            return model.editor_typed();
        }
        if let Some(file) = editor.files.get_mut(editor.current) {
            editor.find.show_first(file);
        }
        let page = model.seen.page;
        model.editor.keep_in_sight(page);
        Vec::new()
    },
    // What is not saved cannot be run, so that there is room for the one where the other is not.
    footer: |model| match (model.editor.file(), model.open_file_failed()) {
        (Some(file), true) if file.extension() == "sql" => {
            &["save", "ask", "help", "back", "files", "continue_open", "complete", "find_text"]
        }
        (Some(file), false) if file.extension() == "sql" => {
            &["save", "ask", "help", "back", "files", "run_open", "complete", "find_text"]
        }
        (Some(_), true) => {
            &["save", "help", "back", "files", "continue_open", "complete", "find_text", "next_problem"]
        }
        (Some(_), false) => {
            &["save", "help", "back", "files", "run_open", "complete", "find_text", "next_problem"]
        }
        (None, _) => &["files", "board", "palette", "commands", "help"],
    },
    ..PLAIN
};
