use super::{Action, Group, always};
use crate::app::{Choice, Confirm, Deed, Effect, FileChoice, Model, Msg, Overlay, update};

pub const OPEN: Action = Action {
    id: "open",
    keys: &["enter"],
    title: "open",
    about: "Go in, or take what is chosen",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| match model.overlays.pop() {
        Some(overlay) => take(model, overlay),
        None => (model.screen.manners().enter)(model),
    },
};

fn take(model: &mut Model, overlay: Overlay) -> Vec<Effect> {
    match overlay {
        // What editors have taught hands.
        Overlay::Palette(picker) if matches!(picker.filter.text().trim(), "q" | "qa" | "q!") => model.quit(),
        Overlay::Palette(picker) if matches!(picker.filter.text().trim(), "wq" | "x") => {
            model.save_all_and_quit()
        }
        Overlay::Files(picker) => match picker.chosen().cloned() {
            Some(FileChoice::Known(path)) => model.turn_to_file(path),
            Some(FileChoice::New(path)) => model.begin_file(path),
            Some(FileChoice::No(why)) => {
                model.notices.tell(why);
                model.overlays.push(Overlay::Files(picker));
                Vec::new()
            }
            None => Vec::new(),
        },
        Overlay::Palette(picker) => match picker.chosen().copied() {
            Some(Choice::Action(action)) => update(model, Msg::Act(action)),
            Some(Choice::Elsewhere(action)) => update(model, Msg::Elsewhere(vec![action])),
            Some(Choice::Own(index)) => update(model, Msg::Own(index)),
            None => {
                model.notices.tell(format!("there is no action `{}`", picker.filter.text().trim()));
                model.overlays.push(Overlay::Palette(picker));
                Vec::new()
            }
        },
        Overlay::Themes { picker, before } => {
            model.theme = picker.chosen().cloned().unwrap_or(before);
            vec![Effect::Keep(model.theme.clone())]
        }
        Overlay::Form(mut form) => match model.submit(&form) {
            Ok(effects) => effects,
            Err(wrong) => {
                (form.selected, form.tried) = (wrong, true);
                model.overlays.push(Overlay::Form(form));
                Vec::new()
            }
        },
        // What destroys is never done by enter alone.
        Overlay::Confirm(confirm) if confirm.is_named() => model.start_all(confirm.deeds),
        Overlay::Confirm(confirm) => {
            if let Some(typed) = &confirm.name {
                model.notices.tell(typed.refused());
            }
            model.overlays.push(Overlay::Confirm(confirm));
            Vec::new()
        }
        Overlay::Discard(discard) => model.ask_to_discard(discard),
        Overlay::Commands { selected } => model.copy_command(selected),
        Overlay::Compared(mut compared) => {
            compared.fold(None);
            model.overlays.push(Overlay::Compared(compared));
            Vec::new()
        }
        Overlay::Help { .. } | Overlay::Diff { .. } | Overlay::Rows => Vec::new(),
        Overlay::Notice { trouble, .. } => {
            model.notices.put_error_away(&trouble);
            Vec::new()
        }
    }
}

impl Model {
    fn start_all(&mut self, deeds: Vec<Deed>) -> Vec<Effect> {
        deeds.into_iter().flat_map(|deed| self.start(deed)).collect()
    }

    /// `y` where something waits for it.
    pub(super) fn confirm(&mut self) -> Option<Vec<Effect>> {
        let waits = |last: &mut Overlay| {
            matches!(last, Overlay::Confirm(Confirm { name: None, .. }) | Overlay::Discard(_))
        };
        match self.overlays.pop_if(waits)? {
            Overlay::Confirm(confirm) => Some(self.start_all(confirm.deeds)),
            Overlay::Discard(discard) => Some(self.discard(discard)),
            _ => None,
        }
    }
}
