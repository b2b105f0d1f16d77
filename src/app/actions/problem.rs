use super::save::file;
use super::{Action, Group};
use crate::app::{Effect, Model, Screen};

pub const NEXT_PROBLEM: Action = Action {
    id: "next_problem",
    keys: &["f8", "alt-n"],
    title: "problem",
    about: "To the next line with an error or a warning, around the end",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: any,
    act: |model| go(model, false),
};

pub const PREVIOUS_PROBLEM: Action = Action {
    id: "previous_problem",
    keys: &["shift-f8", "alt-p"],
    title: "problem before",
    about: "To the line before with an error or a warning",
    group: Group::Edit,
    on: &[Screen::Editor],
    applies: any,
    act: |model| go(model, true),
};

fn any(model: &Model) -> Result<(), String> {
    match file(model)?.all_problems().next() {
        Some(_) => Ok(()),
        None => Err("nothing is wrong in this file".to_owned()),
    }
}

fn go(model: &mut Model, back: bool) -> Vec<Effect> {
    let page = model.seen.page;
    model.editor.completion = None;
    let Some(file) = model.editor.file_mut() else { return Vec::new() };
    let here = file.buffer.cursor();
    let mut places: Vec<_> = file
        .all_problems()
        .map(|problem| (problem.span.line.saturating_sub(1), problem.span.column.saturating_sub(1)))
        .collect();
    places.sort_unstable();
    let to = match back {
        false => places.iter().find(|place| **place > here).or(places.first()),
        true => places.iter().rev().find(|place| **place < here).or(places.last()),
    };
    if let Some((row, letter)) = to {
        file.buffer.go_to(*row, *letter);
    }
    model.editor.keep_in_sight(page);
    Vec::new()
}
