use super::save::file;
use super::{Action, Group};
use crate::app::{LakePane, Screen};

pub const COMPLETE: Action = Action {
    id: "complete",
    keys: &["ctrl-space"],
    title: "complete",
    about: "What can be typed here: keys, operators, tables, columns, steps; tab or enter takes it",
    group: Group::Edit,
    on: &[Screen::Editor, Screen::Lake],
    applies: |model| match model.screen {
        Screen::Lake if model.lake.pane == LakePane::Query => Ok(()),
        Screen::Lake => Err("the cursor is in no query: e writes one".to_owned()),
        _ => file(model).map(drop),
    },
    act: |model| {
        let offered = match model.screen {
            Screen::Lake => {
                model.offer_in_query();
                &model.lake.completion
            }
            _ => {
                model.editor.offer(true);
                &model.editor.completion
            }
        };
        if offered.is_none() {
            model.notices.tell("nothing is known that could stand here");
        }
        Vec::new()
    },
};
