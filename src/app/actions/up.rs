use super::{Action, Group};
use crate::app::{LocalDeed, Screen};

pub const UP: Action = Action {
    id: "bring_up",
    keys: &["u"],
    title: "up",
    about: "Build what is needed, start the services, wait until they answer",
    group: Group::Environment,
    on: &[Screen::Local],
    applies: |model| model.local_is_idle(),
    act: |model| model.start(LocalDeed::Up.into()),
};
