use super::{Manners, PLAIN, Typed, Typing};
use crate::app::picker::moved;

pub const MANNERS: Manners = Manners {
    rows: |model, rows| {
        model.history.selected = moved(model.history.selected, rows, model.history.shown().len());
        Vec::new()
    },
    enter: |model| {
        if std::mem::take(&mut model.history.filter.editing) {
            return Vec::new();
        }
        match model.selected_run().cloned() {
            Some(past) => model.open_run(&past),
            None => Vec::new(),
        }
    },
    mark: |model| {
        if let Some(token) = model.selected_run().map(|past| past.run.token) {
            model.history.turn_mark(token);
        }
        (model.screen.manners().rows)(model, 1)
    },
    out: |model| {
        if !model.history.filter.editing && !model.history.marked.is_empty() {
            model.history.marked.clear();
            return Some(Vec::new());
        }
        let set = std::mem::take(&mut model.history.filter).is_set();
        let effects = model.seek_runs();
        set.then_some(effects)
    },
    find: |model| match model.history.filter.begin() {
        true => (model.screen.manners().retyped)(model),
        false => Vec::new(),
    },
    text: |model| {
        let tokens = model.wanted_runs().into_iter().map(|past| past.run.token.to_string());
        Some(tokens.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
    },
    click: |model, row| {
        model.history.selected = row;
        Vec::new()
    },
    typed: |model| model.history.filter.typed().map(Typed::Line),
    typing: |model| model.history.filter.editing.then_some(Typing::Line),
    retyped: |model| {
        model.history.selected = 0;
        model.seek_runs()
    },
    footer: |model| match model.history.marked.is_empty() {
        true => &[
            "open",
            "filter",
            "sort",
            "resume",
            "cancel",
            "mark",
            "compare",
            "run_artifacts",
            "diff",
            "fork",
            "help",
        ],
        false => &["mark", "compare", "cancel", "copy", "diff", "back", "help"],
    },
    ..PLAIN
};
