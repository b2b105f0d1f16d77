//! What went wrong, on the line and among all that has.

use super::stage::Stage;
use crate::app::{Deed, Effect, Msg, Outcome, Trouble};
use crate::domain::scene;

/// The job that was begun last.
fn job(stage: &Stage) -> u64 {
    let job = |effect: &Effect| match effect {
        Effect::Do { job, deed: Deed::Start(_) } => Some(*job),
        _ => None,
    };
    stage.effects.iter().rev().find_map(job).unwrap()
}

fn start(stage: &mut Stage, ended: Result<Outcome, Trouble>) {
    stage.press("r enter");
    let job = job(stage);
    stage.tell(Msg::Did { job, ended });
}

#[test]
fn an_error_is_past_once_the_same_goes_well_and_can_still_be_found() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.tell(Msg::Failed(Trouble::new("no editor can be started")));
    start(&mut stage, Err(Trouble::new("the image is not built")));
    assert!(stage.shown().contains("✗ the image is not built"), "{}", stage.shown());
    start(&mut stage, Ok(Outcome::Run(scene::token())));
    stage.press("l");
    assert!(!stage.shown().contains("the image is not built"), "{}", stage.shown());
    assert!(stage.shown().contains("✗ no editor can be started"), "another thing is not better for it");
    stage.press("esc m");
    assert!(stage.shown().contains("message 1 of 2") && stage.shown().contains("the image is not built"));
    stage.press("l");
    assert!(stage.shown().contains("message 2 of 2") && stage.shown().contains("no editor can be started"));
    stage.press("y");
    assert_eq!(stage.effects.last(), Some(&Effect::Copy("no editor can be started".to_owned())));
}

#[test]
fn an_error_about_one_file_is_not_past_once_another_is_opened() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/data.sql"), b"\xff").unwrap();
    stage.press("7");
    let told = |stage: &Stage| stage.shown().contains("sql/data.sql cannot be edited here");
    assert!(told(stage.open("sql/data.sql").work()), "{}", stage.shown());
    assert!(told(stage.open("workflows/odd.yaml").work()), "{}", stage.shown());
    fs_err::write(stage.file("sql/data.sql"), "SELECT 1").unwrap();
    assert!(!told(stage.open("sql/data.sql").work()), "{}", stage.shown());
}
