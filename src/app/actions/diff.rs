use super::{Action, Group};
use crate::app::{Ask, Model, Screen, Slot};
use crate::domain::Token;

pub const DIFF: Action = Action {
    id: "diff",
    keys: &["d"],
    title: "changes",
    about: "How the project's files differ from those that the run was made of; of two marked runs, how their \
        parameters and files differ",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Runs],
    applies: |model| sides(model).map(drop),
    act: |model| match sides(model) {
        Ok((then, now)) => {
            model.notices.tell("comparing …");
            vec![model.tasks.ask(Slot::Changes, Ask::Changes { then, now })]
        }
        Err(_) => Vec::new(),
    },
};

/// The older and the newer one; without the newer, the files as they are now.
fn sides(model: &Model) -> Result<(Token, Option<Token>), String> {
    let no_run = || "no run is shown".to_owned();
    if model.screen != Screen::Runs {
        let live = model.workflow.live.as_ref().ok_or_else(no_run)?;
        return Ok((live.past.run.token, None));
    }
    let runs: Vec<Token> = model.wanted_runs().iter().map(|past| past.run.token).collect();
    match (model.history.marked.is_empty(), runs.as_slice()) {
        (true, [selected]) => Ok((*selected, None)),
        (true, _) => Err(no_run()),
        (false, [newer, older]) => Ok((*older, Some(*newer))),
        (false, marked) => Err(format!("it takes two marked runs, and {} marked", are(marked.len()))),
    }
}

fn are(number: usize) -> String {
    if number == 1 { "1 is".to_owned() } else { format!("{number} are") }
}
