use super::{Action, Group};
use crate::app::{LocalDeed, LocalItem, Screen};

pub const BUILD: Action = Action {
    id: "build",
    keys: &["b"],
    title: "build",
    about: "Build the selected image, or all of them; only what changed is built again",
    group: Group::Environment,
    on: &[Screen::Local],
    applies: |model| model.local_is_idle(),
    act: |model| {
        let images = match model.local_item() {
            LocalItem::Image(name) => vec![name],
            _ => Vec::new(),
        };
        model.start(LocalDeed::Build(images).into())
    },
};
