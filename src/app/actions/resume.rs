use super::cancel::{run, word};
use super::{Action, Group};
use crate::app::{Deed, Screen};
use crate::domain::Status;

pub const RESUME: Action = Action {
    id: "resume",
    keys: &["C"],
    title: "resume",
    about: "The same run goes on, with the files as they were when it started",
    group: Group::Runs,
    on: &[Screen::Workflow, Screen::Runs],
    applies: |model| match run(model) {
        Some((_, Status::Interrupted | Status::Failed | Status::Cancelled)) => {
            model.refuse_foreign("it is not gone on with")
        }
        Some((token, status)) => Err(format!("run {} {}", token.short(), word(status))),
        None => Err("no run is shown".to_owned()),
    },
    act: |model| {
        let Some((token, _)) = run(model) else { return Vec::new() };
        // It is another row from here on, and a filter may hide it: what goes on is looked at.
        let shown = match model.screen {
            Screen::Runs => model.selected_run().cloned().map(|past| model.open_run(&past)),
            _ => None,
        };
        [shown.unwrap_or_default(), model.start(Deed::Resume(token))].concat()
    },
};
