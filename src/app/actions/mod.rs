//! One verb a file: what it is called, which keys it has, where it applies and why not, and what it does. Keys, palette,
//! help and footer are made from this table.

mod app;
mod artifacts;
mod attempt;
mod back;
mod build;
mod cancel;
mod cell;
mod commands;
mod compare;
mod complete;
mod copy;
mod diff;
mod down;
mod edit;
mod files;
mod filter;
mod find;
mod find_text;
mod fix;
mod follow;
mod fork;
mod go;
mod log;
mod mark;
mod metrics;
mod new_workflow;
mod note;
mod open;
mod palette;
mod pane;
mod problem;
mod query;
mod restart;
mod resume;
mod review;
mod run;
mod run_open;
mod save;
mod screens;
mod shell;
mod sort;
mod themes;
mod undo;
mod up;

use super::{Effect, Model, Screen};

/// Something a person can ask for.
pub struct Action {
    /// As `keys.toml` names it.
    pub id: &'static str,
    /// Its keys, unless `keys.toml` says otherwise.
    pub keys: &'static [&'static str],
    /// A word or two, for the footer.
    pub title: &'static str,
    /// One sentence, for the help.
    pub about: &'static str,
    pub group: Group,
    /// Where its keys mean it; empty: everywhere.
    pub on: &'static [Screen],
    /// Why it cannot be done now.
    pub applies: fn(&Model) -> Result<(), String>,
    pub act: fn(&mut Model) -> Vec<Effect>,
}

impl Action {
    /// Why its key does nothing on a screen that it is not for.
    pub(super) fn elsewhere(&self) -> String {
        let screens: Vec<&str> = self.on.iter().map(|screen| screen.title()).collect();
        format!("{}: only on {}", self.title, screens.join(", "))
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Action({})", self.id)
    }
}

/// Under what the help lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Runs,
    Environment,
    Review,
    Edit,
    Look,
    Move,
    Workbench,
}

impl Group {
    pub const ALL: [Self; 7] =
        [Self::Runs, Self::Environment, Self::Review, Self::Edit, Self::Look, Self::Move, Self::Workbench];

    pub fn title(self) -> &'static str {
        match self {
            Self::Runs => "Runs",
            Self::Environment => "Environment",
            Self::Review => "Reviewing",
            Self::Edit => "Editing",
            Self::Look => "Looking",
            Self::Move => "Moving",
            Self::Workbench => "Workbench",
        }
    }
}

/// All of them, in the order of the help.
pub static ACTIONS: &[&Action] = &[
    &run::RUN,
    &run::CONTINUE,
    &run::FROM_HERE,
    &run::ONLY_THIS,
    &run_open::RUN_OPEN,
    &run_open::CONTINUE_OPEN,
    &resume::RESUME,
    &fork::FORK,
    &cancel::CANCEL,
    &note::PIN,
    &note::NOTE,
    &note::ALIAS,
    &query::ASK,
    &query::QUERY,
    &query::PARAMS,
    &query::MAKE_STEP,
    &build::BUILD,
    &up::UP,
    &restart::RESTART,
    &down::DOWN,
    &down::DOWN_WITH_VOLUMES,
    &fix::FIX,
    &shell::SHELL,
    &review::APPROVE,
    &review::PROMOTE,
    &review::RERUN,
    &review::REQUEST,
    &review::COMMENT,
    &review::ANSWER,
    &review::FETCH,
    &review::NEXT_CHANGE,
    &review::PREVIOUS_CHANGE,
    &edit::EDIT,
    &diff::DIFF,
    &metrics::FIRST_BREACH,
    &metrics::ALL,
    &compare::COMPARE,
    &artifacts::OF_RUN,
    &edit::ELSEWHERE,
    &save::SAVE,
    &complete::COMPLETE,
    &follow::GO_TO,
    &follow::GO_BACK,
    &problem::NEXT_PROBLEM,
    &problem::PREVIOUS_PROBLEM,
    &find_text::FIND_TEXT,
    &find_text::FIND_NEXT,
    &find_text::FIND_PREVIOUS,
    &undo::UNDO,
    &undo::REDO,
    &undo::COPY_SELECTED,
    &files::FILES,
    &files::CLOSE_FILE,
    &new_workflow::NEW_WORKFLOW,
    &save::READ_AGAIN,
    &save::OVERWRITE,
    &open::OPEN,
    &back::BACK,
    &filter::FILTER,
    &sort::SORT,
    &mark::MARK,
    &find::NEXT,
    &find::PREVIOUS,
    &find::ERROR,
    &attempt::EARLIER,
    &attempt::LATER,
    &log::FOLLOW,
    &log::WRAP,
    &log::TIMES,
    &pane::FULL,
    &copy::COPY,
    &artifacts::PAGE,
    &artifacts::DESKTOP,
    &go::UP,
    &go::DOWN,
    &go::LEFT,
    &go::RIGHT,
    &cell::PREVIOUS,
    &cell::NEXT,
    &go::PAGE_UP,
    &go::PAGE_DOWN,
    &go::TOP,
    &go::BOTTOM,
    &pane::NEXT_PANE,
    &pane::PREVIOUS_PANE,
    &pane::NEXT_TAB,
    &pane::PREVIOUS_TAB,
    &screens::BOARD,
    &screens::WORKFLOW,
    &screens::RUNS,
    &screens::ARTIFACTS,
    &screens::LAKE,
    &screens::LOCAL,
    &screens::EDITOR,
    &metrics::METRICS,
    &review::REVIEW,
    &palette::PALETTE,
    &app::HELP,
    &commands::COMMANDS,
    &themes::THEMES,
    &app::NOTICE,
    &app::RELOAD,
    &app::MOUSE,
    &app::SUSPEND,
    &back::QUIT_OR_BACK,
    &app::QUIT,
];

pub fn action(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id).copied()
}

/// So many has the footer at least, and at most.
const FEW: usize = 5;
const MANY: usize = 7;

/// Can be done anywhere, where a screen has little to do itself.
const ANYWHERE: [&str; 4] = ["palette", "commands", "themes", "help"];

/// The five to seven that matter where the person is, with their titles: the first of the screen's own that can be done
/// now, and its last. Over a screen, what lies there has its own.
pub fn footer(model: &Model) -> Vec<(&'static Action, &'static str)> {
    if let Some(overlay) = model.overlays.last() {
        return overlay.footer().iter().filter_map(|(id, title)| Some((action(id)?, *title))).collect();
    }
    let can = |id: &&str| action(id).filter(|action| (action.applies)(model).is_ok());
    let mut shown: Vec<_> = (model.screen.manners().footer)(model).iter().filter_map(can).collect();
    if shown.len() > MANY {
        shown.drain(MANY - 1..shown.len() - 1);
    }
    for action in ANYWHERE.iter().filter_map(can) {
        if shown.len() < FEW && shown.iter().all(|other| other.id != action.id) {
            shown.push(action);
        }
    }
    shown.into_iter().map(|action| (action, action.title)).collect()
}

fn always(_: &Model) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_named_once_and_every_footer_names_those_that_are() {
        let mut ids: Vec<&str> = ACTIONS.iter().map(|action| action.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        let mut model = crate::app::testing::model();
        for screen in Screen::ALL {
            model.screen = screen;
            assert!((5..=7).contains(&footer(&model).len()), "{screen:?}");
        }
    }
}
