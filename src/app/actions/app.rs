use super::{Action, Group, always};
use crate::app::{Effect, Leave, Overlay, Weight};

pub const HELP: Action = Action {
    id: "help",
    keys: &["?", "f1"],
    title: "help",
    about: "What every key does here",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        model.overlays.push(Overlay::Help { scroll: 0 });
        Vec::new()
    },
};

pub const NOTICE: Action = Action {
    id: "notice",
    keys: &["m"],
    title: "message",
    about: "Show errors whole, also those that were put away or are past",
    group: Group::Workbench,
    on: &[],
    applies: |model| match model.notices.errors().next() {
        Some(_) => Ok(()),
        None => Err("there is none".to_owned()),
    },
    act: |model| {
        // That of the line, if there is one.
        let shown = model.notices.newest().filter(|shown| shown.weight == Weight::Wrong);
        if let Some(error) = shown.or(model.notices.errors().next()) {
            model.overlays.push(Overlay::Notice { trouble: error.trouble.clone(), scroll: 0 });
        }
        Vec::new()
    },
};

pub const RELOAD: Action = Action {
    id: "reload",
    keys: &["ctrl-r"],
    title: "read again",
    about: "Read specs, runs and the environment again",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        let screen = model.screen;
        [model.begin(), model.show(screen)].concat()
    },
};

pub const MOUSE: Action = Action {
    id: "mouse",
    keys: &["M"],
    title: "mouse",
    about: "Leave the mouse to the terminal, to select text with it; or take it back",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        model.mouse = !model.mouse;
        let whose = if model.mouse { "the workbench's" } else { "the terminal's" };
        model.notices.tell(format!("the mouse is {whose}"));
        Vec::new()
    },
};

pub const SUSPEND: Action = Action {
    id: "suspend",
    keys: &["ctrl-z"],
    title: "suspend",
    about: "Back to the shell; `fg` brings the workbench back",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |_| vec![Effect::Leave(Leave::Suspend)],
};

pub const QUIT: Action = Action {
    id: "quit",
    keys: &["ctrl-c"],
    title: "quit",
    about: "Close the workbench; runs go on without it",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| model.quit(),
};
