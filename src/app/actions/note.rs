use indexmap::IndexMap;

use super::{Action, Group};
use crate::app::{Deed, Effect, Field, FieldKind, Form, LineInput, Model, NoteRun, Overlay, Purpose, Screen};
use crate::domain::{Name, Status, Token};

pub const PIN: Action = Action {
    id: "pin",
    keys: &["p"],
    title: "pin",
    about: "Pin the run, or all marked ones, so that `gc` keeps them; pinned ones are let go of",
    group: Group::Runs,
    on: &[Screen::Runs, Screen::Workflow],
    applies: |model| some(&wanted(model)),
    act: |model| {
        let runs = wanted(model);
        let is_pinned = |run: &Token| model.runs.get().is_some_and(|runs| runs.marks(*run).pinned);
        let pinned = !runs.iter().all(is_pinned);
        let notes = runs.into_iter().map(|run| NoteRun { run, text: None, pinned: Some(pinned) });
        notes.collect::<Vec<_>>().into_iter().flat_map(|note| model.start(Deed::Note(note))).collect()
    },
};

pub const NOTE: Action = Action {
    id: "note",
    keys: &["i"],
    title: "note",
    about: "Say something of the run, or of all marked ones, which finds them later",
    group: Group::Runs,
    on: &[Screen::Runs, Screen::Workflow],
    applies: |model| some(&wanted(model)),
    act: |model| {
        let purpose = Purpose::Note { runs: wanted(model) };
        ask(model, purpose, ("note", FieldKind::Text), "What was tried, or found")
    },
};

pub const ALIAS: Action = Action {
    id: "alias",
    keys: &["A"],
    title: "alias",
    about: "Give the run a name, such as champion, by which it feeds others; whoever had it has it no more",
    group: Group::Runs,
    on: &[Screen::Runs, Screen::Workflow],
    applies: |model| match super::cancel::run(model) {
        Some((_, Status::Succeeded)) => Ok(()),
        Some((run, _)) => Err(format!("run {} is no success, and only one gets an alias", run.short())),
        None => Err("no run is shown".to_owned()),
    },
    act: |model| {
        let Some((run, _)) = super::cancel::run(model) else { return Vec::new() };
        ask(model, Purpose::Alias { run }, ("alias", FieldKind::Name), "Such as champion")
    },
};

/// All that are marked, or the one that is looked at.
fn wanted(model: &Model) -> Vec<Token> {
    match model.screen {
        Screen::Runs => model.wanted_runs().into_iter().map(|past| past.run.token).collect(),
        _ => super::cancel::run(model).into_iter().map(|(run, _)| run).collect(),
    }
}

fn some(runs: &[Token]) -> Result<(), String> {
    if runs.is_empty() { Err("no run is shown".to_owned()) } else { Ok(()) }
}

fn ask(
    model: &mut Model,
    purpose: Purpose,
    (name, kind): (&'static str, FieldKind),
    description: &str,
) -> Vec<Effect> {
    let Ok(name) = Name::new(name) else { return Vec::new() };
    let (description, input) = (description.to_owned(), LineInput::default());
    let field = Field { name, kind, description, input, required: true };
    model.overlays.push(Overlay::Form(Form { purpose, fields: vec![field], selected: 0, tried: false }));
    Vec::new()
}

impl Model {
    /// Writes down what was typed.
    pub(super) fn say_of(&mut self, runs: &[Token], values: &IndexMap<Name, String>) -> Vec<Effect> {
        let text = values.values().next();
        let note = |run: &Token| NoteRun { run: *run, text: text.cloned(), pinned: None };
        let notes: Vec<NoteRun> = runs.iter().map(note).collect();
        notes.into_iter().flat_map(|note| self.start(Deed::Note(note))).collect()
    }

    pub(super) fn call(&mut self, run: Token, values: &IndexMap<Name, String>) -> Vec<Effect> {
        let alias = values.values().next().and_then(|alias| Name::new(alias).ok());
        alias.map(|alias| self.start(Deed::Alias { run, alias })).unwrap_or_default()
    }
}
