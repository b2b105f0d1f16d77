use super::{Action, Group, always};
use crate::app::{Overlay, Picker};

pub const THEMES: Action = Action {
    id: "themes",
    keys: &["T"],
    title: "themes",
    about: "Choose how the workbench looks; each is shown as it is pointed at",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        let items: Vec<_> = model.themes.iter().map(|name| (name.clone(), name.clone())).collect();
        let selected = model.themes.iter().position(|name| *name == model.theme).unwrap_or(0);
        let mut picker = Picker::new(items);
        picker.selected = selected;
        model.overlays.push(Overlay::Themes { picker, before: model.theme.clone() });
        Vec::new()
    },
};
