use super::{Action, Group};
use crate::app::{Desktop, Effect, Leave, Model, PastRun, Screen};
use crate::domain::EntryKind;

pub const OF_RUN: Action = Action {
    id: "run_artifacts",
    keys: &["a"],
    title: "artifacts",
    about: "What the run has left: the files of its steps",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Runs],
    applies: |model| match run(model) {
        Some(_) => Ok(()),
        None => Err("no run is shown".to_owned()),
    },
    act: |model| match run(model).cloned() {
        Some(past) => model.open_run_folder(&past, None),
        None => Vec::new(),
    },
};

pub const PAGE: Action = Action {
    id: "page",
    keys: &["v"],
    title: "view",
    about: "Read the file in your pager, $PAGER",
    group: Group::Look,
    on: &[Screen::Artifacts],
    applies: is_file,
    act: |model| {
        let screen = &model.artifacts;
        match (&screen.root, screen.selected_path()) {
            (Some(root), Some(below)) => {
                vec![Effect::Leave(Leave::Page { root: root.clone(), below })]
            }
            _ => Vec::new(),
        }
    },
};

pub const DESKTOP: Action = Action {
    id: "desktop",
    keys: &["O"],
    title: "open on the desktop",
    about: "Open the file with the program that your desktop has for it",
    group: Group::Look,
    on: &[Screen::Artifacts],
    applies: |model| {
        is_file(model)?;
        match &model.artifacts.desktop {
            Desktop::Program(_) => Ok(()),
            Desktop::None { why } => Err(why.clone()),
        }
    },
    act: |model| {
        let screen = &model.artifacts;
        match (&screen.desktop, &screen.root, screen.selected_path()) {
            (Desktop::Program(program), Some(root), Some(below)) => {
                vec![Effect::Open { program: program.clone(), root: root.clone(), below }]
            }
            _ => Vec::new(),
        }
    },
};

fn run(model: &Model) -> Option<&PastRun> {
    match model.screen {
        Screen::Workflow => model.workflow.live.as_ref().map(|live| &live.past),
        _ => model.selected_run(),
    }
}

fn is_file(model: &Model) -> Result<(), String> {
    match model.artifacts.selected().map(|entry| entry.kind) {
        Some(EntryKind::File) => Ok(()),
        Some(_) => Err("it is no file".to_owned()),
        None => Err("no file is selected".to_owned()),
    }
}
