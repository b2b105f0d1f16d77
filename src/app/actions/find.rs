use super::log::is_shown;
use super::{Action, Group};
use crate::app::{Ask, Effect, Model, Screen, Slot, Wanted};

pub const NEXT: Action = Action {
    id: "next_match",
    keys: &["n"],
    title: "next",
    about: "The next line that was searched for",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Local],
    applies: has_matches,
    act: |model| go(model, false),
};

pub const PREVIOUS: Action = Action {
    id: "previous_match",
    keys: &["N"],
    title: "previous",
    about: "The line before that was searched for",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Local],
    applies: has_matches,
    act: |model| go(model, true),
};

pub const ERROR: Action = Action {
    id: "error",
    keys: &["E"],
    title: "first error",
    about: "The first line of the log that looks like an error; n and N go on from there",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Local],
    applies: is_shown,
    act: |model| model.search_log(Wanted::Error),
};

fn has_matches(model: &Model) -> Result<(), String> {
    let search = &model.log().search;
    match (&search.wanted, search.count) {
        (None, _) => Err("nothing is searched for".to_owned()),
        (Some(_), 0) => Err("nothing was found".to_owned()),
        _ => Ok(()),
    }
}

fn go(model: &mut Model, back: bool) -> Vec<Effect> {
    let log = model.log();
    let from = log.search.at.unwrap_or(log.top);
    model.go_to_found(from, back)
}

impl Model {
    pub(in crate::app) fn search_log(&mut self, wanted: Wanted) -> Vec<Effect> {
        if self.screen == Screen::Local {
            self.local.log.view.look_for(wanted);
            return Vec::new();
        }
        let log = &mut self.workflow.log;
        let Some((run, node, attempt)) = log.of.clone() else { return Vec::new() };
        log.search.start(wanted.clone());
        vec![self.tasks.ask(Slot::LogSearch, Ask::LogSearch { run, node, attempt, wanted, from: 0 })]
    }

    /// What has come since is searched too.
    pub(in crate::app) fn search_on(&mut self) -> Vec<Effect> {
        let log = &self.workflow.log;
        let (searched, from) = log.search.searched;
        let (Some(wanted), Some((run, node, attempt))) = (log.search.wanted.clone(), log.of.clone()) else {
            return Vec::new();
        };
        if !log.search.done || log.length <= searched || self.tasks.waits(Slot::LogSearch) {
            return Vec::new();
        }
        vec![self.tasks.ask(Slot::LogSearch, Ask::LogSearch { run, node, attempt, wanted, from })]
    }
}
