use super::{Action, Group};
use crate::app::{LineInput, Overlay, Picker, Screen};

/// Where workflows lie; the name is typed behind it.
const FOLDER: &str = "workflows/";

pub const NEW_WORKFLOW: Action = Action {
    id: "new_workflow",
    keys: &["n"],
    title: "new workflow",
    about: "Begin a workflow with one that works: type its name",
    group: Group::Edit,
    on: &[Screen::Board],
    applies: |_| Ok(()),
    act: |model| {
        // Who thinks better of it is still on the board.
        let effects = model.show_editor();
        let mut picker = Picker::of_typed(model.editor.file_choices());
        picker.filter.input = LineInput::of(FOLDER);
        picker.retyped(model.editor.new_file(FOLDER));
        model.overlays.push(Overlay::Files(picker));
        effects
    },
};
