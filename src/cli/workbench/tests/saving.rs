use super::editor::broken;
use super::stage::Stage;
use crate::app::{Deed, Effect, Msg, Outcome, Overlay};

const ODD: &str = "workflows/odd.yaml";

fn on_disk(stage: &Stage) -> String {
    fs_err::read_to_string(stage.file(ODD)).unwrap()
}

fn changed(stage: &mut Stage, text: &str) {
    fs_err::write(stage.file(ODD), text).unwrap();
    stage.tell(Msg::FilesChanged);
    stage.work();
}

/// Else undoing would take back what somebody else has done, and saving would write over it unasked.
#[test]
fn what_somebody_else_has_changed_is_not_undone() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-home").type_in("# mine").press("enter ctrl-s").work();
    changed(&mut stage, "# theirs\n");
    stage.press("alt-z").work();
    assert!(stage.shown().contains("1  # theirs"), "{}", stage.shown());
    assert!(stage.shown().contains("nothing more can be taken back"), "{}", stage.shown());
    stage.press("alt-Z ctrl-s").work();
    assert_eq!(on_disk(&stage), "# theirs\n");
    // What is typed then goes back to theirs, and no farther.
    stage.type_in("x").press("alt-z alt-z").work();
    assert_eq!(stage.model.editor.files[0].buffer.text(), "# theirs\n");
}

/// What was typed is nowhere else, and somebody has read the file in its place on purpose.
#[test]
fn of_what_is_read_in_its_place_only_what_was_typed_comes_back() {
    let mut stage = broken(80, 24, "dark");
    stage.press("ctrl-home").type_in("one two ");
    changed(&mut stage, "# theirs\n");
    stage.press("alt-r y").work();
    stage.press("alt-z alt-z alt-z").work();
    assert!(stage.model.editor.files[0].buffer.text().starts_with("one two "));
}

#[test]
fn what_is_typed_while_a_file_is_saved_is_saved_after_it() {
    let mut stage = broken(80, 24, "dark");
    let saves = |stage: &Stage| {
        let save = |effect: &Effect| match effect {
            Effect::Do { job, deed: Deed::Save(save) } => Some((*job, save.text.to_string())),
            _ => None,
        };
        stage.effects.iter().filter_map(save).collect::<Vec<_>>()
    };
    let end = |stage: &mut Stage, job| stage.tell(Msg::Did { job, ended: Ok(Outcome::Done) });
    stage.press("ctrl-home").type_in("a").press("ctrl-s ctrl-s");
    assert!(stage.shown().contains("it is being saved"), "{}", stage.shown());
    stage.type_in("b").press("ctrl-s");
    assert_eq!(saves(&stage).len(), 1, "one after the other");
    let first = saves(&stage)[0].0;
    end(&mut stage, first);
    assert!(!stage.shown().contains("is saved"), "{}", stage.shown());
    let (job, text) = saves(&stage).pop().unwrap();
    assert!(saves(&stage).len() == 2 && text.starts_with("ab"), "{text}");
    // What nobody has wanted to be saved is not, and that is told.
    stage.type_in("c");
    end(&mut stage, job);
    assert!(stage.shown().contains("is saved, without what was typed since"), "{}", stage.shown());
    assert_eq!(saves(&stage).len(), 2);
}

#[test]
fn no_step_is_made_of_a_query_beside_what_is_not_saved() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.open("workflows/daily_delays.yaml").work().press("ctrl-home").type_in("# mine ");
    let effects = stage.effects.len();
    stage.press("esc 5");
    super::lake::show_tables(&mut stage);
    stage.press("e ctrl-s");
    assert!(matches!(stage.model.overlays.last(), Some(Overlay::Form(_))), "{}", stage.shown());
    stage.press("up ctrl-u").type_in("daily_delays").press("down").type_in("late").press("enter");
    assert!(
        stage.shown().contains("workflows/daily_delays.yaml is not saved: save it first"),
        "{}",
        stage.shown()
    );
    assert!(matches!(stage.model.overlays.last(), Some(Overlay::Form(_))), "what was typed is still there");
    let made = |effect: &Effect| matches!(effect, Effect::Do { deed: Deed::MakeStep(_), .. });
    assert!(!stage.effects[effects..].iter().any(made));
    // Into another one it can be put.
    stage.press("up ctrl-u").type_in("other").press("enter");
    assert!(stage.effects[effects..].iter().any(made), "{}", stage.shown());
}
