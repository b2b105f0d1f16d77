use super::{Action, Group, always};
use crate::app::{Effect, Leave, Model, Overlay, Screen, Trouble};

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
    keys: &["m", "f2"],
    title: "message",
    about: "Show what is told whole, also errors that were put away or are past; f2 where letters are typed",
    group: Group::Workbench,
    on: &[],
    applies: |model| match message(model) {
        Some(_) => Ok(()),
        None => Err("there is none".to_owned()),
    },
    act: |model| {
        if let Some(trouble) = message(model) {
            model.overlays.push(Overlay::Notice { trouble, scroll: 0 });
        }
        Vec::new()
    },
};

/// That of the line below the screen, if there is one; what is wrong where the cursor is; or the last error.
fn message(model: &Model) -> Option<Trouble> {
    let newest = model.notices.newest().map(|notice| notice.trouble.clone());
    let here = || {
        let file = model.editor.file().filter(|_| model.screen == Screen::Editor)?;
        let problem = file.problem(file.buffer.cursor().0)?;
        let why = Some(problem.help.clone()).filter(|help| !help.is_empty());
        Some(Trouble { why: why.into_iter().collect(), ..Trouble::new(problem.message.clone()) })
    };
    let last = || model.notices.errors().next().map(|error| error.trouble.clone());
    newest.or_else(here).or_else(last)
}

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
