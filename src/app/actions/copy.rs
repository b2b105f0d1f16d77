use super::{Action, Group, always};
use crate::app::{Effect, Model, Overlay};

pub const COPY: Action = Action {
    id: "copy",
    keys: &["y"],
    title: "copy",
    about: "To the clipboard: the run, the path, the line, the message; and yes to a question",
    group: Group::Look,
    on: &[],
    applies: always,
    act: |model| {
        if let Some(effects) = model.confirm() {
            return effects;
        }
        if let Some(Overlay::Commands { selected }) = model.overlays.last() {
            let selected = *selected;
            return model.copy_command(selected);
        }
        match text(model).filter(|text| !text.trim().is_empty()) {
            Some(text) => {
                model.notices.tell("copied");
                vec![Effect::Copy(text)]
            }
            None => {
                model.notices.tell("there is nothing to copy here");
                Vec::new()
            }
        }
    },
};

fn text(model: &Model) -> Option<String> {
    if let Some(Overlay::Notice { trouble, .. }) = model.overlays.last() {
        return Some(trouble.text());
    }
    if let Some(Overlay::Compared(compared)) = model.overlays.last() {
        return Some(compared.text());
    }
    (model.screen.manners().text)(model)
}
