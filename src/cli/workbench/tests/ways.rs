//! From one screen to another, and back.

use super::loops::deeds;
use super::stage::{Stage, runs};
use crate::app::{Answer, Deed, Effect, Msg, Screen, Slot};
use crate::domain::Status;
use crate::domain::scene;

/// Whoever jumped about is out with one key; whoever went in comes out where they went in.
#[test]
fn a_jump_makes_the_way_back_short() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("5 esc 1 5 tab tab esc 3 6 4 esc");
    assert_eq!(stage.model.screen, Screen::Board);
    stage.press("3 enter");
    assert_eq!(stage.model.screen, Screen::Workflow);
    assert_eq!(stage.press("esc").model.screen, Screen::Runs);
    assert_eq!(stage.press("esc").model.screen, Screen::Board);
}

#[test]
fn what_is_to_be_mended_is_edited_where_it_failed() {
    let mut stage = Stage::new(80, 24, "dark");
    assert!(stage.shown().contains("mend what failed in run 3f2a"), "{}", stage.shown());
    fs_err::write(stage.file("sql/delays.sql"), "SELECT 1\n").unwrap();
    stage.press("e");
    assert_eq!(stage.model.screen, Screen::Workflow, "only the run tells the place");
    let events = [scene::sql_error_run(), scene::failed_run().split_off(15)].concat();
    stage.show_run(Status::Failed, &events);
    stage.show_log(&["x"]);
    stage.work();
    let here = stage.model.here().unwrap();
    assert_eq!((here.path.as_str(), here.row, here.letter), ("sql/delays.sql", 0, 7), "{}", stage.shown());
    assert_eq!(stage.press("esc").model.screen, Screen::Workflow);
    assert_eq!(stage.press("esc").model.screen, Screen::Board);
}

/// The log tells it where the reason does not.
#[test]
fn the_end_of_the_log_is_waited_for() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("report.py"), "a\nb\nc\n").unwrap();
    stage.press("e");
    stage.show_run(Status::Failed, &scene::failed_run());
    assert_eq!(stage.model.screen, Screen::Workflow);
    let end = ["Traceback (most recent call last):", "  File \"/project/report.py\", line 3, in <module>"];
    stage.show_log(&[end[0], end[1], "    c", "KeyError: 'carrier'"]);
    stage.work();
    let here = stage.model.here().unwrap();
    assert_eq!((here.path.as_str(), here.row), ("report.py", 2), "{}", stage.shown());
}

#[test]
fn who_does_something_else_meanwhile_is_not_taken_to_the_failure() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("e k");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&["x"]);
    assert_eq!(stage.model.screen, Screen::Workflow);
}

/// `r` on the Board would run the one that was selected before.
#[test]
fn a_new_workflow_is_the_one_that_is_selected() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("n").work();
    stage.type_in("sales").press("enter").work();
    stage.press("ctrl-s").work();
    stage.read_project();
    stage.press("esc");
    assert_eq!(stage.model.screen, Screen::Board);
    assert_eq!(stage.model.selected_workflow().unwrap().name, "sales");
    // Only once.
    stage.press("g").tell(Msg::FilesChanged);
    stage.read_project();
    assert_eq!(stage.model.selected_workflow().unwrap().name, "daily_delays");
}

/// A name that is like another's is a name of its own.
#[test]
fn a_new_name_comes_before_those_that_are_like_it() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("n").work();
    stage.type_in("daily").press("enter").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/daily.yaml");
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("n").work();
    stage.type_in("daily_delays").press("enter").work();
    assert_eq!(stage.model.here().unwrap().path, "workflows/daily_delays.yaml");
    assert!(!stage.model.editor.any_unsaved());
}

/// A filter by what it was would hide it from the moment on in which it runs.
#[test]
fn who_resumes_a_run_in_a_list_goes_to_it() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("3 /").type_in("cancelled").press("enter C");
    let token = runs(&[Status::Running; 3]).runs[2].run.token;
    assert_eq!(deeds(&stage), [&Deed::Resume(token)]);
    assert_eq!((stage.model.screen, stage.model.workflow.run), (Screen::Workflow, Some(token)));
    stage.tell(Msg::RunsChanged);
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Failed, Status::Succeeded, Status::Running]))));
    assert_eq!(stage.press("esc").model.screen, Screen::Runs);
}

/// What a step reads is pointed at like what it made, by where it lies on this machine.
#[test]
fn the_inputs_of_a_step_are_gone_to() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Succeeded, &scene::good_run());
    while stage.model.workflow.node().unwrap().step.as_str() != "report" {
        stage.press("k");
    }
    stage.press("tab ]");

    let run = "/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a";
    stage.press("y");
    let copied = |below: &str| Some(Effect::Copy(format!("{run}/{below}")));
    assert_eq!(stage.effects.last().cloned(), copied("delays/delays.parquet"));
    stage.press("j y");
    assert_eq!(stage.effects.last().cloned(), copied("report/report.html"));
    stage.press("j j j k k enter");
    assert_eq!(stage.model.screen, Screen::Artifacts);
    let folder = |stage: &Stage| stage.model.artifacts.folder.below.to_string_lossy().into_owned();
    assert!(folder(&stage).ends_with("3f2a/delays"), "{}", folder(&stage));
}

/// What was looked for before is no beginning of it.
#[test]
fn who_looks_for_another_thing_begins_anew() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("3 /").type_in("cancelled").press("enter");
    assert_eq!(stage.model.history.shown().len(), 1);
    stage.press("/");
    assert_eq!((stage.model.history.filter.text(), stage.model.history.shown().len()), ("", 4));
    stage.type_in("failed").press("enter");
    assert_eq!(stage.model.history.shown().len(), 1);
}

#[test]
fn nothing_is_copied_of_an_empty_log() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Succeeded, &scene::good_run());
    stage.show_log(&[]);
    stage.press("tab y");
    assert!(stage.shown().contains("there is nothing to copy here"), "{}", stage.shown());
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Copy(_))));
}
