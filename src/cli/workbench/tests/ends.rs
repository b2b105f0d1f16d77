//! How a run ended, as every screen tells it.

use std::sync::Arc;

use super::stage::{Stage, past_run};
use crate::app::{Answer, News, PastRun, RunsLook, Slot};
use crate::domain::scene;
use crate::domain::{EventKind, Status};

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
    stage.answer(Slot::Runs, Ok(Answer::Runs(RunsLook { runs: vec![past.clone()], broken: Vec::new() })));
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
