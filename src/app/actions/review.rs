use super::{Action, Group, always};
use crate::app::{Command, Effect, Leave, ReviewTab, Screen, Slot};

pub const REVIEW: Action = Action {
    id: "review",
    keys: &["9"],
    title: "review",
    about: "What waits for a review, and all that a package changes",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| {
        model.look_for_own_track();
        super::screens::jump(model, Screen::Review)
    },
};

pub const APPROVE: Action = Action {
    id: "approve",
    keys: &["A"],
    title: "approve",
    about: "Approve this package: its commit onto this base, and no other",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| model.may_approve(),
    act: |model| model.ask_to_approve(),
};

pub const PROMOTE: Action = Action {
    id: "promote",
    keys: &["P"],
    title: "promote",
    about: "Merge what was approved, and only that, to the branch that stage runs",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| model.may_promote(),
    act: |model| model.ask_to_promote(),
};

pub const RERUN: Action = Action {
    id: "rerun",
    keys: &["r"],
    title: "rerun",
    about: "Run the package here on a copy of your lake, and compare with what it did where it was sealed; it has the \
        terminal until its end, or ctrl-c",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| {
        model.has_package()?;
        match model.local.lost {
            true => Err("no container engine answers".to_owned()),
            false => Ok(()),
        }
    },
    act: |model| {
        let Ok(track) = model.reviewed().map(|look| look.track.id.to_string()) else { return Vec::new() };
        let words =
            ["review", "rerun", track.as_str(), "--env", model.env.as_str()].map(str::to_owned).to_vec();
        model.review.chosen = true;
        model.commands.add(Command::Words(words.clone()));
        vec![Effect::Leave(Leave::Command(words))]
    },
};

pub const REQUEST: Action = Action {
    id: "request_changes",
    keys: &["R"],
    title: "request changes",
    about: "Say what has to change before it can be approved",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| model.may_request(),
    act: |model| model.ask_for_request(),
};

pub const COMMENT: Action = Action {
    id: "comment",
    keys: &["c"],
    title: "comment",
    about: "Say something: in the code, about the line; anywhere else, about the whole",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| model.reviewed().map(drop),
    act: |model| model.ask_for_comment(),
};

pub const ANSWER: Action = Action {
    id: "answer",
    keys: &["a"],
    title: "answer",
    about: "Answer what was said: in the code, or among the comments",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| model.remark().map(drop),
    act: |model| model.ask_for_answer(),
};

pub const FETCH: Action = Action {
    id: "fetch",
    keys: &["u"],
    title: "fetch",
    about: "Ask the remote what there is now",
    group: Group::Review,
    on: &[Screen::Review],
    applies: |model| match model.tasks.waits(Slot::Tracks) {
        true => Err("the remote is being asked".to_owned()),
        false => Ok(()),
    },
    act: |model| vec![model.ask_tracks(true)],
};

pub const NEXT_CHANGE: Action = Action {
    id: "next_change",
    keys: &["n"],
    title: "next change",
    about: "To what changed next, in the code or in the specs",
    group: Group::Review,
    on: &[Screen::Review],
    applies: is_diff,
    act: |model| {
        if !model.review.go_to_change(false) {
            model.notices.tell("this is the last change");
        }
        Vec::new()
    },
};

pub const PREVIOUS_CHANGE: Action = Action {
    id: "previous_change",
    keys: &["N"],
    title: "change before",
    about: "To what changed before that",
    group: Group::Review,
    on: &[Screen::Review],
    applies: is_diff,
    act: |model| {
        if !model.review.go_to_change(true) {
            model.notices.tell("this is the first change");
        }
        Vec::new()
    },
};

fn is_diff(model: &crate::app::Model) -> Result<(), String> {
    match model.review.tab {
        ReviewTab::Code | ReviewTab::Specs => Ok(()),
        _ => Err("only in the code and the specs".to_owned()),
    }
}
