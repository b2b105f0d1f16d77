//! How a run ended, as every screen tells it.

use std::sync::Arc;

use super::loops::deeds;
use super::stage::{Stage, past_run, runs};
use crate::app::{Answer, Deed, News, PastRun, RunsLook, Slot};
use crate::domain::scene::{self, name};
use crate::domain::{EventKind, RunEvent, Status};

/// A run that was recorded before its supervisor began to drive it, and so to look at its own clock.
fn slow_to_start() -> PastRun {
    let mut past = past_run(Status::Succeeded);
    let run = Arc::make_mut(&mut past.run);
    (run.started_at, run.finished_at) = (scene::at(-0.3), Some(scene::at(4.4)));
    past
}

#[test]
fn a_run_took_as_long_on_every_screen() {
    let mut stage = Stage::new(80, 24, "dark");
    let past = slow_to_start();
    let mut events = scene::good_run();
    let EventKind::RunFinished { seconds, .. } = &mut events.last_mut().unwrap().kind else { panic!() };
    *seconds = 4.2;
    stage.answer(Slot::Runs, Ok(Answer::Runs(RunsLook { runs: vec![past.clone()], ..RunsLook::default() })));
    stage.press("3");
    assert!(stage.shown().contains("   4.7s  "), "{}", stage.shown());
    stage.press("enter");
    // What was read of its record before its end knows of none.
    let mut begun = past;
    Arc::make_mut(&mut begun.run).finished_at = None;
    stage.news(Slot::Run, News::Run { run: begun, plan: Arc::new(scene::plan()) });
    stage.news(Slot::Run, News::Events(events));
    assert!(stage.shown().contains("✓ succeeded  4.7s"), "{}", stage.shown());
}

/// Somebody stops a run of which a step has failed, before what else goes on comes to its end.
fn stopped_after_a_failure() -> Vec<RunEvent> {
    let mut events = scene::failed_run();
    for event in &mut events {
        if let EventKind::StepFinished { step, status, reason, .. } = &mut event.kind
            && step.as_str() == "publish"
        {
            (*status, *reason) = (Status::Cancelled, "cancelled".to_owned());
        }
    }
    events
}

#[test]
fn a_run_that_failed_and_was_stopped_says_both() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    assert!(stage.shown().contains("✗ failed  15s"), "{}", stage.shown());
    stage.show_run(Status::Failed, &stopped_after_a_failure());
    assert!(stage.shown().contains("✗ failed, cancelled  15s"), "{}", stage.shown());
}

/// Each state of a run has the keys that mean something for it.
#[test]
fn the_footer_offers_what_can_be_done() {
    let footer = |status, events: &[RunEvent]| {
        let mut stage = Stage::new(120, 24, "dark");
        stage.press("enter");
        stage.show_run(status, events);
        stage.shown().lines().last().unwrap().to_owned()
    };
    let running = footer(Status::Running, &scene::good_run()[..6]);
    assert_eq!(running, " r run  x cancel  e edit  enter open  esc back  a artifacts  ? help");
    let failed = footer(Status::Failed, &scene::failed_run());
    assert_eq!(
        failed,
        " r run  c go on from the failed step  e edit  enter open  esc back  C resume  ? help"
    );
    let succeeded = footer(Status::Succeeded, &scene::good_run());
    assert_eq!(succeeded, " r run  e edit  enter open  esc back  a artifacts  R run from here  ? help");
}

/// Nothing of it is to be mended: it is the same run that goes on.
#[test]
fn an_interrupted_run_is_gone_on_with() {
    for (events, key, resumes) in [
        (&scene::good_run()[..7], "C", true),
        (&scene::good_run()[..7], "c", true),
        (&scene::failed_run()[..15], "C", true),
        (&scene::failed_run()[..15], "c", false),
    ] {
        let mut stage = Stage::new(80, 24, "dark");
        stage.press("enter");
        stage.show_run(Status::Running, events);
        stage.answer(Slot::Run, Ok(Answer::RunEnded));
        let footer = stage.shown().lines().last().unwrap().to_owned();
        assert!(footer.starts_with(" C resume  r run  "), "{footer}");
        assert!(!footer.contains("go on from the failed step"), "{footer}");
        stage.press(key);
        let resumed = matches!(deeds(&stage)[..], [Deed::Resume(token)] if *token == scene::token());
        assert_eq!(resumed, resumes, "{key}: {:?}", deeds(&stage));
    }
}

/// What failed is known before its last attempt is.
#[test]
fn a_step_that_waits_for_its_retry_has_failed() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Running, &scene::failed_run()[..10]);
    stage.press("c");
    assert!(!stage.shown().contains("no step of this run has failed"), "{}", stage.shown());
    stage.press("esc");
    // The next attempt is under way, and nobody knows how it ends.
    stage.show_run(Status::Running, &scene::failed_run()[..11]);
    stage.press("c");
    assert!(stage.shown().contains("no step of this run has failed"), "{}", stage.shown());
}

#[test]
fn a_run_that_was_stopped_goes_on_from_the_step_whose_last_attempt_failed() {
    let mut events = scene::failed_run();
    for event in &mut events {
        match &mut event.kind {
            EventKind::StepFinished { step, status, .. } if matches!(step.as_str(), "report" | "publish") => {
                *status = Status::Cancelled;
            }
            EventKind::RunFinished { status, .. } => *status = Status::Cancelled,
            _ => {}
        }
    }
    // Between two attempts.
    events.drain(10..13);
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Cancelled, &events);
    stage.press("c");
    assert!(
        matches!(deeds(&stage)[..], [Deed::Start(asked)] if asked.from == Some(name("report"))),
        "{}",
        stage.shown()
    );
}

#[test]
fn an_older_run_that_goes_on_again_is_watched() {
    let mut stage = Stage::new(120, 24, "dark");
    let all = runs(&[Status::Failed, Status::Running]);
    stage.answer(Slot::Runs, Ok(Answer::Runs(all)));
    assert!(stage.shown().contains("watch run 3f29"), "{}", stage.shown());
}
