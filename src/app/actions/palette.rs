use super::{ACTIONS, Action, Group, always};
use crate::app::{Choice, Overlay, Picker};

pub const PALETTE: Action = Action {
    id: "palette",
    keys: &[":", "ctrl-p"],
    title: "all actions",
    about: "Find an action by its name; `:q` quits, `:wq` saves first",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| {
        let offered =
            ACTIONS.iter().filter(|action| action.on.is_empty() || action.on.contains(&model.screen));
        let label = |action: &Action| format!("{}: {}", action.title, action.about);
        let actions = offered.map(|action| (label(action), Choice::Action(action)));
        let own = model.own.iter().enumerate().filter(|(_, command)| command.is_on(model.screen));
        let own =
            own.map(|(index, command)| (format!("{}: {}", command.title, command.run), Choice::Own(index)));
        let items = actions.chain(own).collect();
        model.overlays.push(Overlay::Palette(Picker::new(items)));
        Vec::new()
    },
};
