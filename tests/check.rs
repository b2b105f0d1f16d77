//! `greenroom check` from the command line.

mod support;

use serde_json::Value;
use support::Project;

const PROJECT: &str = "greenroom: 1
kind: project
name: p
images: {default: {base: \"debian:bookworm-slim\"}}
";

fn project() -> Project {
    let project = Project::bare();
    project.file("greenroom.yaml", PROJECT);
    project.workflow("good", "a: {run: x}");
    project
}

#[test]
fn a_right_project_is_said_to_be_right() {
    let project = project();
    assert_eq!(project.expect(0, &["check"]), "✓ 2 files checked, no problems\n");
    assert_eq!(project.expect(0, &["check", "--json"]).trim(), "[]");
}

#[test]
fn problems_are_shown_at_their_places() {
    let project = project();
    project.workflow_of(
        "bad",
        "version: 1.0",
        "load: {uses: sql_exprot, with: {query: select 1}}
show:
  needs: [laod]
  run: |
    echo \"${{ run.token }}\"
\tx: y",
    );
    insta::assert_snapshot!(project.expect(2, &["check"]), @r"
    error[tab]: this is not YAML: tabs disallowed within this context (block indentation)
      --> workflows/bad.yaml:11:3
       |
    11 |       x: y
       |   ^^^^
       |
       = help: YAML is indented by spaces

    3 files checked: 1 error
    ");
    project.workflow_of(
        "bad",
        "version: 1.0",
        "load: {uses: sql_exprot, with: {query: select 1}}
show:
  needs: [laod]
  run: |
    echo \"${{ run.token }}\"",
    );
    insta::assert_snapshot!(project.expect(2, &["check"]), @r#"
    error[bad-version]: `1.0` is a number, not a version
     --> workflows/bad.yaml:4:10
      |
    4 | version: 1.0
      |          ^^^
      |
      = help: write 1.0.0

    error[unknown-operator]: there is no operator `sql_exprot`
     --> workflows/bad.yaml:6:16
      |
    6 |   load: {uses: sql_exprot, with: {query: select 1}}
      |                ^^^^^^^^^^
      |
      = help: did you mean `sql_export`?

    error[unknown-step]: there is no step `laod` to need
     --> workflows/bad.yaml:8:13
      |
    8 |     needs: [laod]
      |             ^^^^
      |
      = help: did you mean `load`?

    error[template-not-allowed]: `run` may hold no template
      --> workflows/bad.yaml:10:13
       |
    10 |       echo "${{ run.token }}"
       |             ^^^^^^^^^^^^^^^^
       |
       = help: write "$GREENROOM_TOKEN"

    3 files checked: 4 errors
    "#);
}

#[test]
fn machines_get_an_array() {
    let project = project();
    project.workflow("bad", "a: {rum: x}");
    let problems: Value = serde_json::from_str(&project.expect(2, &["check", "--json"])).unwrap();
    let first = &problems[0];
    assert_eq!(first["file"], "workflows/bad.yaml");
    assert_eq!((first["line"].as_u64(), first["column"].as_u64()), (Some(6), Some(7)));
    assert_eq!((&first["severity"], &first["code"]), (&"error".into(), &"unknown-key".into()));
    assert_eq!(first["help"], "did you mean `run`?");
    assert!(first["message"].is_string());
    assert_eq!(problems.as_array().unwrap().len(), 1, "that it does nothing follows from it");
}

#[test]
fn only_what_is_named_is_checked() {
    let project = project();
    project.workflow("bad", "a: {rum: x}");
    project.file("notes.txt", "");
    project.expect(0, &["check", "workflows/good.yaml", "greenroom.yaml"]);
    project.expect(2, &["check", "workflows"]);
    project.expect(2, &["check", "./workflows/../workflows/bad.yaml"]);
    project.expect(2, &["check", "."]);
    let told = |path: &str| project.expect(2, &["check", path]);
    assert!(told("notes.txt").contains("no spec"), "{}", told("notes.txt"));
    assert!(told("/etc/hostname").contains("outside the project"));
    assert!(told("workflows/nope.yaml").contains("cannot be checked"));
}

#[test]
fn a_project_that_is_wrong_itself_is_told_too() {
    let project = project();
    project.file("greenroom.yaml", "greenroom: 1\nkind: project\nnaem: p\n");
    assert!(project.expect(2, &["check"]).contains("did you mean `name`?"));
    let nowhere = Project::bare();
    assert!(nowhere.expect(2, &["check"]).contains("greenroom.yaml"));
}

#[test]
fn a_review_tells_every_check_and_fails_where_one_fails() {
    let project = project();
    let told = project.expect(2, &["check", "--review"]);
    assert!(
        told.contains("✓ PASSED       specs-valid") && told.contains("· NOT_CHECKED  idempotent"),
        "{told}"
    );
    assert!(told.contains("error[owners]: good has no owners\n --> workflows/good.yaml"), "{told}");
    let checks: Value = serde_json::from_str(&project.expect(2, &["check", "--review", "--json"])).unwrap();
    let owners = checks.as_array().unwrap().iter().find(|check| check["id"] == "owners").unwrap();
    assert_eq!((&owners["status"], &owners["findings"][0]["where"]["line"]), (&"FAILED".into(), &1.into()));
    // A file without workflows has nothing that could fail.
    project.expect(0, &["check", "--review", "greenroom.yaml"]);
    project.file("greenroom.yaml", "greenroom: 1\nkind: project\n");
    assert!(
        project.expect(2, &["check", "--review"]).contains("name"),
        "what is wrong with the project is told"
    );
}

#[test]
fn lineage_is_a_graph_for_people_and_a_document_for_machines() {
    let project = project();
    project.workflow(
        "flow",
        "load: {uses: load_table, with: {table: lake.a, from: \"gs://x/a.csv\", columns: {x: INT64}}}
sums: {uses: sql_export, with: {query: \"SELECT SUM(x) AS n FROM lake.a\"}}",
    );
    insta::assert_snapshot!(project.expect(0, &["lineage", "flow.sums.sums"]), @r"
    ▪ gs://x/a.csv
    ○ flow.load  load_table
    ● lake.a  1 column
    ○ flow.sums  sql_export workflows/flow.yaml
    ◆ flow.sums.sums  1 column

    columns
                from      needed by
      n  INT64  lake.a.x

    made by  flow.sums
    read by  no step of this project
    ");
    let all: Value = serde_json::from_str(&project.expect(0, &["lineage", "--json"])).unwrap();
    assert_eq!(all["data"][0]["name"], "lake.a");
    assert_eq!(all["data"][0]["columns"]["known"][0]["type"], "INT64");
    assert_eq!(all["steps"][1]["columns"]["known"][0]["from"][0]["column"], "x");
    let unknown = project.expect(2, &["lineage", "lake.b"]);
    assert!(unknown.contains("did you mean `lake.a`?"), "{unknown}");
}
