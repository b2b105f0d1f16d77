use super::{Manners, PLAIN, Typed, Typing};
use crate::app::picker::moved;

pub const MANNERS: Manners = Manners {
    rows: |model, rows| {
        let count = model.project.get().map_or(0, |project| model.board.shown(project).len());
        model.board.selected = moved(model.board.selected, rows, count);
        Vec::new()
    },
    enter: |model| {
        if std::mem::take(&mut model.board.filter.editing) {
            return Vec::new();
        }
        match model.selected_workflow().map(|flow| flow.name.clone()) {
            Some(name) => model.open_workflow(&name),
            None => Vec::new(),
        }
    },
    out: |model| std::mem::take(&mut model.board.filter).is_set().then(Vec::new),
    find: |model| match model.board.filter.begin() {
        true => (model.screen.manners().retyped)(model),
        false => Vec::new(),
    },
    text: |model| model.selected_workflow().map(|flow| flow.file.to_string()),
    click: |model, row| {
        model.board.selected = row;
        Vec::new()
    },
    typed: |model| model.board.filter.typed().map(Typed::Line),
    typing: |model| model.board.filter.editing.then_some(Typing::Line),
    retyped: |model| {
        model.board.selected = 0;
        Vec::new()
    },
    footer: |_| &["open", "run", "edit", "filter", "palette", "help"],
    ..PLAIN
};
