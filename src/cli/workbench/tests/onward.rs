//! Going on from runs that are there, and runs of which not all is there.

use super::loops::deeds;
use super::stage::{Stage, runs};
use crate::app::{Answer, Ask, Deed, ForkRun, Msg, Overlay, Screen, Slot};
use crate::domain::scene::{self, name};
use crate::domain::{Run, Status};

#[test]
fn a_fork_begins_with_the_parameters_that_the_run_had_and_passes_on_what_was_changed() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("3 K");
    assert!(stage.shown().contains("fork run 3f2a of daily_delays"), "{}", stage.shown());
    assert!(stage.shown().contains("2013-01-01") && stage.shown().contains("The day of the flights"));
    stage.press("enter");
    assert!(stage.shown().contains("nothing would differ"), "{}", stage.shown());
    assert!(deeds(&stage).is_empty() && matches!(stage.model.overlays.last(), Some(Overlay::Form(_))));
    stage.press("backspace").type_in("7").press("enter");
    let params = [(name("day"), "2013-01-07".to_owned())].into();
    let asked = ForkRun { run: scene::token(), name: name("daily_delays"), params };
    assert_eq!(deeds(&stage), [&Deed::Fork(asked)]);
    assert_eq!(stage.model.screen, Screen::Workflow, "what was started is looked at");
    let command = stage.model.commands.commands().last().unwrap().line(|words| words.join(" "));
    assert_eq!(command, "fork 3f2a --param day=2013-01-07");
    let job = *stage.model.jobs.jobs.keys().last().unwrap();
    let token = "01900000-0000-7000-8000-000000004000".parse().unwrap();
    stage.tell(Msg::Did { job, ended: Ok(crate::app::Outcome::Run(token)) });
    assert_eq!(stage.asked(Slot::Run), Some(&crate::app::Ask::Run(token)));
}

#[test]
fn a_run_that_is_looked_at_is_forked_from_there() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter").press("K");
    assert!(deeds(&stage).is_empty());
    stage.show_run(Status::Succeeded, &scene::good_run());
    stage.press("K").press("backspace").type_in("2").press("enter");
    assert!(
        matches!(deeds(&stage)[..], [Deed::Fork(asked)] if asked.params[&name("day")] == "2013-01-02"),
        "{}",
        stage.shown()
    );
}

#[test]
fn a_run_from_elsewhere_makes_nothing_ready_for_review() {
    let mut stage = Stage::new(100, 24, "dark");
    let mut look = runs(&[Status::Succeeded]);
    look.runs[0].run = std::sync::Arc::new(Run { dirty: false, ..(*look.runs[0].run).clone() });
    stage.answer(Slot::Runs, Ok(Answer::Runs(look.clone())));
    stage.press("1");
    let line = |stage: &Stage| {
        let shown = stage.shown();
        shown.lines().find(|line| line.contains("daily_delays")).unwrap_or_default().to_owned()
    };
    assert!(line(&stage).contains("ready for review"), "{}", stage.shown());
    // A fork has the files of the run that it is of: those that are here are not committed.
    let mut forked = runs(&[Status::Succeeded, Status::Succeeded]);
    let of = Some(forked.runs[1].run.token);
    forked.runs[0].run =
        std::sync::Arc::new(Run { dirty: false, forked_from: of, ..(*forked.runs[0].run).clone() });
    stage.answer(Slot::Runs, Ok(Answer::Runs(forked)));
    assert!(line(&stage).contains("run it as it is committed"), "{}", stage.shown());
    let mut edited = stage.model.project.get().unwrap().clone();
    edited.dirty = true;
    stage.answer(Slot::Project, Ok(Answer::Project(Box::new(edited))));
    assert!(line(&stage).contains("commit it, and run it once more"), "{}", stage.shown());
    look.runs[0].foreign = Some("it came as an archive");
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    assert!(line(&stage).contains("run it for the first time"), "{}", stage.shown());
}

/// A fork has the files of the run that it is of: it is that one which is compared with what is here.
#[test]
fn a_fork_of_a_run_that_is_as_the_files_are_changes_nothing() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = stage.model.project.get().unwrap().clone();
    look.workflows[0].changed_at = Some(scene::at(1e6));
    let mut forked = runs(&[Status::Succeeded, Status::Succeeded]);
    let of = Some(forked.runs[1].run.token);
    let before = forked.runs[1].path.join("before");
    forked.runs[0].run = std::sync::Arc::new(Run { forked_from: of, ..(*forked.runs[0].run).clone() });
    forked.runs[1].path.clone_from(&before);
    stage.answer(Slot::Project, Ok(Answer::Project(Box::new(look))));
    stage.answer(Slot::Runs, Ok(Answer::Runs(forked)));
    let Some(Ask::Alike(touched)) = stage.asked(Slot::Alike).cloned() else { panic!() };
    assert_eq!(touched.iter().map(|touched| &touched.run).collect::<Vec<_>>(), [&before]);
    stage.answer(Slot::Alike, Ok(Answer::Alike(touched)));
    assert!(!stage.shown().contains("it has changed"), "{}", stage.shown());
}

#[test]
fn a_run_of_one_step_is_marked_and_makes_nothing_ready_for_review() {
    let mut stage = Stage::new(100, 24, "dark");
    let mut look = runs(&[Status::Succeeded, Status::Succeeded]);
    let part = Run { dirty: false, only: Some(name("report")), ..(*look.runs[0].run).clone() };
    look.runs[0].run = std::sync::Arc::new(part);
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    let has = |stage: &Stage, of: &str, told: &str| {
        stage.shown().lines().any(|line| line.contains(of) && line.contains(told))
    };
    stage.press("1");
    assert!(has(&stage, "daily_delays", "run all of it, not only report"), "{}", stage.shown());
    stage.press("3");
    assert!(has(&stage, "3f2a ", "only report  day="), "{}", stage.shown());
    assert!(!has(&stage, "3f29 ", "only report"), "{}", stage.shown());
}

#[test]
fn what_came_as_an_archive_and_what_is_damaged_can_be_seen_among_the_runs() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = runs(&[Status::Succeeded, Status::Failed]);
    look.runs[1].foreign = Some("it came as an archive");
    let damaged = "/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-00000000beef";
    look.broken.push((damaged.into(), "run.json is torn or was edited\u{1b}[2J".to_owned()));
    for _ in 0..4 {
        look.broken.push(("/data/x".into(), "it has no run.json".to_owned()));
    }
    stage.press("3");
    stage.tell(Msg::RunsChanged);
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    let shown = stage.shown();
    let line = |of: &str| shown.lines().find(|line| line.contains(of)).unwrap_or_default().to_owned();
    assert!(line("3f29").contains("foreign  day="), "{shown}");
    assert!(!line("3f2a").contains("foreign"), "{shown}");
    assert!(line("beef").contains("damaged  run.json is torn"), "{shown}");
    assert!(shown.contains("2 more damaged runs: greenroom runs"), "{shown}");
}
