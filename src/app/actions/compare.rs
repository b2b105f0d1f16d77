use super::{Action, Group};
use crate::app::{Ask, Model, Overlay, PastRun, Screen, Slot};
use crate::domain::Token;

pub const COMPARE: Action = Action {
    id: "compare",
    keys: &["="],
    title: "compare",
    about: "Compare two marked runs, or the marked one with the selected one, down to the columns of what they made; \
        without a mark, the run with the one of the same use case before it; again, also what is the same",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Runs],
    applies: |model| match model.overlays.last() {
        Some(Overlay::Compared(_)) => Ok(()),
        _ => sides(model).map(drop),
    },
    act: |model| {
        if let Some(Overlay::Compared(compared)) = model.overlays.last_mut() {
            compared.turn_all();
            return Vec::new();
        }
        match sides(model) {
            Ok((old, new)) => {
                model.notices.tell("comparing …");
                vec![model.tasks.ask(Slot::Compare, Ask::Compare { old, new })]
            }
            Err(_) => Vec::new(),
        }
    },
};

/// The older and the newer one.
fn sides(model: &Model) -> Result<(Token, Token), String> {
    let mut runs: Vec<Token> = match model.screen {
        Screen::Runs => model.history.marked.iter().copied().collect(),
        _ => Vec::new(),
    };
    let here = match model.screen {
        Screen::Runs => model.selected_run(),
        _ => model.workflow.live.as_ref().map(|live| &live.past),
    };
    let here = here.ok_or_else(|| "no run is shown".to_owned())?;
    match runs.as_slice() {
        [] => runs.extend([here.run.token, before(model, here)?]),
        [marked] if *marked != here.run.token => runs.push(here.run.token),
        [_] => return Err("it takes two runs: mark another, or go to one".to_owned()),
        [_, _] => {}
        many => return Err(format!("it takes two marked runs, and {} are", many.len())),
    }
    // Tokens are in the order of their times.
    runs.sort_unstable();
    Ok((runs[0], runs[1]))
}

fn before(model: &Model, here: &PastRun) -> Result<Token, String> {
    let all = model.runs.get().into_iter().flat_map(|runs| runs.of(here.run.name.as_str()));
    // A training and a prediction have little to be compared by.
    let alike = all.filter(|past| past.run.use_case == here.run.use_case);
    let before = alike.map(|past| past.run.token).filter(|token| *token < here.run.token).max();
    before.ok_or_else(|| format!("{} has no run before this one", here.run.title()))
}
