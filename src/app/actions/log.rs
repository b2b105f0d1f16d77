use super::{Action, Group};
use crate::app::{LogView, Model, Screen, Tab};

pub const FOLLOW: Action = Action {
    id: "follow",
    keys: &["s"],
    title: "follow",
    about: "Stay at the end of the log as it grows, or stand still",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Local],
    applies: is_shown,
    act: |model| {
        let page = model.seen.page;
        let log = model.log_mut();
        match log.follow {
            true => {
                let first = log.first(page);
                log.top = log.window.lines.get(first).map_or(0, |line| line.offset);
                log.follow = false;
                Vec::new()
            }
            false => {
                log.follow = true;
                model.ask_log()
            }
        }
    },
};

pub const WRAP: Action = Action {
    id: "wrap",
    keys: &["w"],
    title: "wrap",
    about: "Long lines go on below, or are cut",
    group: Group::Look,
    on: &[Screen::Workflow, Screen::Local],
    applies: is_shown,
    act: |model| {
        let log = model.log_mut();
        log.wrap = !log.wrap;
        Vec::new()
    },
};

pub const TIMES: Action = Action {
    id: "times",
    keys: &["t"],
    title: "times",
    about: "When each line came",
    group: Group::Look,
    on: &[Screen::Workflow],
    applies: is_shown,
    act: |model| {
        model.workflow.log.times = !model.workflow.log.times;
        Vec::new()
    },
};

pub(super) fn is_shown(model: &Model) -> Result<(), String> {
    if model.screen == Screen::Local {
        return model
            .local_log()
            .map(drop)
            .ok_or_else(|| "no log is shown: select a service that is up".to_owned());
    }
    match (model.workflow.tab, &model.workflow.log.of) {
        (Tab::Log, Some(_)) => Ok(()),
        (Tab::Log, None) => Err("the step has no log yet".to_owned()),
        _ => Err("no log is shown".to_owned()),
    }
}

impl Model {
    /// The log that keys act on.
    pub(in crate::app) fn log(&self) -> &LogView {
        if self.screen == Screen::Local { &self.local.log.view } else { &self.workflow.log }
    }

    pub(in crate::app) fn log_mut(&mut self) -> &mut LogView {
        if self.screen == Screen::Local { &mut self.local.log.view } else { &mut self.workflow.log }
    }
}
