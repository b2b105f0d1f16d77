//! A step that failed and is tried again.

use super::stage::Stage;
use crate::domain::scene;
use crate::domain::{EventKind, RunEvent, Status};

/// The events until `report` has failed the first time.
fn until_it_waits() -> Vec<RunEvent> {
    let mut events = scene::failed_run();
    let second = |event: &RunEvent| matches!(event.kind, EventKind::AttemptStarted { attempt: 2, .. });
    let at = events.iter().position(second).unwrap();
    events.truncate(at);
    events
}

#[test]
fn a_step_that_waits_says_until_when_and_where_it_failed() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("report.py"), "a\nb\nc\n").unwrap();
    stage.press("enter");
    stage.show_run(Status::Running, &until_it_waits());
    stage.show_log(&[
        "Traceback (most recent call last):",
        "  File \"/project/report.py\", line 3, in <module>",
        "KeyError: 'carrier'",
    ]);
    assert!(stage.shown().contains("↻ report"), "{}", stage.shown());
    assert!(stage.shown().contains("again at 06:00:14"), "{}", stage.shown());
    stage.press("] ]");
    assert!(stage.shown().contains("attempt 2 at 06:00:14"), "{}", stage.shown());
    stage.press("e").work();
    let here = stage.model.here().unwrap();
    assert_eq!((here.path.as_str(), here.row), ("report.py", 2), "{}", stage.shown());
}

#[test]
fn nothing_comes_again_behind_the_end() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.press("] ]");
    assert!(stage.shown().contains("2 attempts") && !stage.shown().contains("again"), "{}", stage.shown());
}
