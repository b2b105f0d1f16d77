//! Runs that are not what they say.

use std::sync::Arc;

use super::loops::deeds;
use super::stage::{Stage, runs};
use crate::app::{Answer, Ask, Effect, Slot, Tab};
use crate::domain::scene;
use crate::domain::{Doubts, Status, Token};

fn altered() -> Doubts {
    let why = "`delays.parquet` was changed after it was made".to_owned();
    Doubts { altered: vec![(scene::id("delays"), why)], ..Doubts::default() }
}

fn told(stage: &mut Stage, run: Token, doubts: Doubts) {
    stage.answer(Slot::Doubts, Ok(Answer::Doubts(run, Arc::new(doubts))));
}

#[test]
fn a_run_whose_files_were_changed_is_told_to_be_altered_once_it_is_looked_at() {
    let mut stage = Stage::new(80, 24, "dark");
    assert_eq!(stage.asked(Slot::Doubts), None, "nobody looks at a run");
    stage.press("3");
    let runs = runs(&[Status::Failed, Status::Succeeded]);
    let (first, second) = (runs.runs[0].run.token, runs.runs[1].run.token);
    assert_eq!(stage.asked(Slot::Doubts), Some(&Ask::Doubts(first)));
    told(&mut stage, first, Doubts::default());
    stage.press("j");
    assert_eq!(stage.asked(Slot::Doubts), Some(&Ask::Doubts(second)));
    assert!(!stage.shown().contains("altered"), "{}", stage.shown());
    told(&mut stage, second, altered());
    insta::assert_snapshot!(stage.shown());
    // Another look is another question: somebody may have put it right, or have changed it, meanwhile.
    stage.press("k j");
    assert_eq!(stage.asked(Slot::Doubts), Some(&Ask::Doubts(second)));
    assert!(stage.shown().contains("altered"), "what was known stays until then");
    told(&mut stage, second, Doubts::default());
    assert!(!stage.shown().contains("altered"), "{}", stage.shown());
    // Elsewhere nobody reads files for it.
    stage.press("k 1");
    assert!(matches!(stage.effects.last(), Some(Effect::Forget(Slot::Doubts))), "{:?}", stage.effects.last());
}

#[test]
fn it_is_told_where_the_run_is_opened_too() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Running, &scene::good_run()[..6]);
    assert_eq!(stage.asked(Slot::Doubts), None, "it has not told all yet");
    stage.show_run(Status::Succeeded, &scene::good_run());
    assert_eq!(stage.asked(Slot::Doubts), Some(&Ask::Doubts(scene::token())));
    told(&mut stage, scene::token(), altered());
    stage.model.workflow.select(1);
    stage.model.workflow.tab = Tab::Data;
    stage.resize(100, 24);
    insta::assert_snapshot!(stage.shown());
}

#[test]
fn of_many_doubts_the_first_is_told_and_where_the_others_are() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("3");
    let mut doubts = altered();
    doubts.cut_logs.push((scene::id("report"), 1));
    doubts.is_short = true;
    told(&mut stage, scene::token(), doubts);
    let shown = stage.shown();
    assert!(shown.contains("(and 1 more: greenroom show 3f2a)"), "{shown}");
    let logs = Doubts { cut_logs: vec![(scene::id("report"), 1)], ..Doubts::default() };
    told(&mut stage, scene::token(), logs);
    let shown = stage.shown();
    assert!(shown.contains("doubtful") && shown.contains("! report: the log of attempt 1"), "{shown}");
    told(&mut stage, scene::token(), Doubts { is_short: true, ..Doubts::default() });
    assert!(stage.shown().contains("! not all of its files were looked at"), "{}", stage.shown());
}

/// What cannot be done with it is not offered.
#[test]
fn a_foreign_run_is_told_to_be_and_neither_forked_nor_gone_on_with() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = runs(&[Status::Failed, Status::Interrupted]);
    look.runs[0].foreign = Some("it is a rerun");
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    stage.press("3");
    assert!(stage.shown().contains("foreign: it is a rerun"), "{}", stage.shown());
    for key in ["K", "C"] {
        stage.press(key);
        assert!(stage.model.overlays.is_empty() && deeds(&stage).is_empty(), "{}", stage.shown());
        assert!(stage.shown().contains("run 3f2a is foreign, and it"), "{}", stage.shown());
    }
    // Of one that was only copied here the check tells.
    stage.press("j");
    let Some(Ask::Doubts(run)) = stage.asked(Slot::Doubts).cloned() else { panic!("it is not asked for") };
    told(&mut stage, run, Doubts { foreign: Some("it is a copy"), ..Doubts::default() });
    assert!(stage.shown().contains("foreign: it is a copy"), "{}", stage.shown());
    for key in ["K", "C", "x"] {
        stage.press(key);
        assert!(stage.model.overlays.is_empty() && deeds(&stage).is_empty(), "{}", stage.shown());
        assert!(stage.shown().contains("run 3f29 is foreign, and it"), "{}", stage.shown());
    }
}
