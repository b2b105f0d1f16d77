//! What is told of specs that are wrong.

use super::cases::WORKFLOW;
use super::file_cases::FILES;
use super::{Files, PROJECT};

/// Takes the marks out; where they were, as `line:column`.
fn marked(text: &str) -> (String, Vec<String>) {
    let mut places = Vec::new();
    let (mut line, mut column) = (1, 1);
    let mut clean = String::new();
    for c in text.chars() {
        match c {
            '«' => {
                places.push(format!("{line}:{column}"));
                continue;
            }
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        clean.push(c);
    }
    (clean, places)
}

/// Why a case does not hold, if it does not.
fn case(file: &str, text: &str, code: &str, part: &str) -> Option<String> {
    let (clean, places) = marked(text);
    let files = Files::new().with("q.sql", "").with(file, clean);
    std::os::unix::fs::symlink("/", files.root.join("out")).unwrap();
    let told = files.problems();
    let expected = format!("{file}:{} {code}: ", places[0]);
    match told.starts_with(&expected) && told.contains(part) && told.lines().count() == places.len() {
        true => None,
        false => Some(format!(
            "{text}\n  expected: {expected} {part}\n  told: {}\n",
            told.replace('\n', "\n        ")
        )),
    }
}

#[test]
fn a_workflow_is_told_what_is_wrong_with_it_and_where() {
    let wrong: Vec<String> = WORKFLOW
        .iter()
        .filter_map(|(text, code, part)| {
            let text = format!("greenroom: 1\nkind: workflow\nname: w\n{text}\n");
            case("workflows/w.yaml", &text, code, part)
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), WORKFLOW.len(), wrong.join("\n"));
}

#[test]
fn any_file_is_told_what_is_wrong_with_it_and_where() {
    let wrong: Vec<String> =
        FILES.iter().filter_map(|(file, text, code, part)| case(file, text, code, part)).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), FILES.len(), wrong.join("\n"));
}

fn codes(files: &Files) -> Vec<String> {
    files.load().diagnostics.into_iter().map(|problem| problem.code).collect()
}

const GOOD: &str = "greenroom: 1\nkind: workflow\nname: w\nsteps: {a: {run: x}}\n";

#[test]
fn what_is_no_text_is_told() {
    let told = |content: &[u8]| Files::new().with("workflows/w.yaml", content).problems();
    assert!(told(b"greenroom: 1\nname: caf\xe9\n").starts_with("workflows/w.yaml:2:10 not-utf8"));
    assert!(told(b"\xff\xfe").starts_with("workflows/w.yaml:1:1 not-utf8"));
    assert_eq!(told(format!("\u{feff}{GOOD}").as_bytes()), "");
    assert_eq!(told(GOOD.replace('\n', "\r\n").as_bytes()), "");
}

#[test]
fn bombs_do_no_harm() {
    let told = |content: &str| Files::new().with("workflows/w.yaml", content).problems();
    let mut bomb = "greenroom: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let of = format!("*a{}, ", level - 1).repeat(10);
        bomb += &format!("a{level}: &a{level} [{of}]\n");
    }
    assert!(told(&bomb).contains("alias-bomb"), "{}", told(&bomb));
    assert!(told("a: &a [*a]").contains("yaml-syntax"));
    for deep in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        let told = told(&format!("greenroom: 1\nname: {deep}"));
        assert!(told.contains("too-deep") || told.contains("yaml-syntax"), "{told}");
    }
    let nested: String = (0..100).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(told(&nested).contains("too-deep"), "{}", told(&nested));
    let large = format!("{GOOD}# {}\n", "x".repeat(50_000_000));
    assert!(told(&large).contains("too-large"));
    let many: String = (0..5_000).map(|n| format!("k{n}: 1\n")).collect();
    assert_eq!(told(&format!("{GOOD}{many}")).lines().count(), 201);
}

#[test]
fn what_is_no_file_is_told() {
    let files = Files::new().with("workflows/dir.yaml/x", "");
    std::os::unix::fs::symlink("/etc/hostname", files.root.join("workflows/link.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", files.root.join("workflows/loose.yaml")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        files.root.join("workflows/pipe.yaml").as_std_path(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    assert_eq!(codes(&files), ["unreadable", "path-leaves-project", "path-leaves-project", "unreadable"]);
    // `workflows` itself may be a file.
    assert_eq!(codes(&Files::new().with("workflows", "")), ["unreadable"]);
    let mut files = Files::new();
    std::fs::remove_file(files.root.join("greenroom.yaml")).unwrap();
    assert_eq!(codes(&files), ["unreadable"]);
    files = files.with("greenroom.yaml/x", "");
    assert_eq!(codes(&files), ["unreadable"]);
}

#[test]
fn a_name_belongs_to_one() {
    let files = Files::new().with("workflows/a.yaml", GOOD).with("workflows/b.yaml", GOOD);
    let told = files.problems();
    assert_eq!(
        told,
        "workflows/b.yaml:3:7 duplicate-name: two workflows are called `w` | the other one is workflows/a.yaml\n"
    );
    assert_eq!(files.load().workflows["w"].file, "workflows/a.yaml");
    let blueprint = "greenroom: 1\nkind: blueprint\nname: w\ncomponents: {anything: {goes: here}}\n";
    let files = files.with("blueprints/c.yaml", blueprint);
    assert!(files.problems().contains("a workflow and a blueprint are both called `w`"));
}

#[test]
fn a_problem_draws_no_others_after_it() {
    // A broken project, operator or step is told once, and not to everybody who names it.
    let files = Files::new()
        .with("greenroom.yaml", PROJECT.replace("name: p", "name: P"))
        .with("operators/o.yaml", "greenroom: 1\nkind: operator\nname: o\ncommand: [x]\nx: 1\n")
        .with(
            "workflows/w.yaml",
            "greenroom: 1\nkind: workflow\nname: w\nowners: [zoe]\nsteps:
  a: {uses: o, image: special, outputs: {x: {path: x}}}
  b: {run: x, needs: [a, c]}
  c: {rum: x}
",
        );
    assert_eq!(codes(&files), ["bad-name", "unknown-key", "broken-operator", "unknown-key"]);
}

#[test]
fn what_uses_a_broken_operator_is_not_run() {
    let files = Files::new()
        .with("operators/o.yaml", "greenroom: 1\nkind: operator\nname: mine\ncommand: [x]\nx: 1\n")
        .with("workflows/w.yaml", GOOD.replace("run: x", "uses: mine"));
    let specs = files.load();
    assert!(specs.workflows.is_empty());
    assert_eq!(specs.broken["w"], "workflows/w.yaml");
    assert_eq!(specs.diagnostics[1].help, "see operators/o.yaml");
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let files = Files::new().with(
        "workflows/w.yaml",
        "greenroom: 1
kind: workflow
name: Daily Delays
params: {day: {type: date, default: 2013-02-30}}
steps:
  load: {uses: load_tabel, timeout: 10}
  load: {run: x, imgae: default}
  show: {run: x, needs: [laod], retries: 2}
",
    );
    insta::assert_snapshot!(files.problems(), @"
    workflows/w.yaml:3:7 bad-name: the workflow's name: `Daily Delays` has a character a name may not have: 'D' | did you mean `daily_delays`?
    workflows/w.yaml:4:37 bad-date: `default`: `2013-02-30` is not a date such as 2013-01-31 | there is no such day in the calendar
    workflows/w.yaml:6:16 unknown-operator: there is no operator `load_tabel` | did you mean `load_table`?
    workflows/w.yaml:6:37 bad-duration: `timeout`: `10` is not a duration; write a number and ms, s, m, h or d, such as 10s or 1h30m | with a unit: 10s or 10m
    workflows/w.yaml:7:3 duplicate-step: the step `load` is here twice | the first is on line 6
    workflows/w.yaml:7:18 unknown-key: a step has no key `imgae` | did you mean `image`?
    workflows/w.yaml:8:26 unknown-step: there is no step `laod` to need | did you mean `load`?
    workflows/w.yaml:8:33 unknown-key: a step has no key `retries` | did you mean `retry: {limit: …}`?
    ");
}
