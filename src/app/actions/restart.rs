use super::{Action, Group};
use crate::app::{Confirm, LocalDeed, LocalItem, Model, Overlay, Screen};
use crate::domain::Name;

pub const RESTART: Action = Action {
    id: "restart",
    keys: &["R"],
    title: "restart",
    about: "Make the selected service anew, as greenroom.yaml has it now; its volumes stay",
    group: Group::Environment,
    on: &[Screen::Local],
    applies: |model| match model.local_item() {
        LocalItem::Service(_) => model.local_is_idle(),
        _ => Err("no service is selected".to_owned()),
    },
    act: |model| match model.local_item() {
        LocalItem::Service(name) if holds_data(model, &name) => {
            let question =
                format!("Make {name} anew? It has no volume: what it keeps in its container is lost.");
            let confirm = Confirm::new(question, LocalDeed::Restart(name).into());
            model.overlays.push(Overlay::Confirm(confirm));
            Vec::new()
        }
        LocalItem::Service(name) => model.start(LocalDeed::Restart(name).into()),
        _ => Vec::new(),
    },
};

/// Its container is all that it can keep anything in.
fn holds_data(model: &Model, name: &Name) -> bool {
    let services = model.project.get().map(|project| &project.services);
    let without = services.and_then(|all| all.get(name)).is_some_and(|service| service.volumes.is_empty());
    let made = model.health.get().into_iter().flat_map(|status| &status.services);
    without && made.into_iter().any(|service| service.name == *name && service.container.is_some())
}
