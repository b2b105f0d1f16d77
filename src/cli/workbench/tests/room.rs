//! What is longer than its line.

use super::editor::broken;
use super::stage::Stage;
use crate::app::{Msg, Overlay, Trouble};
use crate::domain::{RunEvent, Status, scene};

#[test]
fn what_has_no_room_is_shown_whole() {
    let mut stage = broken(80, 24, "dark");
    stage.type_in("x");
    fs_err::write(stage.file("workflows/odd.yaml"), "# theirs\n").unwrap();
    stage.tell(Msg::FilesChanged);
    stage.work().press("ctrl-s");
    assert!(
        stage.shown().contains("… (f2: all of it)") || stage.shown().contains("…  (f2: all of it)"),
        "{}",
        stage.shown()
    );
    stage.press("f2");
    let shown = stage.shown();
    assert!(matches!(stage.model.overlays.last(), Some(Overlay::Notice { .. })), "{shown}");
    assert!(shown.contains("alt-w writes over it"), "{shown}");
    // Where nothing is told, what is wrong at the cursor is.
    stage.press("esc alt-r y").work().press("left f2");
    let told = stage.model.editor.files[0].problem(0).map(|problem| problem.message.clone());
    let Some(Overlay::Notice { trouble, .. }) = stage.model.overlays.last() else {
        panic!("{}", stage.shown())
    };
    assert_eq!(Some(&trouble.what), told.as_ref());
}

#[test]
fn the_message_of_an_error_and_its_keys_fit_the_line() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.tell(Msg::Failed(Trouble::new("long ".repeat(30))));
    assert!(stage.shown().contains("…  (m: all of it, esc: put away)"), "{}", stage.shown());
}

#[test]
fn a_warning_is_seen_whole_until_it_is_put_away_or_something_else_is_started() {
    let mut stage = Stage::new(80, 24, "dark");
    let told = "extract, preprocess are taken over though their files, spec or image have changed since: run from \
                there to have them count";
    let is_seen = |stage: &Stage| {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        words(&stage.shown()).contains(&format!("! {told} (esc: put away)"))
    };
    stage.tell(Msg::Warned(told.to_owned()));
    assert!(is_seen(&stage), "{}", stage.shown());
    stage.press("j");
    assert!(is_seen(&stage), "{}", stage.shown());
    stage.press("esc");
    assert!(!stage.shown().contains("taken over though"), "{}", stage.shown());
    stage.tell(Msg::Warned(told.to_owned()));
    stage.press("k r enter");
    assert!(!super::loops::deeds(&stage).is_empty(), "{}", stage.shown());
    assert!(!stage.shown().contains("taken over though"), "{}", stage.shown());
}

#[test]
fn the_end_of_a_long_value_and_what_is_wrong_with_it_are_seen() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("r ctrl-u").type_in(&format!("{}the end", "long ".repeat(30)));
    let shown = stage.shown();
    assert!(shown.contains("the end  date") && shown.contains("the end` is not a date"), "{shown}");
    let (x, _) = stage.cursor();
    assert!(x < 79, "{x}");
    stage.press("home");
    assert!(!stage.shown().contains("the end  date"), "{}", stage.shown());
}

#[test]
fn why_a_step_failed_goes_on_below() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    let told = serde_json::to_string(&scene::sql_error_run()).unwrap();
    let long =
        "output `d` at d: a file is promised, but it is a folder, in which nothing is that could be one";
    let told = told.replace("no column `carier` in lake.flights", long);
    stage.show_run(Status::Failed, &serde_json::from_str::<Vec<RunEvent>>(&told).unwrap());
    let shown = stage.shown();
    assert!(shown.contains("output `d` at d: a file is promised") && shown.contains("│be one"), "{shown}");
}
