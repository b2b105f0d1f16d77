use super::{Action, Group};
use crate::app::Screen;

pub const METRICS: Action = Action {
    id: "metrics",
    keys: &["8"],
    title: "metrics",
    about: "Figures of the workflow's runs over time, and which run first broke what is asked of them",
    group: Group::Move,
    on: &[],
    applies: |model| match model.screen == Screen::Metrics || model.selected_workflow().is_some() {
        true => Ok(()),
        false => Err("there is no workflow".to_owned()),
    },
    act: |model| {
        // By its number one comes from nowhere, but from what is looked at one comes from there.
        if model.screen != Screen::Metrics {
            model.trail.push(model.screen);
        }
        model.show_metrics()
    },
};

pub const ALL: Action = Action {
    id: "all_metrics",
    keys: &["a"],
    title: "all algorithms",
    about: "The figures of all workflows and blueprints in one chart, or of one again",
    group: Group::Look,
    on: &[Screen::Metrics],
    applies: super::always,
    act: |model| {
        model.metrics.all = !model.metrics.all;
        model.ask_metrics()
    },
};

pub const FIRST_BREACH: Action = Action {
    id: "first_breach",
    keys: &["b"],
    title: "first that broke it",
    about: "To the run that first broke the figure's threshold, the last time it was broken",
    group: Group::Look,
    on: &[Screen::Metrics],
    applies: |model| match model.metrics.look.get().is_some_and(|look| !look.breaches.is_empty()) {
        true => Ok(()),
        false => Err("no run has broken a threshold".to_owned()),
    },
    act: |model| {
        if !model.metrics.go_to_breach() {
            model.notices.tell("no run has broken what is asked of this figure");
        }
        Vec::new()
    },
};
