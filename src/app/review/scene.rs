//! A package under review, for tests.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{CodeFile, FlowDiff, Hunk, HunkRow, ReviewLook, StepPair, StepSign, TracksLook};
use crate::domain::lineage::{ColumnChange, ColumnDiff, DataChange, DataDiff, Dataset, Reader, StepId};
use crate::domain::scene::{at, name, token};
use crate::domain::track::bodies::Place;
use crate::domain::track::{
    Amounts, Card, Cell, CellState, Check, CheckPlace, CheckStatus, ColumnShift, CommitId, Evidence,
    LedgerState, LineNow, Next, NextAction, NotChecked, Nulls, OutputChange, PackagedCheck, Ran, RefName,
    Remark, Risk, SealedFacts, Shift, Side, StepCost, Target, Track, TrackId, TrackStep, TreeChange,
    TreeChangeKind, TreeContent, Verdict, VerdictKind, Weight,
};
use crate::domain::{ColumnType, Digest};

pub const ID: &str = "daily_delays-k3x9q2";

pub fn commit(digit: char) -> CommitId {
    digit.to_string().repeat(40).parse().unwrap()
}

fn when() -> Timestamp {
    at(-3600.0)
}

/// So many of its steps are done, and the next is this.
pub fn track(id: &str, done: usize, action: NextAction, people: &[&str]) -> Track {
    let cell = |step: TrackStep| Cell {
        step,
        state: match step.number() {
            number if number <= done => CellState::Done,
            number if number == done + 1 => CellState::Ready,
            _ => CellState::Waiting,
        },
        since: (step.number() <= done).then(when),
        by: Vec::new(),
        why: String::new(),
    };
    Track {
        id: TrackId::new(id).unwrap(),
        ledger: LedgerState::Intact,
        tip: Some(commit('d')),
        design: None,
        cells: TrackStep::ALL.map(cell).into(),
        next: Next {
            action,
            side: Some(Side::Engineer),
            people: people.iter().map(|who| name(who)).collect(),
        },
        package: None,
        approval: None,
        promotion: None,
        remarks: Vec::new(),
        pending: Vec::new(),
        invalid: Vec::new(),
        unknown: Vec::new(),
        gone: None,
        outdated: None,
        came: None,
        abandoned: false,
    }
}

/// Two of which one waits for the person.
pub fn tracks(me: &str) -> TracksLook {
    TracksLook {
        remote: "origin".to_owned(),
        tracks: vec![
            track("airports-a1b2c3", 1, NextAction::Seal, &["ana"]),
            track(ID, 3, NextAction::Review, &["eli"]),
        ],
        me: Some(name(me)),
        asked: true,
        gone: None,
        warning: None,
    }
}

/// Rows from lines that begin with ` `, `-` or `+`.
pub fn hunk(old_from: usize, new_from: usize, lines: &[&str]) -> Hunk {
    let mut hunk = Hunk { old_from, new_from, ..Hunk::default() };
    for line in lines {
        let (sign, text) = line.split_at(1);
        let old = (sign != "+").then(|| {
            hunk.old.push(text.to_owned());
            hunk.old.len() - 1
        });
        let new = (sign != "-").then(|| {
            hunk.new.push(text.to_owned());
            hunk.new.len() - 1
        });
        hunk.rows.push(HunkRow { old, new, same: sign == " " });
    }
    hunk
}

pub fn change(path: &str, lines: (u64, u64)) -> TreeChange {
    TreeChange {
        path: path.to_owned(),
        was: None,
        kind: TreeChangeKind::Modified,
        content: TreeContent::Text,
        lines: Some(lines),
    }
}

pub fn file(path: &str, lines: (u64, u64), hunks: Vec<Hunk>) -> CodeFile {
    CodeFile { change: change(path, lines), told: None, hunks, at_head: true }
}

pub fn remark(text: &str, place: Option<(&str, u64)>) -> Remark {
    Remark {
        entry: commit('e'),
        by: name("emma"),
        at: at(-600.0),
        text: text.to_owned(),
        place: place.map(|(path, line)| Place { path: path.to_owned(), line }),
        now: place.map(|(path, line)| LineNow::At(Place { path: path.to_owned(), line })),
        answers: None,
        head: commit('a'),
        package: Some(Digest::of(b"package")),
        requests: false,
    }
}

fn checks() -> Vec<Check> {
    let mut owners = Check::passed("owners", "Each side has an owner");
    let place = CheckPlace { file: "workflows/daily_delays.yaml".to_owned(), line: 2, column: 1 };
    owners.find(
        CheckStatus::Warned,
        "no engineer owns it".to_owned(),
        Some(place),
        "add one to `owners:`".to_owned(),
    );
    vec![
        owners,
        Check::not_checked("airflow-loads", "Airflow loads what is exported", "it takes stage", ""),
        Check::passed("specs-valid", "The specs are valid"),
    ]
}

fn packaged(check: &Check) -> PackagedCheck {
    PackagedCheck {
        id: check.id.clone(),
        title: check.title.clone(),
        status: check.status,
        why: check.why().map(str::to_owned),
        not_checked: None,
        evidence: Evidence { name: String::new(), bytes: 0, sha256: Digest::zero() },
    }
}

fn card(files: &[CodeFile]) -> Card {
    let target = Target { name: RefName::branch("stage").unwrap(), tip: commit('b') };
    let amounts = |before, after| Amounts { before: Some(before), after: Some(after) };
    Card {
        track: TrackId::new(ID).unwrap(),
        need: Some("delay figures per carrier, every morning".to_owned()),
        verdict: Verdict {
            kind: VerdictKind::Ready,
            text: "Each required check holds, with 2 things to look at below; it waits for an engineer who did not \
                   write it."
                .to_owned(),
        },
        risks: vec![
            Risk {
                weight: Weight::Breaking,
                what: "lake.delays loses the column visibility_miles".to_owned(),
                why: "weekly_report.summary reads it".to_owned(),
            },
            Risk {
                weight: Weight::Notable,
                what: "no engineer owns it".to_owned(),
                why: "the check owners".to_owned(),
            },
        ],
        ran: vec![Ran {
            run: token(),
            name: name("daily_delays"),
            milliseconds: Some(30_000),
            steps: 4,
            taken: 1,
            rows_read: 26_115,
            rows_written: Some(29),
            peak_memory_bytes: Some(210 << 20),
        }],
        not_checked: vec![NotChecked {
            what: "Airflow loads what is exported".to_owned(),
            why: "it takes stage".to_owned(),
        }],
        cost: vec![StepCost {
            step: "delays".to_owned(),
            wall_milliseconds: amounts(12_000, 30_000),
            peak_memory_bytes: amounts(96 << 20, 210 << 20),
        }],
        has_before: true,
        given: Vec::new(),
        outputs: vec![OutputChange {
            output: "delays.delays".to_owned(),
            rows: amounts(31, 29),
            bytes: amounts(4_096, 4_000),
            same: false,
            columns: vec![ColumnShift {
                column: "dep_delay".to_owned(),
                what: Shift::Nulls { from: Nulls { nulls: 1, rows: 31 }, to: Nulls { nulls: 4, rows: 29 } },
            }],
        }],
        rollback: Some(target.clone()),
        checks: checks().iter().map(packaged).collect(),
        files: files.iter().map(|file| file.change.clone()).collect(),
        sealed: Some(SealedFacts {
            package: Digest::of(b"package"),
            by: name("ana"),
            at: when(),
            target,
            head: commit('a'),
            merge_tree: "c".repeat(40).parse().unwrap(),
            commits: Some(2),
        }),
        approval: None,
        since: None,
        broken: Vec::new(),
        warnings: Vec::new(),
        remarks: vec![remark("Did the airports agree to this?", Some(("sql/consolidate.sql", 12)))],
        invalid: Vec::new(),
        next: Next { action: NextAction::Review, side: Some(Side::Engineer), people: vec![name("eli")] },
    }
}

fn lineage() -> Vec<DataDiff> {
    let reader = |workflow: &str, step: &str, certain| Reader {
        step: StepId { workflow: name(workflow), step: name(step) },
        certain,
        elsewhere: workflow != "daily_delays",
    };
    let column = |column: &str, change, readers| ColumnDiff { column: column.to_owned(), change, readers };
    vec![DataDiff {
        dataset: Dataset::table("lake.delays"),
        state: DataChange::Changed,
        columns: vec![
            column("visibility_miles", ColumnChange::Dropped, vec![reader("weekly_report", "summary", true)]),
            column(
                "late",
                ColumnChange::Retyped { from: ColumnType::Int64, to: ColumnType::Float64 },
                vec![reader("daily_delays", "report", false)],
            ),
            column("very_late", ColumnChange::Added { kind: Some(ColumnType::Int64) }, Vec::new()),
        ],
        readers: Vec::new(),
        unknown: None,
    }]
}

/// The one that waits, with all that it changes.
pub fn look() -> ReviewLook {
    let query = hunk(
        10,
        10,
        &[
            "   COUNTIF(f.dep_time IS NULL) AS cancelled,",
            "   -- Late as the aviation authority counts it.",
            "-  COUNTIF(f.dep_delay >= 15) AS late,",
            "+  COUNTIF(f.dep_delay >= 30) AS late,",
            "   COUNT(f.dep_delay) AS departed,",
        ],
    );
    let spec = Hunk {
        old_from: 1,
        new_from: 1,
        old: ["name: daily_delays", "owners: [ana, eli]", "steps:"].map(str::to_owned).into(),
        new: ["name: daily_delays", "owners: [ana]", "steps:"].map(str::to_owned).into(),
        rows: (0..3).map(|at| HunkRow { old: Some(at), new: Some(at), same: at != 1 }).collect(),
    };
    let files = vec![
        file("sql/consolidate.sql", (1, 1), vec![query]),
        file(
            "workflows/daily_delays.yaml",
            (1, 1),
            vec![hunk(1, 1, &[" name: daily_delays", "-owners: [ana, eli]", "+owners: [ana]", " steps:"])],
        ),
    ];
    let step = |before: Option<&str>, after: Option<&str>, sign, keys: &[&str]| StepPair {
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        sign,
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    ReviewLook {
        track: track(ID, 3, NextAction::Review, &["eli"]),
        card: card(&files),
        tip: Some(commit('9')),
        files,
        flows: vec![FlowDiff {
            workflow: "daily_delays".to_owned(),
            keys: vec!["owners".to_owned()],
            steps: vec![
                step(Some("flights_ready"), Some("flights_ready"), StepSign::Same, &[]),
                step(
                    Some("delays ← flights_ready"),
                    Some("delays ← flights_ready"),
                    StepSign::Changed,
                    &["outputs"],
                ),
                step(None, Some("publish ← delays"), StepSign::Added, &[]),
            ],
        }],
        specs: vec![file("workflows/daily_delays.yaml", (1, 1), vec![spec])],
        lineage: lineage(),
        checks: checks(),
        sources: BTreeMap::from([(
            "workflows/daily_delays.yaml".to_owned(),
            "name: daily_delays\nowners: [ana]\nsteps:\n".to_owned(),
        )]),
    }
}
