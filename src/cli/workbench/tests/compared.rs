//! Two runs beside each other.

use std::sync::Arc;

use super::stage::{Stage, runs};
use super::whole::is_whole;
use crate::app::{Answer, Ask, Effect, Overlay, Slot};
use crate::domain::compare::{
    ArtifactDifference, ArtifactFacts, Change, ChangedRow, ColumnDifference, ColumnFacts, ComparedRun,
    Comparison, KeyedRows, Parted, StepDifference, StepOutcome, TableDifference, outline,
};
use crate::domain::{DiffLine, Digest, FileDiff, Frequent, Run, Status, scene};

fn facts(nulls: u64, mean: f64, histogram: [u64; 4]) -> ColumnFacts {
    ColumnFacts {
        kind: "FLOAT64".to_owned(),
        rows: 1_000,
        nulls,
        distinct: 527,
        min: Some("-43".to_owned()),
        max: Some("1301".to_owned()),
        mean: Some(mean),
        deviation: Some(4.0),
        histogram: histogram.to_vec(),
        frequent: Vec::new(),
        ..ColumnFacts::default()
    }
}

fn table() -> TableDifference {
    let delay = ColumnDifference {
        name: "dep_delay".to_owned(),
        old: Some(facts(20, 12.6, [9, 4, 1, 0])),
        new: Some(facts(110, 12.9, [9, 3, 1, 1])),
        shift: 0.01,
        changed: Some(90),
        same: false,
        example: None,
    };
    let carrier = |count: u64| ColumnFacts {
        kind: "STRING".to_owned(),
        frequent: vec![Frequent { value: "UA\u{1b}[2J".to_owned(), count }],
        ..ColumnFacts::default()
    };
    let same = ColumnDifference {
        name: "carrier".to_owned(),
        old: Some(carrier(7)),
        new: Some(carrier(7)),
        changed: Some(0),
        same: true,
        ..ColumnDifference::default()
    };
    TableDifference {
        old_rows: 1_000,
        new_rows: 1_000,
        columns: vec![delay, same],
        gone: 90,
        come: 90,
        keyed: Some(KeyedRows {
            key: vec!["id".to_owned()],
            changed: 90,
            matched: 1_000,
            examples: vec![ChangedRow {
                key: vec![Some("4".to_owned())],
                column: "dep_delay".to_owned(),
                old: Some("17".to_owned()),
                new: None,
            }],
            ..KeyedRows::default()
        }),
        notes: Vec::new(),
    }
}

fn comparison() -> Comparison {
    named("delays")
}

/// The step, and what else somebody may have named, is called like this.
pub fn named(name: &str) -> Comparison {
    let outcome = || StepOutcome {
        status: Some(Status::Succeeded),
        seconds: Some(1.5),
        peak_memory_bytes: Some(90 << 20),
        taken_from: None,
    };
    let sum = |of: &str| Some(ArtifactFacts { bytes: 2_048, sha256: Digest::of(of.as_bytes()) });
    let step = StepDifference {
        node: scene::id("delays"),
        title: name.to_owned(),
        old: Some(outcome()),
        new: Some(StepOutcome { seconds: Some(4.5), ..outcome() }),
        taken_over: None,
        spec: vec![Change {
            name: "image".to_owned(),
            old: Some("default 1".to_owned()),
            new: Some("default 1".to_owned()),
        }],
        params: Vec::new(),
        files: vec!["prepare.py".to_owned()],
        inputs: Vec::new(),
        reads: Vec::new(),
        artifacts: vec![ArtifactDifference {
            path: "features.parquet".to_owned(),
            old: sum("a"),
            new: sum("b"),
            same: false,
            table: Some(table()),
            unread: None,
        }],
    };
    let mut run = scene::run(Status::Succeeded);
    let new = ComparedRun::of(&run);
    run.token = "01900000-0000-7000-8000-000000003f29".parse().unwrap();
    let steps = vec![step];
    Comparison {
        old: ComparedRun::of(&run),
        new,
        first: Parted::of(&steps),
        planned: true,
        other_tree: false,
        leading: Vec::new(),
        params: vec![Change {
            name: "day".to_owned(),
            old: Some("2013-01-01".to_owned()),
            new: Some("2013-01-02".to_owned()),
        }],
        images: Vec::new(),
        metrics: vec![
            Change { name: "auc".to_owned(), old: Some(0.74), new: Some(0.69) },
            Change { name: "rows".to_owned(), old: Some(10.0), new: Some(10.0) },
        ],
        code: vec![
            FileDiff {
                path: "prepare.py".to_owned(),
                lines: vec![DiffLine::Gone("keep(rows)".to_owned()), DiffLine::Come("drop(rows)".to_owned())],
            },
            FileDiff {
                path: if name == "delays" { "notes.txt" } else { name }.to_owned(),
                lines: Vec::new(),
            },
        ],
        steps,
        damaged: Vec::new(),
        doubts: vec!["run 3f29: its events are torn".to_owned()],
    }
}

fn compared(columns: u16, rows_of_screen: u16) -> Stage {
    let mut stage = Stage::new(columns, rows_of_screen, "dark");
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded; 3]))));
    stage.press("3 =");
    stage.answer(Slot::Compare, Ok(Answer::Compared(Arc::new(comparison()))));
    stage
}

#[test]
fn two_runs_are_shown_beside_each_other() {
    let mut stage = compared(80, 24);
    insta::assert_snapshot!(stage.shown());
    // What is the same can be seen too; a part that is folded shows its title alone.
    stage.press("=");
    assert!(stage.shown().contains("rows  10"), "{}", stage.shown());
    stage.press("= enter");
    assert!(
        !stage.shown().contains("0.74 → 0.69\n") && stage.shown().contains("▸ metrics"),
        "{}",
        stage.shown()
    );
    stage.press("G");
    insta::assert_snapshot!(stage.shown());
    is_whole(&stage);
    stage.press("y");
    let text = "auc 0.74 → 0.69: first parted at delays, features.parquet, dep_delay: nulls 2 % → 11 %\n\
        What differs for delays: prepare.py";
    assert_eq!(stage.effects.last(), Some(&Effect::Copy(text.to_owned())));
    stage.press("esc");
    assert!(stage.model.overlays.is_empty());
    let mut small = compared(40, 10);
    insta::assert_snapshot!(small.shown());
    for keys in ["j", "l", "h", "G", "g", "ctrl-d", "=", "enter"] {
        small.press(keys);
        is_whole(&small);
    }
    small.resize(40, 8);
    is_whole(&small);
}

#[test]
fn many_files_that_no_step_reads_are_a_number() {
    let mut comparison = comparison();
    let shown = |comparison: &Comparison, all: bool| {
        let parts = outline(comparison, all);
        let code = parts.iter().find(|part| part.title == "code").unwrap();
        let texts = code.lines.iter().flat_map(|line| &line.0).map(|(_, text)| text.as_str());
        texts.collect::<Vec<_>>().join("\n")
    };
    let other = |at: usize| FileDiff { path: format!("other/{at}.py"), lines: Vec::new() };
    comparison.code.extend((0..2).map(other));
    assert!(shown(&comparison, false).ends_with("\nnotes.txt\nother/0.py\nother/1.py"));
    comparison.code.push(other(2));
    let told = shown(&comparison, false);
    assert!(told.ends_with("+ drop(rows)\n4 files that no step that differs reads"), "{told}");
    assert!(shown(&comparison, true).ends_with("\nnotes.txt\nother/0.py\nother/1.py\nother/2.py"));
}

#[test]
fn which_runs_are_compared_follows_from_marks_and_cursor() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded; 4]))));
    let run = |at: usize| format!("01900000-0000-7000-8000-00000000{:04x}", 0x3f2a - at).parse().unwrap();
    let asks = |stage: &mut Stage, keys: &str, old: usize, new: usize| {
        stage.press(keys);
        assert_eq!(
            stage.asked(Slot::Compare),
            Some(&Ask::Compare { old: run(old), new: run(new) }),
            "{keys}"
        );
    };
    asks(&mut stage, "3 =", 1, 0);
    asks(&mut stage, "j =", 2, 1);
    // The mark is on the second, and the cursor has gone on to the third.
    asks(&mut stage, "space =", 2, 1);
    stage.press("k =");
    assert!(stage.shown().contains("it takes two runs"), "{}", stage.shown());
    asks(&mut stage, "j j space k k k =", 3, 1);
    stage.press("space =");
    assert!(stage.shown().contains("it takes two marked runs, and 3 are"), "{}", stage.shown());
    // Whoever has left is not called back.
    stage.press("1");
    stage.answer(Slot::Compare, Ok(Answer::Compared(Arc::new(comparison()))));
    assert!(!stage.model.overlays.iter().any(|overlay| matches!(overlay, Overlay::Compared(_))));
}

#[test]
fn a_run_is_compared_with_the_one_before_it_of_its_own_use_case() {
    let mut stage = Stage::new(80, 24, "dark");
    let mut look = runs(&[Status::Succeeded; 3]);
    for (past, case) in look.runs.iter_mut().zip(["training", "prediction", "training"]) {
        past.run = Arc::new(Run { use_case: Some(scene::name(case)), ..(*past.run).clone() });
    }
    let [new, _, old] = [0, 1, 2].map(|at: usize| look.runs[at].run.token);
    stage.answer(Slot::Runs, Ok(Answer::Runs(look)));
    stage.press("3 =");
    assert_eq!(stage.asked(Slot::Compare), Some(&Ask::Compare { old, new }));
    stage.effects.clear();
    stage.press("j =");
    assert_eq!(stage.asked(Slot::Compare), None);
    assert!(
        stage.shown().contains("daily_delays prediction has no run before this one"),
        "{}",
        stage.shown()
    );
}
