//! Runs that are packed, and taken in where they were not made.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Project, path_of, read};

const HEAD: &str = "params: {depth: {type: int, default: 3}}";
const STEPS: &str = "extract:
  run: 'mkdir $GREENROOM_OUTPUT_DIR/rejected; printf \"a,b\\n1,2\\n\" > $GREENROOM_OUTPUT_DIR/rows.csv'
  outputs: {rows: {path: rows.csv}, rejected: {path: rejected, type: dir}}
  files: [code]
train:
  inputs: {rows: '${{ steps.extract.outputs.rows }}', rejected: '${{ steps.extract.outputs.rejected }}'}
  run: 'ls $GREENROOM_INPUT_REJECTED; echo trained; cat $GREENROOM_INPUT_ROWS > $GREENROOM_OUTPUT_DIR/model; echo $GREENROOM_PARAM_DEPTH >> $GREENROOM_OUTPUT_DIR/model'
  outputs: {model: {path: model}}
  files: [code]";

fn project() -> Project {
    let project = Project::new();
    project.workflow_of("w", HEAD, STEPS);
    project.file("code", "");
    project
}

fn token(events: &[Value]) -> String {
    events[0]["token"].as_str().unwrap().to_owned()
}

fn json(project: &Project, words: &[&str]) -> Value {
    let output = project.run(words);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

/// As a colleague's machine: nothing there knows who started what.
fn strange(project: &Project, words: &[&str]) -> (i32, String) {
    let mut command = project.command(words);
    let output = command.env("XDG_STATE_HOME", project.dir.join("state")).output().unwrap();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), told)
}

fn files(folder: &Path) -> Vec<String> {
    let found = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    found.map(|entry| entry.path().strip_prefix(folder).unwrap().display().to_string()).collect()
}

#[test]
fn a_colleague_opens_what_was_packed_and_it_feeds_nothing_by_itself() {
    let (here, there) = (project(), project());
    let first = here.events(0, &["run", "w", "--json"]);
    let second = here.events(0, &["fork", &token(&first), "--param", "depth=6", "--json"]);
    let archive = here.dir.join("w.run.tar.zst");
    let file = archive.to_str().unwrap();
    let told = here.expect(0, &["export-run", &token(&second), "--output", file, "--with-inputs"]);
    assert!(told.contains("and 1 run that it refers to"), "{told}");
    assert!(told.contains("would be frozen with every run"), "{told}");
    let said = here.expect(2, &["export-run", "@last", "--output", file]);
    assert!(said.contains("is there already"), "{said}");

    let taken = json(&there, &["import-run", file, "--json"]);
    assert_eq!((taken["runs"].as_array().unwrap().len(), &taken["foreign"]), (2, &Value::from(true)));
    let runs = json(&there, &["runs", "--json"]);
    assert_eq!(runs[0]["token"], second[0]["token"]);
    assert_eq!((&runs[0]["foreign"], &runs[0]["forked_from"]), (&Value::from(true), &first[0]["token"]));
    let sums = |project: &Project| json(project, &["artifacts", &token(&second), "--json"]);
    assert_eq!(sums(&here), sums(&there));
    assert!(there.expect(0, &["runs"]).contains("foreign  depth=6"));
    let shown = there.expect(0, &["show", &token(&second)]);
    assert!(shown.contains("w.run.tar.zst on ") && shown.contains("It is foreign"), "{shown}");
    assert_eq!(there.expect(0, &["logs", &token(&second), "train"]), "trained\n");
    let rows = there.expect(0, &["path", &token(&second), "extract.rows"]);
    assert!(there.expect(0, &["preview", rows.trim()]).contains('a'));
    // The one that it was taken over to, and the one that came along.
    for run in [&first, &second] {
        let rejected = there.expect(0, &["path", &token(run), "extract.rejected"]);
        assert!(Path::new(rejected.trim()).is_dir(), "{rejected}");
    }
    assert!(there.expect(0, &["import-run", file]).contains("is here already"));

    // It is no source of inputs unless its token is named, it is not gone on with, and its code is not run.
    let said = there.expect(2, &["run", "w", "--only", "train", "--param", "depth=6"]);
    assert!(said.contains("no earlier run with these parameters has it"), "{said}");
    let said = there.expect(2, &["run", "w", "--only", "train", "--inputs-from", "w@last"]);
    assert!(said.contains("which is foreign") && said.contains("--inputs-from "), "{said}");
    let said = there.expect(0, &["alias", &token(&second), "champion"]);
    assert!(said.contains("is foreign: whatever it is called"), "{said}");
    let said = there.expect(2, &["run", "w", "--only", "train", "--inputs-from", "champion"]);
    assert!(said.contains("which is foreign"), "{said}");
    let said = there.expect(2, &["fork", &token(&second), "--param", "depth=7"]);
    assert!(said.contains("its code is not run here"), "{said}");
    let mine = there.events(0, &["run", "w", "--only", "train", "--inputs-from", &token(&second), "--json"]);
    assert_eq!(read(path_of(&mine).join("train/model")), "a,b\n1,2\n3\n");
}

#[test]
fn a_run_that_failed_elsewhere_is_not_gone_on_with() {
    let (here, there) = (Project::with("a: {run: 'exit 3'}"), project());
    here.events(1, &["run", "w", "--json"]);
    let archive = there.dir.join("x");
    let file = archive.to_str().unwrap();
    here.expect(0, &["export-run", "@last", "--output", file]);
    there.expect(0, &["import-run", file]);
    let said = there.expect(2, &["resume", "@last"]);
    assert!(said.contains("is foreign: it cannot be resumed"), "{said}");
    assert!(said.contains("greenroom run w"), "{said}");
    // Where its workflow is not, what is left is told.
    std::fs::remove_file(there.dir.join("workflows/w.yaml")).unwrap();
    for words in [&["resume", "@last"][..], &["fork", "@last", "--only", "a"], &["shell", "@last", "a"]] {
        let said = there.expect(2, words);
        assert!(said.contains("greenroom artifacts @last") && !said.contains("greenroom run w"), "{said}");
    }
}

#[test]
fn of_another_project_it_goes_into_a_folder_of_its_own() {
    let (here, other) = (project(), project());
    let run = here.events(0, &["run", "w", "--json"]);
    let spec = read(other.dir.join("greenroom.yaml"));
    other.file("greenroom.yaml", spec.replace("name: greenroom_tests", "name: another_of_the_tests"));
    let archive = here.dir.join("w.run.tar.zst");
    let file = archive.to_str().unwrap();
    here.expect(0, &["export-run", "@last", "--output", file]);
    let said = other.expect(2, &["import-run", file]);
    assert!(said.contains("is of the project greenroom_tests") && said.contains("--into DIR"), "{said}");
    let told = other.expect(0, &["import-run", file, "--into", "from-ana"]);
    let see = told.lines().find_map(|line| line.strip_prefix("See it: ")).unwrap();
    let words: Vec<&str> = see.split(' ').skip(1).collect();
    let shown = other.expect(0, &words);
    assert!(shown.contains("It is foreign"), "{shown}");
    let folder = other.dir.join("from-ana").join(token(&run));
    assert_eq!(read(folder.join("extract/rows.csv")), read(path_of(&run).join("extract/rows.csv")));
    // Where no project is, too.
    let nowhere = Project::bare();
    let (code, said) = strange(&nowhere, &["import-run", file]);
    assert!(code == 2 && said.contains("--into DIR"), "{said}");
    let (code, _) = strange(&nowhere, &["import-run", file, "--into", "."]);
    assert_eq!(code, 0);
    let (code, _) = strange(&nowhere, &["artifacts", &format!("./{}", token(&run))]);
    assert_eq!(code, 0);
}

#[test]
fn what_is_refused_leaves_nothing() {
    let (here, there) = (project(), project());
    // Some bytes that stand for many.
    here.file("holes", vec![0; 8 << 20]);
    here.events(0, &["run", "w", "--json"]);
    let archive = here.dir.join("w.run.tar.zst");
    let file = archive.to_str().unwrap();
    here.expect(0, &["export-run", "@last", "--output", file]);
    there.expect(0, &["runs"]);
    let before = files(&there.dir);
    let whole = std::fs::read(&archive).unwrap();
    let mut torn = whole.clone();
    torn.truncate(whole.len() - 100);
    std::fs::write(&archive, torn).unwrap();
    let said = there.expect(2, &["import-run", file]);
    assert!(said.contains("is not taken in") && said.contains("greenroom export-run RUN"), "{said}");
    std::fs::write(&archive, &whole).unwrap();
    let said = there.expect(2, &["import-run", file, "--max-size", "1Ki"]);
    assert!(said.contains("at most 1.0 KiB are taken in") && said.contains("--max-size"), "{said}");
    there.expect(2, &["import-run", file, "--max-size", "1Ki", "--into", "aside"]);
    let said = there.expect(2, &["import-run", file, "--max-size", "4Mi"]);
    assert!(said.contains("its code comes to 8.0 MiB, and at most 4.0 MiB are taken in"), "{said}");
    there.expect(2, &["import-run", "greenroom.yaml"]);
    there.expect(2, &["import-run", "nothing"]);
    assert_eq!(files(&there.dir), before);
    // What a step made and somebody changed is not given out.
    let run = json(&here, &["runs", "--json"])[0]["path"].as_str().unwrap().to_owned();
    let model = Path::new(&run).join("train/model");
    std::fs::remove_file(&model).unwrap();
    std::fs::write(&model, "a,b\n1,2\n9\n").unwrap();
    let said = here.expect(2, &["export-run", "@last", "--output", "second"]);
    assert!(said.contains("train/model of run") && said.contains("was changed after it was made"), "{said}");
    assert!(!here.dir.join("second").exists());
}
