use std::sync::Arc;

use proptest::prelude::*;

use serde_json::json;

use super::lake::{rows, table};
use super::local::finding;
use super::loops::turned_round;
use super::stage::{Stage, environment};
use super::whole::is_whole;
use crate::app::{
    ACTIONS, Answer, ArtifactsAnswer, ArtifactsNews, ArtifactsSlot, Ask, Checked, Code, Key, LakeAnswer,
    LakeLook, LakeSlot, LocalAnswer, LocalNews, LocalSlot, LogLine, Msg, News, Outcome, Slot, Trouble,
};
use crate::domain::scene;
use crate::domain::{
    ColumnType, Content, Diagnostic, DiffLine, Entries, Entry, EntryKind, FileDiff, Health, Pixels, Preview,
    PreviewColumn, PreviewTable, Severity, Span, Status,
};

/// Any key of the table of actions, any that texts know, and any letter there is.
fn key() -> impl Strategy<Value = Key> {
    let bound: Vec<Key> =
        ACTIONS.iter().flat_map(|action| action.keys).map(|key| key.parse().unwrap()).collect();
    let of_texts =
        ["left", "right", "home", "end", "backspace", "delete", "shift-down", "ctrl-k", "ctrl-x", "space"];
    let of_texts: Vec<Key> = of_texts.iter().map(|key| key.parse().unwrap()).collect();
    prop_oneof![
        8 => proptest::sample::select(bound),
        1 => proptest::sample::select(of_texts),
        // What goes in and out and about must not be too rare.
        4 => proptest::sample::select("jkhl1234567]".chars().collect::<Vec<_>>()).prop_map(Key::char),
        1 => Just(Key::of(Code::Enter)),
        1 => any::<char>().prop_map(Key::char),
    ]
}

#[derive(Clone, Debug)]
enum Happens {
    Key(Key),
    Resize(u16, u16),
    Click(u16, u16),
    Wheel(u16, u16, i64),
    Paste(String),
    /// The editor gets what it asks for.
    Work,
    /// True: of a workflow that was turned round since.
    Run(bool),
    Log(Vec<String>),
    /// What deeds, services and engines say.
    Said(String),
    Folder(Vec<(Vec<u8>, EntryKind)>),
    Preview(Content),
    /// What the lake holds, and what it answers to a query.
    Lake(String),
    /// What a container finds wrong in what is typed, wherever it says that this is.
    Found(Vec<(usize, usize, usize, String)>),
    Changes(String),
    /// All that is being done is done, or goes wrong.
    Did(Result<(), String>),
}

fn entries() -> impl Strategy<Value = Vec<(Vec<u8>, EntryKind)>> {
    let kinds = [EntryKind::Folder, EntryKind::File, EntryKind::Link, EntryKind::Other];
    let name = proptest::collection::vec(any::<u8>(), 1..40);
    proptest::collection::vec((name, proptest::sample::select(kinds.to_vec())), 0..40)
}

fn content() -> impl Strategy<Value = Content> {
    let cell = proptest::option::of(".{0,30}");
    let rows = proptest::collection::vec(proptest::collection::vec(cell, 0..6), 0..30);
    prop_oneof![
        proptest::collection::vec(".{0,100}", 0..50).prop_map(Content::Text),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Content::Bytes),
        (0usize..9, 0usize..9).prop_map(|(width, height)| {
            Content::Image(Pixels { width, height, points: vec![[7; 3]; width * height], of: (9, 9) })
        }),
        (rows, ".{0,20}").prop_map(|(rows, name)| {
            let column =
                |at| PreviewColumn { name: format!("{name}{at}"), kind: ColumnType::ALL.get(at).copied() };
            let columns = (0..6).map(column).collect();
            Content::Table(PreviewTable { columns, rows, ..PreviewTable::default() })
        }),
    ]
}

/// A line, column or length: within a text, beyond it or absurd.
fn at() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0usize..12, 2 => 0usize..400, 1 => any::<usize>(), 1 => Just(usize::MAX)]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        10 => key().prop_map(Happens::Key),
        1 => (1u16..200, 1u16..60).prop_map(|(columns, rows)| Happens::Resize(columns, rows)),
        1 => (0u16..200, 0u16..60).prop_map(|(x, y)| Happens::Click(x, y)),
        1 => (0u16..200, 0u16..60, -5i64..5).prop_map(|(x, y, rows)| Happens::Wheel(x, y, rows)),
        1 => ".{0,20}".prop_map(Happens::Paste),
        2 => Just(Happens::Work),
        1 => any::<bool>().prop_map(Happens::Run),
        1 => proptest::collection::vec(".{0,100}", 0..50).prop_map(Happens::Log),
        1 => ".{0,100}".prop_map(Happens::Said),
        2 => entries().prop_map(Happens::Folder),
        2 => content().prop_map(Happens::Preview),
        1 => ".{0,40}".prop_map(Happens::Lake),
        2 => proptest::collection::vec((at(), at(), at(), ".{0,60}"), 0..6).prop_map(Happens::Found),
        1 => ".{0,100}".prop_map(Happens::Changes),
        1 => proptest::result::maybe_ok(Just(()), ".{0,60}").prop_map(Happens::Did),
    ]
}

fn said(stage: &mut Stage, text: &str) {
    let line = LogLine { offset: 0, stderr: true, time: None, text: text.to_owned() };
    let mut status = environment();
    status.services[0].note = text.to_owned();
    status.engine.version = text.to_owned();
    for news in
        [LocalNews::Log(vec![line]), LocalNews::Lost(Trouble::new(text)), LocalNews::Status(Box::new(status))]
    {
        stage.news(Slot::Health, News::Local(news));
    }
    stage.tell(Msg::Progress { job: 0, line: text.to_owned() });
}

/// Answers what of these is asked for.
fn lake_tells(stage: &mut Stage, text: &str) {
    let tables = vec![table("lake.airports", 1458), table("lake.flights", 336_776)];
    let broken = vec![("lake.odd".parse().unwrap(), text.to_owned())];
    let rows = || rows(vec![vec![json!(text), json!(12.5)], vec![json!({"a": [text]}), json!(null)]]);
    let answers = [
        (LakeSlot::Tables, LakeAnswer::Tables(LakeLook { tables, broken })),
        (LakeSlot::First, LakeAnswer::First("lake.airports".parse().unwrap(), rows())),
        (LakeSlot::Query, LakeAnswer::Query { rows: rows(), seconds: 0.1 }),
    ];
    for (slot, answer) in answers.into_iter().map(|(slot, answer)| (Slot::Lake(slot), answer)) {
        if stage.waits(slot) {
            stage.answer(slot, Ok(Answer::Lake(answer)));
        }
    }
}

fn container_finds(stage: &mut Stage, found: Vec<(usize, usize, usize, String)>) {
    let slot = Slot::Lake(LakeSlot::Check);
    let Some(Ask::Check(asked)) = stage.asked(slot).cloned().filter(|_| stage.waits(slot)) else { return };
    let file = asked.file.clone().unwrap_or_else(|| "query".into());
    let problem = |(line, column, length, text): (usize, usize, usize, String)| Diagnostic {
        file: file.clone(),
        span: Span { line, column, length },
        severity: if length % 2 == 0 { Severity::Error } else { Severity::Warning },
        code: text.clone(),
        message: text.clone(),
        help: text,
    };
    let problems = found.into_iter().map(problem).collect();
    let checked = Checked { file: asked.file, problems, unchecked: None };
    stage.answer(slot, Ok(Answer::Lake(LakeAnswer::Checked(checked))));
}

fn local_finds(stage: &mut Stage, text: &str) {
    let slot = Slot::Local(LocalSlot::Findings);
    if stage.waits(slot) {
        let findings = vec![finding(Health::Missing, text, text, &[text], Some(text))];
        stage.answer(slot, Ok(Answer::Local(LocalAnswer::Findings(findings))));
    }
}

fn folder_is(stage: &mut Stage, entries: &[(Vec<u8>, EntryKind)]) {
    let slot = Slot::Artifacts(ArtifactsSlot::Folder);
    let mut batch = Entries::default();
    for (name, kind) in entries {
        batch.push(Entry { name, kind: *kind });
    }
    stage.news(slot, News::Artifacts(ArtifactsNews::Entries(Arc::new(batch))));
    stage.answer(slot, Ok(Answer::Artifacts(ArtifactsAnswer::Folder { more: false })));
}

fn preview_is(stage: &mut Stage, content: Content) {
    let notes = vec!["a note".to_owned()];
    let preview = Preview { format: "any".to_owned(), bytes: 1, modified: None, content, notes };
    let answer = Answer::Artifacts(ArtifactsAnswer::Preview(Box::new(preview)));
    stage.answer(Slot::Artifacts(ArtifactsSlot::Preview), Ok(answer));
}

fn happen(stage: &mut Stage, happens: Happens) {
    match happens {
        Happens::Key(key) => stage.press_key(key),
        Happens::Resize(columns, rows) => stage.resize(columns, rows),
        Happens::Click(column, row) => stage.tell(Msg::Click { column, row }),
        Happens::Wheel(column, row, rows) => stage.tell(Msg::Wheel { column, row, rows }),
        Happens::Paste(text) => stage.tell(Msg::Paste(text)),
        Happens::Work => drop(stage.work().shown()),
        Happens::Run(turned) if stage.waits(Slot::Run) => {
            let plan = if turned { turned_round() } else { scene::plan() };
            stage.show_planned(Status::Failed, plan, &scene::hostile_run());
        }
        Happens::Log(lines) if stage.waits(Slot::Log) && stage.waits(Slot::LogLength) => {
            stage.show_log(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Happens::Said(text) => {
            said(stage, &text);
            local_finds(stage, &text);
        }
        Happens::Folder(entries) if stage.waits(Slot::Artifacts(ArtifactsSlot::Folder)) => {
            folder_is(stage, &entries);
        }
        Happens::Preview(content) if stage.waits(Slot::Artifacts(ArtifactsSlot::Preview)) => {
            preview_is(stage, content);
        }
        Happens::Lake(text) => lake_tells(stage, &text),
        Happens::Found(found) => container_finds(stage, found),
        Happens::Changes(text) if stage.waits(Slot::Changes) => {
            let files = vec![FileDiff { path: text.clone(), lines: vec![DiffLine::Come(text)] }];
            stage.answer(Slot::Changes, Ok(Answer::Changes { then: scene::token(), now: None, files }));
        }
        Happens::Changes(text) if stage.waits(Slot::Compare) => {
            stage.answer(Slot::Compare, Ok(Answer::Compared(Arc::new(super::compared::named(&text)))));
        }
        Happens::Did(ended) => {
            for job in stage.model.jobs.jobs.keys().copied().collect::<Vec<_>>() {
                let ended = ended.clone().map(|()| Outcome::Done).map_err(Trouble::new);
                stage.tell(Msg::Did { job, ended });
            }
        }
        Happens::Run(_)
        | Happens::Log(_)
        | Happens::Folder(_)
        | Happens::Preview(_)
        | Happens::Changes(_) => {}
    }
    // The test goes on where a person would have quit, or have another program.
    (stage.model.done, stage.model.away) = (false, false);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is pressed at whatever size: no panic, nothing that a terminal would obey, and nothing over another.
    #[test]
    fn nothing_breaks_the_screen(
        (columns, rows) in (1u16..200, 1u16..60),
        all in proptest::collection::vec(happens(), 0..60),
    ) {
        let mut stage = Stage::new(columns, rows, "dark");
        for happens in all {
            happen(&mut stage, happens);
            is_whole(&stage);
        }
    }
}

#[test]
fn what_lies_over_wide_letters_cuts_none_in_half() {
    for lead in ["", "a"] {
        let mut stage = Stage::new(80, 24, "dark");
        stage.press("enter");
        stage.show_run(Status::Running, &scene::good_run()[..6]);
        stage.show_log(&vec![format!("{lead}{}", "日本語".repeat(20)).as_str(); 20]);
        stage.press("f x");
        is_whole(&stage);
    }
}

#[test]
fn wide_letters_and_emoji_keep_the_borders_straight() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("enter");
    stage.show_run(Status::Failed, &scene::failed_run());
    stage.show_log(&["日本語日本語日本語日本語日本語日本語日本語日本語日本語", "👩‍👩‍👧 👍🏽 ✓ é", "a\tb"]);
    for row in stage.shown().lines().skip(4).take(16) {
        let ends = row.ends_with('│') || row.ends_with('╮') || row.ends_with('╯');
        assert!(ends, "{row:?}\n{}", stage.shown());
    }
}
