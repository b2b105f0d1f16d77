//! Going on from old runs on the real engine: with another parameter, or one step alone.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use serde_json::Value;
use support::{Project, of, path_of, read, status, text};

const HEAD: &str = "params:
  day: {type: string, default: monday}
  depth: {type: int, default: 3}";

/// Each step names what it depends on, and each says what of the project it saw.
const STEPS: &str = "extract:
  run: 'echo \"$GREENROOM_PARAM_DAY $(cat code)\" > $GREENROOM_OUTPUT_DIR/rows; date +%s%N > $GREENROOM_OUTPUT_DIR/when'
  outputs: {rows: {path: rows}}
  files: [code]
train:
  inputs: {rows: '${{ steps.extract.outputs.rows }}'}
  run: 'echo \"$(cat $GREENROOM_INPUT_ROWS) depth $GREENROOM_PARAM_DEPTH $(cat code)\" > $GREENROOM_OUTPUT_DIR/model'
  outputs: {model: {path: model}}
  files: [code]
evaluate:
  inputs: {model: '${{ steps.train.outputs.model }}'}
  run: 'cp $GREENROOM_INPUT_MODEL $GREENROOM_OUTPUT_DIR/figures'
  outputs: {figures: {path: figures}}
  files: [code]
other:
  run: 'echo $GREENROOM_PARAM_DAY > $GREENROOM_OUTPUT_DIR/note'
  outputs: {note: {path: note}}
  files: [code]";

fn project() -> Project {
    let project = Project::new();
    project.workflow_of("w", HEAD, STEPS);
    project.file("code", "old");
    project
}

fn token(events: &[Value]) -> String {
    events[0]["token"].as_str().unwrap().to_owned()
}

fn attempts(events: &[Value]) -> Vec<&str> {
    let started = events.iter().filter(|event| event["event"] == "attempt_started");
    let mut steps: Vec<&str> = started.map(|event| event["step"].as_str().unwrap()).collect();
    steps.sort_unstable();
    steps
}

fn inode(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().ino()
}

#[test]
fn what_a_changed_parameter_changes_is_made_anew_with_the_old_code_and_the_rest_is_the_same_files() {
    let project = project();
    let old = project.events(0, &["run", "w", "--json"]);
    // The project goes on: another script, another default, a step less.
    project.file("code", "new");
    project.workflow_of("w", &HEAD.replace("monday", "sunday"), STEPS.split("evaluate:").next().unwrap());
    let new = project.events(0, &["fork", &token(&old), "--param", "depth=6", "--json"]);
    assert_eq!(attempts(&new), ["evaluate", "train"]);
    assert_eq!(status(&new, "extract"), "succeeded");
    let (before, after) = (path_of(&old), path_of(&new));
    for kept in ["extract/rows", "extract/when", "other/note"] {
        assert_eq!(inode(&before.join(kept)), inode(&after.join(kept)), "{kept}");
    }
    assert_eq!(read(after.join("evaluate/figures")), "monday old depth 6 old\n");
    assert_eq!(read(before.join("evaluate/figures")), "monday old depth 3 old\n");

    let run: Value = serde_json::from_str(&project.expect(0, &["show", &token(&new), "--json"])).unwrap();
    assert_eq!((&run["forked_from"], &run["inputs_from"][0]), (&old[0]["token"], &old[0]["token"]));
    assert_eq!((&run["params"]["depth"], &run["params"]["day"]), (&Value::from(6), &Value::from("monday")));
    let shown = project.expect(0, &["show", &token(&new)]);
    let short = |events: &[Value]| token(events).split_off(32);
    assert!(shown.contains(&format!("from {}", short(&old))), "{shown}");

    // One step of a fork is forked as well, and of what it took over it has links of its own.
    let told = project.run(&["fork", &token(&new), "--param", "day=friday"]);
    let told = text(&told.stdout) + &text(&told.stderr);
    assert!(told.contains("day=friday instead of monday: runs extract, train, evaluate and other"), "{told}");
}

#[test]
fn one_step_runs_alone_on_its_old_inputs_with_the_old_code_or_with_that_of_today() {
    let project = project();
    let old = project.events(0, &["run", "w", "--json"]);
    project.events(0, &["run", "w", "--param", "day=newer", "--json"]);
    project.file("code", "new");
    let alone = project.events(0, &["fork", &token(&old), "--only", "train", "--json"]);
    assert_eq!(attempts(&alone), ["train"]);
    assert_eq!(read(path_of(&alone).join("train/model")), "monday old depth 3 old\n");
    assert_eq!(inode(&path_of(&alone).join("extract/rows")), inode(&path_of(&old).join("extract/rows")));
    assert!(!path_of(&alone).join("other").exists());
    // It has not what a whole run has, and says so.
    let listed: Value = serde_json::from_str(&project.expect(0, &["runs", "w", "--json"])).unwrap();
    let parts: Vec<&Value> = listed.as_array().unwrap().iter().map(|run| &run["only"]).collect();
    assert_eq!(parts, [&Value::from("train"), &Value::Null, &Value::Null]);
    assert!(project.expect(0, &["runs", "w"]).contains("only train"));

    let now = project.events(0, &["fork", &token(&old), "--only", "train", "--current-code", "--json"]);
    assert_eq!(read(path_of(&now).join("train/model")), "monday old depth 3 new\n");
    let deeper =
        project.events(0, &["fork", &token(&old), "--only", "train", "--param", "depth=9", "--json"]);
    assert_eq!(read(path_of(&deeper).join("train/model")), "monday old depth 9 old\n");

    // What it reads would be of another day.
    let said = project.expect(2, &["fork", &token(&old), "--only", "train", "--param", "day=friday"]);
    assert!(
        said.contains("`train` reads what `extract` makes, which depends on what is to change"),
        "{said}"
    );
    let said = project.expect(2, &["fork", &token(&old), "--only", "trian"]);
    assert!(said.contains("no step `trian`"), "{said}");
}

#[test]
fn a_fork_that_would_be_the_same_or_cannot_be_is_refused_with_what_could_be_meant() {
    let project = project();
    let old = project.events(0, &["run", "w", "--json"]);
    let said = project.expect(2, &["fork", "@last"]);
    assert!(said.contains("nothing would differ") && said.contains("--only STEP"), "{said}");
    let said = project.expect(2, &["fork", "@last", "--param", "depth=3"]);
    assert!(said.contains("it had the same parameters"), "{said}");
    let said = project.expect(2, &["fork", "@last", "--param", "dept=4"]);
    assert!(said.contains("did you mean `depth`?"), "{said}");
    let said = project.expect(2, &["fork", "@last", "--param", "depth=deep"]);
    assert!(said.contains("the parameter `depth`"), "{said}");
    let said = project.expect(2, &["fork", "@last", "--param", "depth=4", "--param", "depth=5"]);
    assert!(said.contains("given twice"), "{said}");
    project.expect(2, &["fork", "@last", "--current-code", "--param", "depth=5"]);

    // What somebody changed is not taken over: it is made anew, and that is told.
    let rows = path_of(&old).join("extract/rows");
    std::fs::remove_file(&rows).unwrap();
    // The advice is what a fork can do.
    let said = project.expect(2, &["fork", &token(&old), "--only", "train"]);
    assert!(
        said.contains("fork a run that has it") && said.contains("greenroom run w --only train"),
        "{said}"
    );
    assert!(said.contains("is not what there is now: `rows` is not there any more"), "{said}");
    assert!(!said.contains("--inputs-from") && !said.contains("--from"), "{said}");
    std::fs::write(&rows, "forged\n").unwrap();
    let said = project.expect(0, &["fork", "@last", "--param", "depth=4"]);
    assert!(said.contains("runs extract, train and evaluate; takes other over"), "{said}");
    assert!(said.contains("what extract made is not what there is now"), "{said}");

    // A copy is a stranger's: its code is not run, and its files are inputs for whoever names it.
    let copy = project.dir.join("copy").join(token(&old));
    std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
    std::process::Command::new("cp").arg("-r").args([path_of(&old), copy.clone()]).status().unwrap();
    let copy = copy.display().to_string();
    let said = project.expect(2, &["fork", &copy, "--param", "depth=5"]);
    assert!(said.contains("is foreign: its code is not run here"), "{said}");
    let mine = project.events(0, &["fork", &copy, "--only", "evaluate", "--current-code", "--json"]);
    assert_eq!(of(&mine, "attempt_started", "evaluate").len(), 1);
}

#[test]
fn a_failed_run_is_forked_with_what_it_has_made() {
    let project = Project::new();
    let steps = "a: {run: 'echo a > $GREENROOM_OUTPUT_DIR/a', outputs: {a: {path: a}}, files: [code]}
b: {needs: [a], run: 'test $GREENROOM_PARAM_LIMIT -gt 5', files: [code]}";
    project.workflow_of("w", "params: {limit: {type: int, default: 3}}", steps);
    project.file("code", "");
    let failed = project.events(1, &["run", "w", "--json"]);
    let good = project.events(0, &["fork", "@failed", "--param", "limit=9", "--json"]);
    assert_eq!(attempts(&good), ["b"]);
    assert_eq!(inode(&path_of(&good).join("a/a")), inode(&path_of(&failed).join("a/a")));
}

#[test]
fn what_somebody_altered_in_a_run_and_in_the_one_it_was_taken_from_is_made_again() {
    let project = project();
    let old = project.events(0, &["run", "w", "--json"]);
    let taker = project.events(0, &["fork", &token(&old), "--param", "depth=6", "--json"]);
    // One file with two names.
    let rows = path_of(&taker).join("extract/rows");
    assert_eq!(inode(&rows), inode(&path_of(&old).join("extract/rows")));
    let mut all = std::fs::metadata(&rows).unwrap().permissions();
    all.set_mode(0o644);
    std::fs::set_permissions(&rows, all).unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(&rows).unwrap();
    file.write_all(b"sunday").unwrap();
    drop(file);
    let new = project.events(0, &["fork", &token(&taker), "--param", "depth=9", "--json"]);
    assert_eq!(attempts(&new), ["evaluate", "extract", "train"]);
    assert_eq!(read(path_of(&new).join("evaluate/figures")), "monday old depth 9 old\n");
}
