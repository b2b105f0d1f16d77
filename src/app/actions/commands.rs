use super::{Action, Group, always};
use crate::app::{Effect, Model, Overlay};

pub const COMMANDS: Action = Action {
    id: "commands",
    keys: &["@"],
    title: "commands",
    about: "The commands that do what was done here; each can be copied",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        let selected = model.commands.commands().len().saturating_sub(1);
        model.overlays.push(Overlay::Commands { selected });
        Vec::new()
    },
};

impl Model {
    pub(super) fn copy_command(&mut self, at: usize) -> Vec<Effect> {
        let Some(command) = self.commands.commands().get(at).cloned() else { return Vec::new() };
        self.notices.tell("copied");
        vec![Effect::CopyCommand(command)]
    }
}
