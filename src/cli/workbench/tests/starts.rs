//! Runs that are started, and those that are not.

use super::loops::deeds;
use super::stage::{Stage, runs};
use crate::app::{Answer, Deed, Msg, Outcome, Slot};
use crate::domain::Status;
use crate::domain::scene::{self, name};

const PLAIN: &str = "greenroom: 1
kind: workflow
name: plain
steps: {a: {run: 'true'}}
";

/// On a workflow that asks for no parameters.
fn plain() -> Stage {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("workflows/plain.yaml"), PLAIN).unwrap();
    stage.tell(Msg::FilesChanged);
    stage.read_project();
    stage.press("j j");
    stage
}

#[test]
fn a_key_that_is_pressed_twice_starts_one_run() {
    let mut stage = plain();
    stage.press("r r");
    assert_eq!(deeds(&stage).len(), 1);
    assert!(stage.shown().contains("run: plain is starting"), "{}", stage.shown());
    // It has begun, which nothing else tells yet.
    stage.tell(Msg::Did { job: 0, ended: Ok(Outcome::Run(scene::token())) });
    stage.press("r");
    assert!(
        stage.shown().contains("Run 3f2a of plain goes on. Run plain all the same?"),
        "{}",
        stage.shown()
    );
    stage.press("enter r esc");
    assert_eq!(deeds(&stage).len(), 1);
    stage.press("r y");
    assert!(matches!(deeds(&stage)[..], [_, Deed::Start(asked)] if asked.name == name("plain")));
}

/// What is typed elsewhere is no reason to run nothing, but it is told.
#[test]
fn a_run_without_what_is_typed_is_meant() {
    let mut stage = plain();
    stage.open("workflows/odd.yaml").work();
    stage.type_in("# mine ").press("esc 1 r");
    let told = "workflows/odd.yaml is not saved";
    assert!(deeds(&stage).is_empty() && stage.shown().contains(told), "{}", stage.shown());
    stage.press("y");
    assert_eq!(deeds(&stage).len(), 1);
}

#[test]
fn only_what_goes_on_is_asked_about() {
    for (status, started) in [(Status::Running, 0), (Status::Succeeded, 1)] {
        let mut stage = plain();
        stage.tell(Msg::RunsChanged);
        let mut look = runs(&[status]);
        std::sync::Arc::make_mut(&mut look.runs[0].run).name = name("plain");
        stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
        stage.press("r");
        assert_eq!(deeds(&stage).len(), started, "{status:?}");
    }
    // What is shown has ended, though its record has not been read again.
    let mut stage = Stage::new(80, 24, "dark");
    stage.tell(Msg::RunsChanged);
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Running]))));
    stage.press("enter");
    stage.show_run(Status::Running, &scene::failed_run());
    stage.press("c");
    assert_eq!(deeds(&stage).len(), 1);
}
