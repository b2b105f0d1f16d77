//! Runs that are started where a file of theirs is open.

use super::loops::deeds;
use super::stage::Stage;
use crate::app::{Deed, Msg, Overlay, Screen, StartRun};
use crate::domain::Status;
use crate::domain::scene::{self, name};

const DAILY: &str = "workflows/daily_delays.yaml";

#[test]
fn the_workflow_of_an_open_file_runs_from_there() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("7 f9");
    assert!(stage.shown().contains("run: no file is open"), "{}", stage.shown());
    stage.open("greenroom.yaml").work().press("f9");
    assert!(stage.shown().contains("greenroom.yaml is no workflow"), "{}", stage.shown());
    stage.open(DAILY).work().press("ctrl-home").type_in("#rc ").press("f9");
    assert!(stage.shown().contains("daily_delays.yaml is not saved: save it"), "{}", stage.shown());
    stage.press("ctrl-s").work().press("f9");
    assert!(matches!(stage.model.overlays.last(), Some(Overlay::Form(_))), "{}", stage.shown());
    stage.press("enter");
    assert!(matches!(deeds(&stage)[..], [Deed::Start(asked)] if asked.name == name("daily_delays")));
    assert_eq!(stage.model.screen, Screen::Workflow, "what was started is looked at");
    stage.press("esc");
    assert_eq!(stage.model.screen, Screen::Editor);
}

#[test]
fn the_workflow_of_an_open_query_runs_from_there() {
    let mut stage = Stage::new(80, 24, "dark");
    let spec = |flow: &str| {
        format!(
            "greenroom: 1\nkind: workflow\nname: {flow}\nsteps:\n  a: {{uses: sql_export, with: {{query_file: sql/a.sql}}}}\n"
        )
    };
    fs_err::write(stage.file("sql/a.sql"), "SELECT 1").unwrap();
    fs_err::write(stage.file("workflows/one.yaml"), spec("one")).unwrap();
    stage.read_project();
    stage.open("sql/a.sql").work().type_in("-- x").press("enter f9");
    assert!(stage.shown().contains("sql/a.sql is not saved"), "{}", stage.shown());
    stage.press("ctrl-s").work().press("f9");
    assert!(
        matches!(deeds(&stage)[..], [Deed::Start(asked)] if asked.name == name("one")),
        "{}",
        stage.shown()
    );
    fs_err::write(stage.file("workflows/two.yaml"), spec("two")).unwrap();
    stage.read_project();
    stage.press("esc");
    stage.tell(Msg::FilesChanged);
    stage.work().press("f9");
    assert!(stage.shown().contains("a query of one and of two"), "{}", stage.shown());
}

#[test]
fn a_failed_run_goes_on_from_the_editor() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.open(DAILY).work().press("shift-f9");
    assert!(stage.shown().contains("no run of daily_delays was looked at"), "{}", stage.shown());
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    let events = [scene::sql_error_run(), scene::failed_run().split_off(15)].concat();
    stage.show_run(Status::Failed, &events);
    stage.open(DAILY).work();
    stage.press("shift-f9");
    let from = |asked: &StartRun| asked.from.as_ref().map(ToString::to_string);
    assert!(
        matches!(deeds(&stage)[..], [Deed::Start(asked)] if from(asked).as_deref() == Some("delays")),
        "{}",
        stage.shown()
    );
    assert_eq!(stage.model.screen, Screen::Workflow);
}

/// The run had another text, so that its failure says nothing of this one.
#[test]
fn a_failure_is_past_once_its_file_is_saved_after_the_run() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/delays.sql"), "SELECT carrier\n").unwrap();
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::sql_error_run());
    stage.press("e").work();
    assert!(stage.shown().contains("✗  1"), "{}", stage.shown());
    stage.type_in("x").press("ctrl-s").work().press("esc");
    assert_eq!(stage.model.screen, Screen::Workflow);
    stage.press("e").work();
    assert_eq!(stage.model.here().unwrap().path, "sql/delays.sql");
    assert!(!stage.shown().contains('✗'), "{}", stage.shown());
}

/// Nothing says whose a script is.
#[test]
fn a_script_that_was_opened_from_a_workflow_runs_that() {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("report.py"), "print(1)\n").unwrap();
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.open("report.py").work();
    assert!(stage.shown().contains("shift-f9 go on"), "{}", stage.shown());
    stage.type_in("#").press("shift-f9");
    assert!(stage.shown().contains("report.py is not saved: save it first"), "{}", stage.shown());
    stage.press("ctrl-s").work().press("shift-f9");
    assert!(
        matches!(deeds(&stage).last(), Some(Deed::Start(asked)) if asked.from == Some(name("report"))),
        "{}",
        stage.shown()
    );
}

#[test]
fn a_workflow_that_is_nowhere_yet_is_to_be_saved_first() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Succeeded, &scene::good_run());
    stage.press("esc n").work().type_in("fresh").press("enter").work().press("f9");
    let shown = stage.shown();
    assert!(shown.contains("run: workflows/fresh.yaml is not saved yet"), "{shown}");
}

#[test]
fn the_footer_offers_to_run_what_is_open() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.open(DAILY).work();
    assert!(stage.shown().contains("f9 run"), "{}", stage.shown());
    stage.type_in("#");
    assert!(!stage.shown().contains("f9 run"), "it would run as it was: {}", stage.shown());
}
