use super::stage::{Stage, runs};
use crate::app::{Answer, Ask, MetricsLook, MetricsPane, Screen, Slot};
use crate::domain::{Measured, Name, RunFigures, Status, Threshold, Version};

/// Newest first, of the runs that the history has.
fn look(values: &[f64]) -> MetricsLook {
    let history = runs(&vec![Status::Succeeded; values.len()]);
    let measured = history.runs.iter().zip(values).enumerate().map(|(at, (past, auc))| {
        let version = Version { major: 1, minor: u32::from(at < 2), patch: 0 };
        let values = [("auc".to_owned(), *auc), ("log_loss".to_owned(), 1.0 - auc)].into();
        let figures = RunFigures { values, ..RunFigures::default() };
        Measured { version, ..Measured::new((*past.run).clone(), figures) }
    });
    let runs: Vec<Measured> = measured.collect();
    let monitor = Name::new("worse").unwrap();
    let workflow = runs[0].name.clone();
    let thresholds = vec![Threshold {
        workflow,
        monitor,
        output: None,
        metric: "auc".to_owned(),
        min: Some(0.7),
        max: None,
    }];
    let breaches = thresholds.iter().filter_map(|threshold| threshold.last_breach(&runs)).collect();
    MetricsLook { runs, older: false, thresholds, breaches, altered: 0 }
}

const AUCS: [f64; 6] = [0.65, 0.69, 0.74, 0.73, 0.71, 0.72];

pub fn in_theme(columns: u16, rows: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(columns, rows, theme);
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded; 6]))));
    stage.press("8");
    stage.answer(Slot::Metrics, Ok(Answer::Metrics(look(&AUCS))));
    stage
}

#[test]
fn figures_are_drawn_and_the_run_that_broke_them_is_found() {
    let mut stage = in_theme(100, 28, "dark");
    insta::assert_snapshot!(stage.shown());
    // A small window has all of it, too.
    let small = in_theme(80, 24, "dark").shown();
    assert!(small.contains("8 Metrics") && small.contains("broken since 3f29"), "{small}");
    stage.press("b");
    assert_eq!(stage.model.metrics.pane, MetricsPane::Runs);
    assert_eq!(stage.model.metrics.run, 1);
    stage.press("enter");
    assert_eq!(stage.model.screen, Screen::Workflow);
    let opened = stage.model.workflow.run.unwrap();
    assert!(opened.to_string().ends_with("3f29"));
    stage.press("esc");
    assert_eq!(stage.model.screen, Screen::Metrics);
    // The other figure has no threshold.
    stage.press("esc j b");
    assert!(stage.shown().contains("no run has broken what is asked of this figure"), "{}", stage.shown());
    stage.press("a");
    assert_eq!(stage.asked(Slot::Metrics), Some(&Ask::Metrics(None)));
}

#[test]
fn figures_that_count_for_nothing_are_told() {
    let mut stage = in_theme(80, 24, "dark");
    stage.answer(Slot::Metrics, Ok(Answer::Metrics(MetricsLook { altered: 2, ..look(&AUCS) })));
    assert!(stage.shown().contains("2 runs with changed figures left out"), "{}", stage.shown());
    stage.answer(Slot::Metrics, Ok(Answer::Metrics(MetricsLook { altered: 1, ..MetricsLook::default() })));
    assert!(stage.shown().contains("1 run with changed figures left out"), "{}", stage.shown());
}

#[test]
fn what_is_chosen_stays_chosen_when_runs_come() {
    let mut stage = in_theme(80, 24, "dark");
    stage.press("j tab j j");
    let chosen = stage.model.metrics.selected().unwrap().token;
    let mut newer = look(&AUCS);
    newer.runs.remove(0);
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded; 6]))));
    stage.answer(Slot::Metrics, Ok(Answer::Metrics(newer)));
    assert_eq!(stage.model.metrics.selected().unwrap().token, chosen);
    assert_eq!(stage.model.metrics.figure(), Some("log_loss"));
    // Whoever looks elsewhere is told no more of them.
    stage.press("1");
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded; 6]))));
    assert!(!stage.waits(Slot::Metrics));
}

#[test]
fn a_workflow_without_figures_says_how_it_gets_some() {
    let mut stage = Stage::new(40, 10, "dark");
    stage.press("8");
    stage.answer(Slot::Metrics, Ok(Answer::Metrics(MetricsLook::default())));
    assert!(stage.shown().contains("type: metrics"), "{}", stage.shown());
    for (columns, rows) in [(40, 8), (41, 9), (60, 12), (300, 80)] {
        in_theme(columns, rows, "dark").press("j tab j b esc a");
    }
}
