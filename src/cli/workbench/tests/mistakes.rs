use super::stage::{Stage, environment};
use crate::app::{
    Answer, Ask, CheckText, Checked, LakeAnswer, LakeLook, LakePane, LakeSlot, LocalNews, News, Slot, Trouble,
};
use crate::domain::{Diagnostic, Language, ParamType, Severity, Span, Value};

const CHECK: Slot = Slot::Lake(LakeSlot::Check);
const QUERY: Slot = Slot::Lake(LakeSlot::Query);

/// A file of the project, open.
fn open(path: &str, text: &str) -> Stage {
    open_beside(&[], path, text)
}

fn open_beside(others: &[(&str, &str)], path: &str, text: &str) -> Stage {
    let mut stage = Stage::new(80, 24, "dark");
    fs_err::create_dir_all(stage.file("sql")).unwrap();
    for (path, text) in others.iter().chain(&[(path, text)]) {
        fs_err::write(stage.file(path), text).unwrap();
    }
    stage.open(path);
    stage.work();
    stage
}

fn asked(stage: &Stage) -> &CheckText {
    let Some(Ask::Check(check)) = stage.asked(CHECK) else { panic!("nothing was checked") };
    check
}

fn problem(file: &str, line: usize, message: &str) -> Diagnostic {
    Diagnostic {
        file: file.into(),
        span: Span { line, column: 8, length: 3 },
        severity: Severity::Error,
        code: "sql".to_owned(),
        message: message.to_owned(),
        help: String::new(),
    }
}

fn found(stage: &mut Stage, file: Option<&str>, problems: Vec<Diagnostic>) {
    let checked = Checked { file: file.map(Into::into), problems, unchecked: None };
    stage.answer(CHECK, Ok(Answer::Lake(LakeAnswer::Checked(checked))));
}

#[test]
fn a_query_is_checked_as_it_is_typed_with_the_types_that_a_workflow_declares() {
    let mut stage = open("sql/a.sql", "SELECT 1;\n-- no\n;SELECT @day, @who\n");
    let check = asked(&stage);
    assert_eq!((check.language, check.kept, check.params.len()), (Language::Sql, false, 1));
    let texts: Vec<_> = check.texts.iter().map(|part| (part.text.as_str(), part.line, part.column)).collect();
    assert_eq!(texts, [("SELECT 1", 0, 0), ("SELECT @day, @who\n", 2, 1)]);
    assert_eq!(check.params.iter().next().unwrap().1, &ParamType::Date.example());
    // What is typed meanwhile is checked when that is answered.
    stage.type_in("x");
    found(&mut stage, Some("sql/a.sql"), vec![problem("sql/a.sql", 3, "there is no column `who`")]);
    assert_eq!(asked(&stage).texts[0].text, "xSELECT 1");
    assert!(stage.shown().contains("✗  3"), "{}", stage.shown());
    stage.press("f8");
    assert!(stage.shown().contains("✗ there is no column `who`"), "{}", stage.shown());
    found(&mut stage, Some("sql/a.sql"), Vec::new());
    assert!(!stage.shown().contains('✗'), "{}", stage.shown());
}

#[test]
fn a_program_is_checked_as_it_is_typed() {
    let mut stage = open("sql/a.py", "if 1:\n");
    assert_eq!(asked(&stage).language, Language::Python);
    assert_eq!(asked(&stage).texts[0].text, "if 1:\n");
    found(&mut stage, Some("sql/a.py"), vec![problem("sql/a.py", 1, "expected an indented block")]);
    assert!(stage.shown().contains("✗  1") && stage.shown().contains("1 error"), "{}", stage.shown());
    stage.type_in("x");
    let checked =
        Checked { file: Some("sql/a.py".into()), unchecked: Some("no engine"), ..Checked::default() };
    stage.answer(CHECK, Ok(Answer::Lake(LakeAnswer::Checked(checked))));
    assert!(stage.shown().contains("not checked: no engine"), "{}", stage.shown());
    // Once there is one, it is looked at again.
    let status = || News::Local(LocalNews::Status(Box::new(environment())));
    stage.news(Slot::Health, status());
    assert!(!stage.waits(CHECK), "nothing has changed");
    stage.news(Slot::Health, News::Local(LocalNews::Lost(Trouble::new("it is lost"))));
    stage.news(Slot::Health, status());
    assert!(stage.waits(CHECK));
}

/// What a query failed of stays at its line when the answer is put away, until the text is another.
#[test]
fn the_error_of_a_query_is_in_the_gutter() {
    let mut stage = open("sql/a.sql", "SELECT 1;\nSELECT 1 / 0\n");
    stage.press("down f5");
    let mut trouble = Trouble::new("the query was not run");
    trouble.problems.push(problem("sql/a.sql", 2, "division by zero"));
    stage.answer(QUERY, Err(trouble));
    stage.press("esc pageup");
    assert!(stage.shown().contains("✗  2"), "{}", stage.shown());
    stage.type_in("x");
    assert!(!stage.shown().contains('✗'), "{}", stage.shown());
}

#[test]
fn the_query_pane_shows_what_is_wrong_in_it() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("5");
    let look = LakeLook::default();
    stage.answer(Slot::Lake(LakeSlot::Tables), Ok(Answer::Lake(LakeAnswer::Tables(look))));
    stage.press("e").type_in("SELECT no").press("enter");
    assert!(asked(&stage).file.is_none());
    let checked = Checked { unchecked: Some("no engine"), ..Checked::default() };
    stage.answer(CHECK, Ok(Answer::Lake(LakeAnswer::Checked(checked))));
    assert!(stage.shown().contains("not checked: no engine"), "{}", stage.shown());
    stage.type_in(" ");
    found(&mut stage, None, vec![problem("query", 1, "there is no column `no`")]);
    assert!(stage.shown().contains("1✗") && !stage.shown().contains("there is no"), "{}", stage.shown());
    stage.press("up");
    assert!(stage.shown().contains("✗ there is no column `no`"), "{}", stage.shown());
    // No step is made of it, but one of another that stands there too.
    stage.press("ctrl-s");
    assert!(stage.shown().contains("make a step of it: line 1: there is no column"), "{}", stage.shown());
    stage.press("ctrl-end").type_in(";").press("enter").type_in("SELECT 1").press("ctrl-s");
    assert!(stage.shown().contains("make a step"), "{}", stage.shown());
    assert_eq!(stage.model.overlays.len(), 1);
}

/// `007` is what a workflow says it is, and not what it looks like.
#[test]
fn a_parameter_has_its_declared_type() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("5");
    stage.answer(Slot::Lake(LakeSlot::Tables), Ok(Answer::Lake(LakeAnswer::Tables(LakeLook::default()))));
    stage.press("e").type_in("SELECT @day, @code").press("f5").type_in("7 day=7").press("enter");
    assert!(stage.asked(QUERY).is_none() && stage.model.lake.pane == LakePane::Params);
    assert!(stage.shown().contains("@day: `7` is not a date"), "{}", stage.shown());
    stage.press("ctrl-u").type_in("day=2013-01-02 code=7").press("enter");
    let Some(Ask::Lake(crate::app::LakeAsk::Query { params, .. })) = stage.asked(QUERY) else { panic!() };
    let values: Vec<&Value> = params.values().collect();
    assert_eq!(values, [&ParamType::Date.parse("2013-01-02").unwrap(), &Value::Int(7)]);
}

#[test]
fn the_queries_of_a_spec_are_checked_where_they_stand() {
    let spec = "steps:\n  a:\n    with:\n      query: |\n        SELECT @day\n  b:\n    with:\n      query: |\n        SELECT ${{ x }}\n";
    let mut stage = open("workflows/odd.yaml", spec);
    let check = asked(&stage);
    assert_eq!((check.texts.len(), check.kept, check.params.len()), (1, true, 1));
    assert_eq!((check.texts[0].text.as_str(), check.texts[0].line), ("        SELECT @day\n", 4));
    found(&mut stage, Some("workflows/odd.yaml"), vec![problem("workflows/odd.yaml", 5, "no")]);
    assert!(stage.shown().contains("✗  5"), "{}", stage.shown());
}

/// Or a long file would be copied again and again at each letter.
#[test]
fn of_many_queries_those_at_the_cursor_are_checked() {
    let mut stage = open("sql/a.sql", &"SELECT 1;\n".repeat(4000));
    assert_eq!(asked(&stage).texts[0].line, 0);
    found(&mut stage, Some("sql/a.sql"), Vec::new());
    stage.model.editor.file_mut().unwrap().buffer.go_to(usize::MAX, usize::MAX);
    stage.type_in("z");
    found(&mut stage, Some("sql/a.sql"), Vec::new());
    let texts = &asked(&stage).texts;
    let last = texts.last().unwrap();
    assert_eq!((last.text.as_str(), last.line, last.column), ("\nz", 3999, 9));
    assert!(texts.len() < 100 && texts.iter().map(|part| part.text.len()).sum::<usize>() < 1000);
}

/// What no workflow declares that runs a query is told without asking a warehouse.
#[test]
fn a_parameter_that_no_workflow_declares_is_told() {
    let spec = "greenroom: 1\nkind: workflow\nname: user\nparams: {day: date}\nsteps:\n  a: {uses: sql_export, with: {query_file: sql/a.sql}}\n  b:\n    uses: sql_export\n    with:\n      query: |\n        SELECT @none\n";
    let text = "SELECT 1\nWHERE '2013-01-01' < @dya AND @carrier <> ''\n";
    let told = |path: &str, shown: &str| {
        let mut stage = open_beside(&[("workflows/user.yaml", spec), ("sql/a.sql", text)], path, shown);
        // Which workflows there are is known now.
        found(&mut stage, Some(path), Vec::new());
        let undeclared = asked(&stage).undeclared.clone();
        found(&mut stage, Some(path), undeclared.clone());
        assert_eq!(stage.shown().contains('✗'), !undeclared.is_empty(), "{}", stage.shown());
        let told = undeclared.into_iter();
        told.map(|told| (told.span.line, told.span.column, told.span.length, told.help)).collect::<Vec<_>>()
    };
    let declare = "declare it below `params:` of workflows/user.yaml";
    let meant = "did you mean `@day`?";
    assert_eq!(told("sql/a.sql", text), [(2, 22, 4, meant.to_owned()), (2, 31, 8, declare.to_owned())]);
    assert_eq!(told("workflows/user.yaml", spec), [(11, 16, 5, declare.to_owned())]);
    // Of a query that nobody runs, nobody can tell.
    assert_eq!(told("sql/b.sql", text), []);
}

/// A diagnostic does not outlive the text that it is of.
#[test]
fn what_is_wrong_in_the_query_pane_is_of_what_is_typed() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("5");
    let look = LakeLook::default();
    stage.answer(Slot::Lake(LakeSlot::Tables), Ok(Answer::Lake(LakeAnswer::Tables(look))));
    stage.press("e").type_in("SELECT no");
    found(&mut stage, None, vec![problem("query", 1, "there is no column `no`")]);
    // The last letter is typed while the one before is checked, and then the pane is left.
    stage.type_in("w").press("esc");
    found(&mut stage, None, vec![problem("query", 1, "there is no column `now`")]);
    assert_eq!(asked(&stage).texts[0].text, "SELECT now", "whatever the pane is");
    stage.press("e").type_in("x").press("esc esc 1");
    found(&mut stage, None, vec![problem("query", 1, "there is no column `now`")]);
    assert!(stage.model.lake.problems.is_empty());
}

#[test]
fn a_value_with_spaces_is_taken_whole_or_told_of() {
    let mut stage = Stage::new(80, 24, "dark");
    stage.press("5");
    stage.answer(Slot::Lake(LakeSlot::Tables), Ok(Answer::Lake(LakeAnswer::Tables(LakeLook::default()))));
    stage.press("e").type_in("SELECT @x AS x").press("f5").type_in("United Air Lines").press("enter");
    assert!(stage.asked(QUERY).is_none());
    assert!(stage.shown().contains("`Air` is no name=value"), "{}", stage.shown());
    stage.press("f5 ctrl-u").type_in("x='United Air Lines").press("enter");
    assert!(stage.shown().contains("a quote does not end"), "{}", stage.shown());
    stage.press("f5 end").type_in("'").press("enter");
    let Some(Ask::Lake(crate::app::LakeAsk::Query { params, .. })) = stage.asked(QUERY) else { panic!() };
    assert_eq!(params.values().next(), Some(&Value::String("United Air Lines".to_owned())));
}
