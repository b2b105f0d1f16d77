use serde_json::{Value, json};

use super::stage::{Stage, runs};
use crate::app::{
    Answer, Ask, Command, Effect, LakeAnswer, LakeAsk, LakeLook, LakePane, LakeSlot, Location, Msg, Outcome,
    Screen, Slot, TableLook, TableUse, TextBuffer, Trouble,
};
use crate::domain::scene::{self, name};
use crate::domain::{
    ColumnType, Diagnostic, Digest, LakeFile, ParamType, Partition, Rows, RowsColumn, Severity, Span, Status,
    TableRecord, Value as Parameter,
};
use crate::tui::testing::{Color, Modifier};

const TABLES: Slot = Slot::Lake(LakeSlot::Tables);
const FIRST: Slot = Slot::Lake(LakeSlot::First);
const QUERY: Slot = Slot::Lake(LakeSlot::Query);

pub(super) fn table(table: &str, rows: u64) -> TableLook {
    let by = |step: &str| TableUse { workflow: name("daily_delays"), step: name(step) };
    let file = LakeFile { path: "0.parquet".into(), rows, bytes: rows * 40, sha256: Digest::of(b"") };
    let partition = Partition {
        value: Some("2013-01-01".to_owned()),
        files: vec![file],
        written_by: "daily_delays 3f2a load".to_owned(),
        written_at: scene::at(0.0),
    };
    let columns = [("carrier", ColumnType::String), ("delay", ColumnType::Float64)];
    let record = TableRecord {
        greenroom: 1,
        table: table.parse().unwrap(),
        columns: columns.map(|(name, kind)| (name.to_owned(), kind)).into_iter().collect(),
        partition_by: None,
        partitions: vec![partition],
    };
    TableLook { record, writers: vec![by("load")], readers: vec![by("delays")] }
}

pub(super) fn rows(values: Vec<Vec<Value>>) -> Rows {
    let column = |name: &str, kind: &str| RowsColumn { name: name.to_owned(), kind: kind.to_owned() };
    let total = values.len() as u64;
    Rows { columns: vec![column("carrier", "STRING"), column("delay", "FLOAT64")], rows: values, total }
}

fn lake(columns: u16, height: u16) -> Stage {
    in_theme(columns, height, "dark")
}

pub(super) fn in_theme(columns: u16, height: u16, theme: &str) -> Stage {
    let mut stage = Stage::new(columns, height, theme);
    stage.press("5");
    show_tables(&mut stage);
    stage
}

/// Whoever asks for them gets these.
pub(super) fn show_tables(stage: &mut Stage) {
    let tables = vec![table("lake.airports", 1458), table("lake.flights", 336_776)];
    let broken = vec![("lake.odd".parse().unwrap(), "it is not a table's record".to_owned())];
    stage.answer(TABLES, Ok(Answer::Lake(LakeAnswer::Tables(LakeLook { tables, broken }))));
    let first = rows(vec![vec![json!("UA"), json!(12.5)], vec![json!("日本\u{1b}[2J"), Value::Null]]);
    stage.answer(FIRST, Ok(Answer::Lake(LakeAnswer::First("lake.airports".parse().unwrap(), first))));
}

/// What others write is seen: whoever comes to it, changes a file, or has run something.
#[test]
fn the_lake_is_asked_again_when_it_may_have_changed() {
    let mut stage = lake(80, 16);
    let asks = |stage: &mut Stage| {
        let asked = matches!(stage.asked(TABLES), Some(Ask::Lake(LakeAsk::Tables)));
        stage.effects.clear();
        asked
    };
    assert!(asks(&mut stage), "it is shown");
    stage.tell(Msg::FilesChanged);
    assert!(asks(&mut stage), "who writes and reads tables may have changed");
    stage.press("1");
    stage.tell(Msg::FilesChanged);
    assert!(!asks(&mut stage), "nobody looks at it");
    stage.press("5");
    assert!(asks(&mut stage), "it is shown again");
    stage.tell(Msg::RunsChanged);
    assert!(asks(&mut stage), "a run has begun or gone");
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Running, Status::Failed]))));
    assert!(!asks(&mut stage), "it goes on");
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Succeeded, Status::Failed]))));
    assert!(asks(&mut stage), "it has ended");
}

/// What a run wrote is in the lake once it ends, whether others go on or not.
#[test]
fn the_lake_is_read_when_one_of_two_runs_ends() {
    let mut stage = lake(80, 16);
    stage.tell(Msg::RunsChanged);
    stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&[Status::Running, Status::Running]))));
    for (left, read) in
        [([Status::Running, Status::Running], false), ([Status::Running, Status::Failed], true)]
    {
        stage.effects.clear();
        stage.answer(Slot::Runs, Ok(Answer::Runs(runs(&left))));
        assert_eq!(stage.asked(TABLES) == Some(&Ask::Lake(LakeAsk::Tables)), read, "{left:?}");
        assert!(matches!(stage.asked(Slot::Runs), Some(Ask::RunsOnceEnded(running)) if !running.is_empty()));
    }
}

#[test]
fn the_lake_shows_its_tables_with_their_first_rows() {
    insta::assert_snapshot!(lake(80, 16).shown());
    let mut stage = lake(120, 14);
    stage.press("] ] ]");
    insta::assert_snapshot!(stage.shown());
}

/// A table that is passed by on the way to another is not read; what is read late is shown with none but its own.
#[test]
fn first_rows_are_those_of_the_selected_table() {
    let mut stage = lake(80, 16);
    stage.press("j");
    assert_eq!(stage.asked(FIRST), Some(&Ask::Lake(LakeAsk::First("lake.flights".parse().unwrap()))));
    assert!(!stage.shown().contains("12.5"), "{}", stage.shown());
    stage.press("k");
    let late = rows(vec![vec![json!("LATE"), json!(1.0)]]);
    stage.answer(FIRST, Ok(Answer::Lake(LakeAnswer::First("lake.flights".parse().unwrap(), late))));
    assert!(!stage.shown().contains("LATE") && stage.shown().contains("12.5"), "{}", stage.shown());
}

fn asked(stage: &Stage) -> (&str, Vec<(&str, Parameter)>) {
    let Some(Ask::Lake(LakeAsk::Query { text, params, .. })) = stage.asked(QUERY) else { panic!("no query") };
    (text, params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect())
}

fn day(text: &str) -> Parameter {
    ParamType::Date.parse(text).unwrap()
}

/// The second loop: rows as they are written.
#[test]
fn the_statement_at_the_cursor_is_asked_with_its_parameters() {
    let mut stage = lake(80, 24);
    stage.press("e");
    assert!(stage.shown().contains("FROM lake.airports"), "{}", stage.shown());
    stage.press("ctrl-end enter").type_in("; SELECT @day AS day").press("ctrl-enter");
    let before = "        \n                  \n        \n ";
    assert_eq!(
        asked(&stage),
        (format!("{before} SELECT @day AS day").as_str(), vec![("day", day("2013-01-01"))])
    );
    // `q`, `1` and `?` are letters here.
    stage.type_in(" q1?").press("esc esc esc");
    assert!(!stage.model.done && stage.model.lake.pane == LakePane::Tables);
}

#[test]
fn a_parameter_without_a_value_is_asked_for() {
    let mut stage = lake(80, 24);
    stage.press("e ctrl-end").type_in(" -- @no\n").press("enter").type_in("; SELECT @who").press("f5");
    assert!(stage.asked(QUERY).is_none() && stage.shown().contains("give @who a value"), "{}", stage.shown());
    stage.type_in("ana").press("enter");
    assert_eq!(asked(&stage).1, [("who", Parameter::String("ana".to_owned()))]);
    stage.answer(
        QUERY,
        Ok(Answer::Lake(LakeAnswer::Query {
            rows: rows(vec![vec![json!("ana"), json!(1.0)]]),
            seconds: 0.2,
        })),
    );
    insta::assert_snapshot!(stage.shown());
    stage.press("esc y");
    assert_eq!(stage.effects.last(), Some(&Effect::Copy("ana\t1.0".to_owned())));
}

/// What was asked in a file is no answer to what is in the query pane; and that to another text says so.
#[test]
fn the_query_pane_shows_what_it_has_asked() {
    let mut stage = lake(80, 24);
    fs_err::write(stage.file("sql/a.sql"), "SELECT 'theirs'\n").unwrap();
    stage.open("sql/a.sql").work().press("f5");
    let answer = |value: &str| {
        let rows = rows(vec![vec![json!(value), json!(1.0)]]);
        Ok(Answer::Lake(LakeAnswer::Query { rows, seconds: 0.2 }))
    };
    stage.answer(QUERY, answer("theirs"));
    assert!(stage.shown().contains("theirs  "), "{}", stage.shown());
    stage.press("esc esc 5 e");
    assert!(
        stage.shown().contains("runs the statement") && !stage.shown().contains("theirs"),
        "{}",
        stage.shown()
    );
    stage.press("f5").answer(QUERY, answer("mine"));
    assert!(stage.shown().contains("1 row, 0.2s ─"), "{}", stage.shown());
    stage.press("up").type_in(" ");
    assert!(stage.shown().contains("1 row, 0.2s, of what was asked"), "{}", stage.shown());
}

/// The line of values is one below the query, with the keys and with the mouse; one that is left empty is asked for again.
#[test]
fn the_values_of_a_query_are_reached_and_corrected() {
    let mut stage = lake(80, 24);
    stage.press("e ctrl-end enter").type_in("; SELECT @who").press("f5").press("enter");
    assert!(stage.asked(QUERY).is_none() && stage.shown().contains("give @who a value"), "{}", stage.shown());
    assert_eq!(stage.model.lake.params.text(), "who=");
    stage.press("up");
    assert!(stage.model.lake.pane == LakePane::Query);
    stage.press("up down");
    assert!(stage.model.lake.pane == LakePane::Query, "there is a line below");
    stage.press("down").type_in("ana").press("enter");
    assert_eq!(asked(&stage).1, [("who", Parameter::String("ana".to_owned()))]);
    assert!(stage.shown().contains("alt-v values"), "{}", stage.shown());
    stage.press("alt-v");
    assert!(stage.model.lake.pane == LakePane::Params);
    let row = stage.shown().lines().position(|line| line.contains("with who=ana")).unwrap();
    stage.press("up").tell(Msg::Click { column: 60, row: u16::try_from(row).unwrap() });
    assert!(stage.model.lake.pane == LakePane::Params);
}

#[test]
fn in_the_query_tab_and_undo_are_those_of_a_text() {
    let mut stage = lake(80, 24);
    stage.press("e").type_in("x").press("alt-z ctrl-home tab tab shift-tab");
    assert_eq!(stage.model.lake.query.text(), "  SELECT *\nFROM lake.airports\nLIMIT 50");
    stage.press("f1");
    assert!(stage.shown().contains("shift-tab"), "{}", stage.shown());
}

#[test]
fn a_wrong_query_is_told_at_its_line() {
    let mut stage = lake(80, 24);
    stage.press("e ctrl-enter");
    let mut trouble = Trouble::new("the query was not run");
    trouble.problems.push(Diagnostic {
        file: "query".into(),
        span: Span { line: 2, column: 6, length: 13 },
        severity: Severity::Error,
        code: "sql".to_owned(),
        message: "there is no table lake.airports".to_owned(),
        help: "did you mean lake.airlines?".to_owned(),
    });
    stage.answer(QUERY, Err(trouble));
    insta::assert_snapshot!(stage.shown());
    let (keyword, wrong) = (stage.style_of("FROM"), stage.style_of("lake.airports                    "));
    assert_eq!(keyword.fg, Some(Color::Magenta));
    assert!(wrong.fg == Some(Color::Red) && wrong.add_modifier.contains(Modifier::UNDERLINED), "{wrong:?}");
    stage.press("up");
    let shown = stage.shown();
    assert!(shown.contains("✗ there is no table") && shown.contains("with name="), "{shown}");
    stage.press("esc y");
    let copied = "the query was not run\nquery:2:6: there is no table lake.airports";
    assert_eq!(stage.effects.last(), Some(&Effect::Copy(copied.to_owned())));
}

/// esc stops what is being asked before it leads anywhere; a file that is not saved is not run as it was.
#[test]
fn a_query_can_be_stopped() {
    let mut stage = lake(80, 24);
    stage.press("e ctrl-enter esc");
    assert_eq!(stage.effects.last(), Some(&Effect::Forget(QUERY)));
    assert!(stage.model.lake.pane == LakePane::Query && stage.shown().contains("the query was stopped"));
    stage.press("esc");
    assert!(stage.model.lake.pane == LakePane::Detail);
}

/// What was begun for another table makes room; what the person has typed stays, and is not lost.
#[test]
fn the_query_is_begun_with_the_selected_table() {
    let mut stage = lake(80, 24);
    stage.press("e esc esc j e");
    assert_eq!(stage.model.lake.query.text(), "SELECT *\nFROM lake.flights\nLIMIT 50");
    stage.type_in("0").press("esc esc k e");
    let both = "SELECT *\nFROM lake.flights\nLIMIT 500\n;\n\nSELECT *\nFROM lake.airports\nLIMIT 50";
    assert_eq!(stage.model.lake.query.text(), both);
    stage.press("esc esc j e");
    assert_eq!(stage.model.lake.query.text(), both, "it names that table already");
}

/// A query of the person's own is led back to as it was left; nothing is put behind one that is wrong.
#[test]
fn a_query_is_led_back_to() {
    let mut stage = lake(80, 24);
    stage.model.lake.query = TextBuffer::of("SELECT 1");
    stage.press("e esc esc e esc e");
    assert_eq!(stage.model.lake.query.text(), "SELECT 1");
    stage.model.lake.problems.push(Diagnostic {
        file: "query".into(),
        span: Span { line: 1, column: 1, length: 1 },
        severity: Severity::Error,
        code: "sql".to_owned(),
        message: "wrong".to_owned(),
        help: String::new(),
    });
    stage.press("esc esc j e");
    assert_eq!(stage.model.lake.query.text(), "SELECT 1");
    assert!(stage.shown().contains("one for lake.flights"), "{}", stage.shown());
    stage.model.lake.problems.clear();
    stage.press("esc esc e");
    assert!(stage.model.lake.query.text().contains("lake.flights"));
}

/// The project is shown as it was read last; that it cannot be read any more is told, and stays told.
#[test]
fn a_project_that_cannot_be_read_any_more_is_told() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.tell(Msg::FilesChanged);
    stage.answer(Slot::Project, Err(Trouble::new("greenroom.yaml is wrong")));
    let shown = stage.shown();
    assert!(shown.contains("✗ greenroom.yaml is wrong") && shown.contains("✗ as it was before"), "{shown}");
    stage.press("esc");
    assert!(stage.shown().contains("✗ as it was before"), "{}", stage.shown());
    stage.read_project();
    assert!(!stage.shown().contains("✗ as it was before"), "{}", stage.shown());
}

#[test]
fn the_screen_that_is_shown_is_named_where_not_all_names_have_room() {
    let mut stage = lake(40, 12);
    assert!(stage.shown().contains(" 4  5 Lake  6 "), "{}", stage.shown());
    stage.press(":").type_in("zzqqzz");
    assert!(stage.shown().contains("nothing has these letters"), "{}", stage.shown());
}

/// Who is led elsewhere from the query does not come back into it: a digit would be a letter there.
#[test]
fn a_digit_is_no_letter_to_who_comes_back() {
    let mut stage = lake(80, 24);
    stage.press("e").model.trail.clear();
    stage.press("ctrl-p").type_in("All that has run").press("enter esc 6");
    assert_eq!(stage.model.screen, Screen::Local);
}

#[test]
fn what_was_asked_and_made_is_in_the_log_of_commands() {
    let mut stage = lake(80, 24);
    stage.press("e ctrl-end").type_in("; SELECT @day").press("f5 f5");
    let lines = |stage: &Stage| {
        let line = |command: &Command| command.line(|words| format!("greenroom {}", words.join(" ")));
        stage.model.commands.commands().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(lines(&stage), ["printf %s 'SELECT @day' | greenroom sql --param day=2013-01-01"]);
    stage.press("ctrl-s");
    assert!(stage.shown().contains("empty: an export"), "{}", stage.shown());
    stage.type_in("of_day").press("enter");
    let place = Location { path: "workflows/odd.yaml".into(), row: 0, letter: 0 };
    stage.tell(Msg::Did { job: 0, ended: Ok(Outcome::Written(place)) });
    let made = "# the step of_day was written into workflows/odd.yaml, its query into sql/of_day.sql";
    assert_eq!(lines(&stage).last().unwrap(), made);
}

#[test]
fn rows_have_the_whole_screen_and_give_it_back() {
    let mut stage = lake(80, 16);
    stage.press("f");
    assert!(!stage.shown().contains("tables 2") && stage.shown().contains("12.5"), "{}", stage.shown());
    stage.press("esc");
    assert!(stage.shown().contains("tables 2") && stage.model.lake.pane == LakePane::Detail);
}

/// One pane at a time, where there is no room for two.
#[test]
fn a_tiny_screen_shows_where_one_is() {
    let mut stage = lake(40, 10);
    assert!(stage.shown().contains("lake.flights  336,776"), "{}", stage.shown());
    stage.press("enter");
    assert!(stage.shown().contains("UA") && !stage.shown().contains("tables 2"), "{}", stage.shown());
    stage.press("e");
    assert!(stage.shown().contains("2 FROM") && stage.shown().contains("3 LIMIT 50"), "{}", stage.shown());
}

#[test]
fn tables_and_columns_are_offered_in_the_query() {
    let mut stage = Stage::new(80, 24, "dark");
    let spec = "greenroom: 1\nkind: workflow\nname: odd\nsteps:\n  a: {uses: sql_table, with: {query: SELECT 1, table: lake.made}}\n";
    fs_err::write(stage.file("workflows/odd.yaml"), spec).unwrap();
    stage.press("5");
    stage.answer(TABLES, Ok(Answer::Lake(LakeAnswer::Tables(LakeLook::default()))));
    stage.press("e").work().type_in("SELECT 1 FROM la").press("ctrl-space");
    assert!(stage.shown().contains("│ lake.made "), "{}", stage.shown());
    // esc puts away the list alone; what is typed narrows it.
    stage.press("esc").type_in("k").press("ctrl-space").type_in("e").press("enter");
    assert_eq!(stage.model.lake.query.text(), "SELECT 1 FROM lake.made");
    assert!(stage.model.lake.completion.is_none() && stage.model.lake.pane == LakePane::Query);
}

/// What was typed for it is there to be mended.
#[test]
fn a_step_that_could_not_be_made_is_asked_for_again() {
    let mut stage = lake(80, 24);
    stage.press("e ctrl-s").type_in("delays").press("enter");
    assert!(stage.model.overlays.is_empty(), "{}", stage.shown());
    let job = *stage.model.jobs.jobs.keys().last().unwrap();
    let trouble = Trouble::new("sql/delays.sql is there already");
    stage.tell(Msg::Did { job, ended: Err(trouble.clone()) });
    let shown = stage.shown();
    assert!(shown.contains("make a step of the query") && shown.contains("delays  name"), "{shown}");
    assert!(shown.contains("sql/delays.sql is there already"), "{shown}");
    assert!(!shown.contains("m: all of it"), "here m is a letter: {shown}");
    stage.type_in("_2").press("enter");
    let Some(Effect::Do { deed: crate::app::Deed::MakeStep(made), .. }) = stage.effects.last() else {
        panic!("{:?}", stage.effects.last())
    };
    assert_eq!(made.step.as_str(), "delays_2");
    // Whoever has gone elsewhere is not asked.
    let job = *stage.model.jobs.jobs.keys().last().unwrap();
    stage.press("esc esc esc 1").tell(Msg::Did { job, ended: Err(trouble) });
    assert!(stage.model.overlays.is_empty(), "{}", stage.shown());
}
