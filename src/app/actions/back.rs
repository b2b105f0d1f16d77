use super::{Action, Group, always};
use crate::app::{Effect, LakePane, Model, Overlay, Screen, Weight};

pub const BACK: Action = Action {
    id: "back",
    keys: &["esc"],
    title: "back",
    about: "Out exactly one level; never quits",
    group: Group::Move,
    on: &[],
    applies: always,
    act: |model| out(model).unwrap_or_default(),
};

pub const QUIT_OR_BACK: Action = Action {
    id: "quit_or_back",
    keys: &["q"],
    title: "back or quit",
    about: "Out one level, and from the outermost one out of the workbench",
    group: Group::Workbench,
    on: &[],
    applies: always,
    act: |model| match out(model) {
        Some(effects) => effects,
        None => model.quit(),
    },
};

/// None: there is nothing to come out of.
fn out(model: &mut Model) -> Option<Vec<Effect>> {
    if let Some(overlay) = model.overlays.pop() {
        if let Overlay::Themes { before, .. } = overlay {
            model.theme = before;
        } else if let Overlay::Notice { trouble, .. } = overlay {
            model.notices.put_error_away(&trouble);
        } else if let Overlay::Form(form) = &overlay {
            model.keep_unsaid(form);
        } else if matches!(overlay, Overlay::Rows) {
            return Some(model.stop_query().unwrap_or_default());
        }
        return Some(Vec::new());
    }
    // It lies over the last line, and says that this key puts it away.
    if model.notices.newest().is_some_and(|notice| notice.weight != Weight::Told) {
        return model.notices.put_away().then(Vec::new);
    }
    if let Some(effects) = (model.screen.manners().out)(model) {
        return Some(effects);
    }
    match model.trail.pop() {
        Some(screen) => model.screen = screen,
        None if model.screen != Screen::Board => model.screen = Screen::Board,
        None => return None,
    }
    // The next digit is meant for a screen, and not for the query.
    if model.screen == Screen::Lake && model.typing().is_some() {
        model.lake.pane = LakePane::Detail;
    }
    Some(Vec::new())
}
