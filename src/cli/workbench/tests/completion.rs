use super::stage::Stage;
use crate::app::{Ask, EditorAsk, Effect, Key, Msg};

const SPEC: &str = "greenroom: 1
kind: workflow
name: odd
params:
  day: date
steps:
  get:
    uses: load_table
    with: {table: lake.made, from: a.csv, columns: {carrier: STRING, delay: INT64}}
    outputs: {get: {expect: {columns: {carrier: STRING, delay: INT64}}}}
  calc:
    matrix: {size: [1, 2]}
    run: x
    outputs: {one: a, two: b}
";

/// A file of the project with `‸` where the cursor is.
fn open(path: &str, text: &str) -> Stage {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::write(stage.file("sql/a.sql"), "").unwrap();
    fs_err::write(stage.file("a.csv"), "").unwrap();
    // What is known is known from files that are right.
    fs_err::write(stage.file("workflows/known.yaml"), SPEC.replace("odd", "known")).unwrap();
    fs_err::write(stage.file(path), text.replace('‸', "")).unwrap();
    let row = text.lines().position(|line| line.contains('‸')).unwrap();
    let letter = text.lines().nth(row).unwrap().chars().position(|c| c == '‸').unwrap();
    stage.press("7").work();
    stage.press("ctrl-o").type_in(path).press("enter").work();
    stage.model.editor.file_mut().unwrap().buffer.go_to(row, letter);
    stage
}

/// What is offered when one asks.
fn offered(path: &str, text: &str) -> String {
    let mut stage = open(path, text);
    stage.press("ctrl-space");
    let items = stage.model.editor.completion.into_iter().flat_map(|completion| completion.items);
    items.map(|item| item.label).collect::<Vec<_>>().join(" ")
}

#[test]
fn specs_are_completed_with_what_fits_there() {
    for (rest, wanted) in [
        ("ow‸", "owners"),
        ("schedule: {cr‸", "cron"),
        ("monitors:\n  - {kind: ‸", "freshness rows duration failure metric"),
        ("monitors:\n  - ki‸", "kind"),
        ("owners: [‸", "ana eli"),
        ("owners:\n  - e‸", "eli"),
        ("  new:\n    ti‸", "timeout description"),
        ("  new:\n    run: x\n    tim‸\n    image: x", "timeout"),
        ("  new: {image: d‸", "default"),
        ("  new: {uses: sql‸", "sql_table sql_export"),
        ("  new: {needs: [‸", "get calc"),
        ("  new:\n    needs:\n      - ‸", "get calc"),
        ("  new:\n    retry:\n      ‸", "limit delay backoff"),
        ("  new:\n    io: ‸", "path uri"),
        ("  new:\n    uses: sql_export\n    with:\n      for‸", "format"),
        ("  new: {uses: sql_export, with: {format: ‸", "parquet csv json"),
        ("  new: {uses: sql_export, with: {query_file: sql‸", "sql/a.sql"),
        ("  new: {uses: sql_table, with: {table: ‸", "lake.made"),
        ("  new: {uses: data_available, with: {table: lake.made, where: \"del‸", "delay"),
        ("  new: {uses: data_available, with: {table: lake.made, where: \"delay = @‸", "day"),
        ("  new:\n    uses: sql_export\n    with:\n      query: |\n        SELECT x FROM la‸", "lake.made"),
        ("  new:\n    uses: sql_table\n    with: {table: lake.made, partition: {column: ca‸", "carrier"),
        ("  new: {when: \"${{ ‸", "params steps run"),
        ("  new: {when: \"${{ params.‸", "day"),
        ("  new: {when: \"${{ steps.‸", "get calc"),
        ("  new: {when: \"${{ steps.calc.‸", "outputs status"),
        ("  new: {when: \"${{ steps.calc.outputs.t‸", "two"),
        ("  new: {when: \"${{ steps.get.outputs.‸", "get"),
        ("  new: {matrix: {a: [1]}, env: {X: \"${{ matrix.‸", "a"),
        ("schedule: {cron: x, params: {day: \"${{ schedule.‸", "date previous_date"),
        ("  new: {run: ‸", ""),
        ("  # ‸", ""),
    ] {
        assert_eq!(offered("workflows/odd.yaml", &format!("{SPEC}{rest}")), wanted, "{rest}");
    }
    assert_eq!(
        offered("greenroom.yaml", "greenroom: 1\nkind: project\nenvironments: {dev: {ware‸"),
        "warehouse"
    );
    assert_eq!(offered("operators/o.yaml", "kind: ‸"), "operator");
}

#[test]
fn queries_are_completed_with_tables_columns_and_parameters() {
    for (text, wanted) in [
        ("SELECT 1 FROM ‸", "lake.made"),
        ("SELECT 1 FROM lake.‸", "made"),
        ("SELECT car‸ FROM lake.made", "carrier"),
        ("SELECT m.‸ FROM lake.made AS m", "carrier delay"),
        ("SELECT m.d‸ FROM lake.made m", "delay"),
        ("SELECT x.‸ FROM lake.made m", ""),
    ] {
        assert_eq!(offered("sql/a.sql", text), wanted, "{text}");
    }
}

/// The parameters are those of the workflows that run the query.
#[test]
fn a_query_knows_who_runs_it() {
    let mut stage = open("sql/a.sql", "SELECT ‸");
    let spec = "greenroom: 1\nkind: workflow\nname: user\nparams: {top: int}\nsteps:\n  a: {uses: sql_export, with: {query_file: sql/a.sql}}\n";
    fs_err::write(stage.file("workflows/user.yaml"), spec).unwrap();
    stage.tell(crate::app::Msg::FilesChanged);
    stage.work().type_in("@");
    assert!(stage.shown().contains("│ top  int│"), "{}", stage.shown());
    // Enter is a new line for whoever has not asked for the list.
    stage.press("enter");
    assert_eq!(stage.model.editor.file().unwrap().buffer.lines(), ["SELECT @", ""]);
    stage.press("backspace backspace").type_in("@").press("down enter");
    assert_eq!(stage.model.editor.file().unwrap().buffer.lines(), ["SELECT @top"]);
}

#[test]
fn a_click_takes_what_is_offered_and_reaches_nothing_below() {
    let mut stage = open("workflows/odd.yaml", &format!("{SPEC}  new: {{needs: [‸"));
    stage.press("ctrl-space");
    let at = |stage: &Stage, text: &str| {
        let shown = stage.shown();
        let row = shown.lines().position(|line| line.contains(text)).unwrap();
        let line = shown.lines().nth(row).unwrap();
        let column = line[..line.find(text).unwrap()].chars().count();
        (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
    };
    let cursor = stage.model.editor.file().unwrap().buffer.cursor();
    let (column, row) = at(&stage, "╭");
    stage.tell(Msg::Click { column, row });
    assert_eq!(stage.model.editor.file().unwrap().buffer.cursor(), cursor, "{}", stage.shown());
    let (column, row) = at(&stage, "│ calc");
    stage.tell(Msg::Click { column: column + 3, row });
    let text = stage.model.editor.file().unwrap().buffer.text();
    assert_eq!(text.strip_prefix(SPEC), Some("  new: {needs: [calc"));
}

#[test]
fn what_is_taken_is_typed_with_what_must_follow() {
    for (rest, keys, wanted) in [
        (
            "  new:\n    us‸",
            "tab down down tab",
            "  new:\n    uses: sql_table\n    with:\n      query: \n      table: ",
        ),
        ("  new: {uses: sql_e‸", "tab", "  new: {uses: sql_export, with: {query: }"),
        ("  new:\n    ret‸", "tab", "  new:\n    retry:\n      "),
        ("  new:\n    nee‸", "tab down tab", "  new:\n    needs: [calc]"),
        ("  new: {when: \"${{ par‸", "tab tab", "  new: {when: \"${{ params.day"),
        ("  new:\n    im‸: default", "tab", "  new:\n    image: default"),
    ] {
        let mut stage = open("workflows/odd.yaml", &format!("{SPEC}{rest}"));
        stage.press("ctrl-space").press(keys);
        let text = stage.model.editor.file().unwrap().buffer.text();
        assert_eq!(text.strip_prefix(SPEC), Some(wanted), "{rest}");
    }
}

/// Typing reads nothing of the lake; what a run may have written is read once.
#[test]
fn which_tables_there_are_is_asked_again_once_runs_have_changed() {
    let mut stage = super::editor::broken(80, 24, "dark");
    stage.model.env = "mine".to_owned();
    let mut asked = |act: &dyn Fn(&mut Stage)| {
        let before = stage.effects.len();
        act(&mut stage);
        let is_check = |effect: &Effect| match effect {
            Effect::Ask { ask: Ask::Editor(EditorAsk::Check { known, env, .. }), .. } => {
                assert_eq!(env, "mine");
                Some(known.is_some())
            }
            _ => None,
        };
        let asked: Vec<bool> = stage.effects[before..].iter().filter_map(is_check).collect();
        stage.work();
        asked
    };
    assert_eq!(asked(&|stage| stage.press_key(Key::char('x'))), [true]);
    assert_eq!(asked(&|stage| stage.tell(Msg::RunsChanged)), [false]);
    assert_eq!(asked(&|stage| stage.press_key(Key::char('y'))), [true]);
}

/// What has been taken is whole: the list of what is like it would only lie in the way.
#[test]
fn what_was_taken_is_not_offered_again() {
    let more = SPEC.replace("odd", "more").replace("lake.made", "lake.more");
    let more = more.replace("carrier: STRING, delay", "mean_delay: FLOAT64, delay");
    let mut stage = open("workflows/more.yaml", &(more + "‸"));
    stage.press("ctrl-o").type_in("sql/a.sql").press("enter").work();
    stage.type_in("SELECT 1 FROM lake.more AS m WHERE m.del").work();
    stage.press("ctrl-space");
    let offered = stage.model.editor.completion.as_ref().unwrap().items.len();
    assert!(offered > 1, "{}", stage.shown());
    stage.press("tab");
    assert!(stage.model.editor.completion.is_none(), "{}", stage.shown());
}
