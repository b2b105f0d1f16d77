use super::{Action, Group};
use crate::app::{Confirm, Deed, Model, Overlay, Screen};
use crate::domain::{Status, Token};

pub const CANCEL: Action = Action {
    id: "cancel",
    keys: &["x"],
    title: "cancel",
    about: "Stop the run, or all marked ones; their steps may clean up",
    group: Group::Runs,
    on: &[Screen::Workflow, Screen::Runs],
    applies: |model| match (going(model).as_slice(), wanted(model).as_slice()) {
        ([_], [_]) => model.refuse_foreign("it is not stopped from here"),
        ([_, ..], _) => Ok(()),
        ([], [(token, status)]) => Err(format!("run {} is not running: it {}", token.short(), word(*status))),
        ([], []) => Err("no run is shown".to_owned()),
        ([], _) => Err("none of the marked runs is running".to_owned()),
    },
    act: |model| {
        let runs = going(model);
        let named: Vec<String> = runs.iter().map(Token::short).collect();
        let question = match named.as_slice() {
            [one] => format!("Stop run {one}?"),
            all => format!("Stop {} runs: {}?", all.len(), all.join(", ")),
        };
        let deeds = runs.into_iter().map(Deed::Cancel).collect();
        model.overlays.push(Overlay::Confirm(Confirm { question, deeds, name: None }));
        Vec::new()
    },
};

/// All that are marked, or the one that is looked at.
fn wanted(model: &Model) -> Vec<(Token, Status)> {
    match model.screen {
        Screen::Runs => model.wanted_runs().into_iter().map(|past| (past.run.token, past.status())).collect(),
        _ => run(model).into_iter().collect(),
    }
}

/// Those of them that can be stopped.
fn going(model: &Model) -> Vec<Token> {
    let goes = |status: &Status| matches!(status, Status::Running | Status::Interrupted);
    wanted(model).into_iter().filter(|(_, status)| goes(status)).map(|(token, _)| token).collect()
}

/// The run that is looked at, or pointed at, as it stands.
pub(super) fn run(model: &Model) -> Option<(Token, Status)> {
    match model.screen {
        // Of the editor only who goes on with the run that was looked at asks this.
        Screen::Workflow | Screen::Editor => {
            model.workflow.live.as_ref().map(|live| (live.past.run.token, live.status()))
        }
        _ => model.selected_run().map(|past| (past.run.token, past.status())),
    }
}

pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::Cancelled => "was cancelled",
        Status::Interrupted => "was interrupted",
        Status::Running => "is running",
        other => other.as_str(),
    }
}
