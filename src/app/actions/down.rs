use super::{Action, Group};
use crate::app::{Confirm, LineInput, LocalDeed, Overlay, Screen, TypedName};
use crate::domain::LocalStatus;

pub const DOWN: Action = Action {
    id: "take_down",
    keys: &["d"],
    title: "down",
    about: "Stop and remove the services; their volumes stay",
    group: Group::Environment,
    on: &[Screen::Local],
    applies: |model| model.local_is_idle(),
    act: |model| {
        let question = "Stop and remove the services? Their volumes stay.";
        let confirm = Confirm::new(question, LocalDeed::Down { volumes: false }.into());
        model.overlays.push(Overlay::Confirm(confirm));
        Vec::new()
    },
};

pub const DOWN_WITH_VOLUMES: Action = Action {
    id: "take_down_with_volumes",
    keys: &["D"],
    title: "down with data",
    about: "Stop and remove the services, and their volumes with all data",
    group: Group::Environment,
    on: &[Screen::Local],
    applies: |model| match model.project.get() {
        Some(_) => model.local_is_idle(),
        None => Err("the project has not been read".to_owned()),
    },
    act: |model| {
        let Some(project) = model.project.get() else { return Vec::new() };
        let name = project.name.to_string();
        let lost = match model.health.get().map(made).as_deref() {
            None => "Which there are is not known now; all data in them is lost.".to_owned(),
            Some([]) => "There are no volumes now.".to_owned(),
            Some(names) => format!("All data in {} is lost.", names.join(", ")),
        };
        let question = format!(
            "Remove the services and their volumes? {lost} To do it, type the project's name: {name}"
        );
        let confirm = Confirm::new(question, LocalDeed::Down { volumes: true }.into());
        let name = Some(TypedName { name, input: LineInput::default() });
        model.overlays.push(Overlay::Confirm(Confirm { name, ..confirm }));
        Vec::new()
    },
};

/// The names of the volumes that there are.
fn made(status: &LocalStatus) -> Vec<&str> {
    status.volumes.iter().filter(|volume| volume.made).map(|volume| volume.name.as_str()).collect()
}
