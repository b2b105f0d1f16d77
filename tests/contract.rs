//! What a step sees and what it cannot do, on the real engine: the component contract.
#![allow(clippy::unwrap_used)]

mod support;

use std::os::unix::fs::MetadataExt;

use support::{Project, of, path_of, read, status, until};

#[test]
fn a_step_sees_its_run_its_parameters_and_its_own_output_directory() {
    let project = Project::new();
    project.workflow_of(
        "w",
        "version: 1.2.3\nparams: {day: {type: date, default: \"2013-01-01\"}}",
        "show:
  env: {GREETING: 'hi ${{ params.day }}'}
  run: |
    env | sort > \"$GREENROOM_OUTPUT_ENV\"
    pwd; id -u; id -un; echo \"$HOME\"
  outputs: {env: {path: env.txt}}",
    );
    let run = path_of(&project.events(0, &["run", "w", "--json", "--param", "day=2013-02-03"]));
    let env = read(run.join("show/env.txt"));
    let token = run.file_name().unwrap().to_str().unwrap();
    for line in [
        "GREENROOM_PROJECT=greenroom_tests",
        "GREENROOM_ENV=dev",
        "GREENROOM_NAME=w",
        "GREENROOM_VERSION=1.2.3",
        &format!("GREENROOM_TOKEN={token}"),
        "GREENROOM_STEP=show",
        "GREENROOM_ATTEMPT=1",
        "GREENROOM_ROOT=/store",
        "GREENROOM_PARAM_DAY=2013-02-03",
        "GREETING=hi 2013-02-03",
        &format!("GREENROOM_OUTPUT_DIR=/store/greenroom_tests/dev/w/1.2.3/{token}/show"),
    ] {
        assert!(env.lines().any(|have| have == line), "{line} is missing in\n{env}");
    }
    let log = read(run.join("_run/logs/show.1.log"));
    let uid = rustix::process::getuid().as_raw().to_string();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!((lines[0], lines[1], lines[3]), ("/project", uid.as_str(), "/home/step"), "{log}");
    assert_ne!(lines[2], "", "the user has a name");
}

#[test]
fn an_input_is_the_producing_steps_directory_read_only() {
    let project = Project::with(
        "make:
  run: echo 42 > \"$GREENROOM_OUTPUT_ANSWER\"
  outputs: {answer: {path: answer.txt}}
take:
  inputs: {answer: '${{ steps.make.outputs.answer }}'}
  run: |
    cat \"$GREENROOM_INPUT_ANSWER\" > \"$GREENROOM_OUTPUT_DIR/copy\"
    if echo no > \"$GREENROOM_INPUT_ANSWER\"; then exit 9; fi
    if touch \"$(dirname \"$GREENROOM_INPUT_ANSWER\")/new\"; then exit 9; fi
  outputs: {copy: {path: copy}}",
    );
    let run = project.succeed();
    assert_eq!(read(run.join("take/copy")), "42\n");
}

#[test]
fn only_what_is_declared_can_be_seen_and_only_its_own_can_be_written() {
    let project = Project::with(
        "secret: {run: 'echo s > \"$GREENROOM_OUTPUT_DIR/s\"', outputs: {s: {path: s}}}
look:
  needs: [secret]
  run: |
    find /store -type f > \"$GREENROOM_OUTPUT_DIR/seen\"
    for place in /project /greenroom /lake /etc/passwd; do
      if touch $place/x 2>/dev/null; then echo \"wrote $place\"; exit 9; fi
    done
    echo x > \"$HOME/x\"; echo x > \"$TMPDIR/x\"
    test ! -e /var/run/docker.sock
    grep -E 'CapEff|NoNewPrivs' /proc/self/status > \"$GREENROOM_OUTPUT_DIR/status\"
    df -k /dev/shm | tail -1 | awk '{print $2}' > \"$GREENROOM_OUTPUT_DIR/shm\"
  outputs: {seen: {path: seen}, status: {path: status}, shm: {path: shm}}",
    );
    let run = project.succeed();
    assert!(!read(run.join("look/seen")).contains("secret"), "an undeclared output is visible");
    let status = read(run.join("look/status"));
    assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    assert_eq!(read(run.join("look/shm")).trim(), "1048576");
}

#[test]
fn artifacts_belong_to_the_caller_and_cannot_be_changed() {
    let project =
        Project::with("make: {run: 'echo x > \"$GREENROOM_OUTPUT_DIR/x\"', outputs: {x: {path: x}}}");
    let run = project.succeed();
    let facts = std::fs::metadata(run.join("make/x")).unwrap();
    assert_eq!(facts.uid(), rustix::process::getuid().as_raw());
    assert_eq!(facts.mode() & 0o7777, 0o444);
}

#[test]
fn a_run_sees_the_files_as_they_were_when_it_started() {
    let project = Project::with(
        "first: {run: 'sleep 1; cat words.txt'}
second: {needs: [first], run: cat words.txt}",
    );
    project.file("words.txt", "before\n");
    let mut child =
        project.command(&["run", "w", "--json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut events = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    let mut run = None;
    for line in &mut events {
        let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        run = run.or(event["path"].as_str().map(std::path::PathBuf::from));
        if event["event"] == "attempt_started" {
            break;
        }
    }
    project.file("words.txt", "after\n");
    events.for_each(drop);
    assert!(child.wait().unwrap().success());
    let logs = run.unwrap().join("_run/logs");
    assert_eq!(read(logs.join("first.1.log")), "before\n");
    assert_eq!(read(logs.join("second.1.log")), "before\n");
}

#[test]
fn files_narrows_what_a_step_sees() {
    let project = Project::with("look: {run: 'find /project -type f | sort', files: ['sql/*.sql']}");
    project.file("sql/a.sql", "a");
    project.file("other.txt", "b");
    let run = project.succeed();
    assert_eq!(read(run.join("_run/logs/look.1.log")), "/project/sql/a.sql\n");
}

#[test]
fn what_may_not_be_left_behind_fails_the_attempt_by_name() {
    for (what, script) in [
        ("symbolic link", "ln -s /etc/shadow \"$GREENROOM_OUTPUT_DIR/trap\""),
        ("FIFO", "mkfifo \"$GREENROOM_OUTPUT_DIR/trap\""),
        (
            "hard link",
            "echo x > \"$GREENROOM_OUTPUT_DIR/a\"; ln \"$GREENROOM_OUTPUT_DIR/a\" \"$GREENROOM_OUTPUT_DIR/trap\"",
        ),
        ("setuid", "cp /bin/sh \"$GREENROOM_OUTPUT_DIR/trap\"; chmod 4755 \"$GREENROOM_OUTPUT_DIR/trap\""),
    ] {
        let project = Project::new();
        project.workflow("w", &format!("bad:\n  run: |\n    {script}"));
        let end = project.fail("bad");
        assert_eq!(end["status"], "bad_output", "{what}: {end}");
        let reason = end["reason"].as_str().unwrap();
        assert!(reason.contains("trap") || reason.contains("`a`"), "{what}: {reason}");
    }
}

#[test]
fn a_promised_output_that_is_missing_fails_the_attempt() {
    let project = Project::with("bad: {run: 'true', outputs: {report: {path: report.html}}}");
    let end = project.fail("bad");
    assert_eq!(end["status"], "bad_output");
    assert!(end["reason"].as_str().unwrap().contains("report.html"), "{end}");
}

#[test]
fn an_expectation_that_does_not_hold_fails_the_attempt_with_what_was_found() {
    let project = Project::with(
        "rows:
  run: printf 'carrier,n\\nUA,1\\nUA,2\\n' > \"$GREENROOM_OUTPUT_ROWS\"
  outputs: {rows: {path: rows.csv, expect: {min_rows: 1, unique: [carrier]}}}",
    );
    let end = project.fail("rows");
    assert_eq!(end["status"], "bad_output");
    assert!(end["reason"].as_str().unwrap().contains("UA"), "{end}");
}

#[test]
fn a_matrix_runs_each_cell_and_its_output_is_the_directory_of_all() {
    let project = Project::with(
        "each:
  matrix: {origin: [ewr, jfk], n: [1, 2]}
  run: echo \"$GREENROOM_MATRIX_ORIGIN $GREENROOM_MATRIX_N\" > \"$GREENROOM_OUTPUT_DIR/it\"
  outputs: {it: {path: it}}
all:
  inputs: {cells: '${{ steps.each.outputs.it }}'}
  run: cat \"$GREENROOM_INPUT_CELLS\"/*/it",
    );
    let run = project.succeed();
    assert_eq!(read(run.join("_run/logs/all.1.log")), "ewr 1\newr 2\njfk 1\njfk 2\n");
    assert_eq!(read(run.join("each/jfk-2/it")), "jfk 2\n");
}

#[test]
fn when_decides_after_all_needs_ended() {
    let project = Project::new();
    project.workflow_of(
        "w",
        "params: {full: {type: bool, default: false}}",
        "make: {when: '${{ params.full }}', run: 'echo x > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x}}}
reads: {inputs: {x: '${{ steps.make.outputs.x }}'}, run: 'true'}
after: {needs: [make], run: 'true'}
breaks: {run: exit 1}
notify: {needs: [breaks], when: \"${{ steps.breaks.status == 'failed' }}\", run: 'true'}",
    );
    let events = project.events(1, &["run", "w", "--json"]);
    let status = |step| support::status(&events, step);
    assert_eq!(
        ["make", "reads", "after", "notify"].map(status),
        ["skipped", "skipped", "succeeded", "succeeded"]
    );
}

#[test]
fn secrets_reach_a_step_and_are_masked_wherever_they_would_be_stored() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::with(
        "use:
  secrets: [api_token]
  run: |
    echo \"it is $API_TOKEN\"; cat /run/secrets/API_TOKEN
    test \"${#API_TOKEN}\" = 14",
    );
    project.file(".greenroom/secrets.env", "API_TOKEN=hunter2hunter2\n");
    let secrets = project.dir.join(".greenroom/secrets.env");
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
    let run = project.succeed();
    assert_eq!(read(run.join("_run/logs/use.1.log")).lines().next(), Some("it is **************"));
    for entry in walkdir::WalkDir::new(run).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        let content = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&content).contains("hunter2"), "{}", entry.path().display());
    }
}

#[test]
fn a_single_step_takes_the_outputs_of_the_others_from_an_earlier_run() {
    let project = Project::with(
        "make: {run: 'date +%N > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x}}}
use: {inputs: {x: '${{ steps.make.outputs.x }}'}, run: 'cat \"$GREENROOM_INPUT_X\"; cat word.txt'}",
    );
    project.file("word.txt", "one\n");
    let first = project.succeed();
    project.file("word.txt", "two\n");
    let events = project.events(0, &["run", "w", "--from", "use", "--json"]);
    let second = path_of(&events);
    assert_eq!(read(first.join("make/x")), read(second.join("make/x")));
    assert_eq!(read(second.join("_run/logs/use.1.log")), read(first.join("make/x")) + "two\n");
    assert!(of(&events, "attempt_started", "make").is_empty());
}

#[test]
fn who_lacks_an_output_is_told_and_from_where_a_run_would_have_it() {
    let project = Project::with(
        "gather: {run: 'echo x > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x}}}
left: {inputs: {x: '${{ steps.gather.outputs.x }}'}, run: 'true', outputs: {x: {path: x}}}
right: {inputs: {x: '${{ steps.gather.outputs.x }}'}, run: 'true', outputs: {x: {path: x}}}
report: {inputs: {l: '${{ steps.left.outputs.x }}', r: '${{ steps.right.outputs.x }}'}, run: 'true'}",
    );
    let said = project.expect(2, &["plan", "w", "--from", "left"]);
    assert!(said.contains("`left` reads what `gather` makes"), "{said}");
    assert!(said.contains("run all of it first"), "{said}");
    // What it gathered is there, and both sides have failed to leave what they promise.
    project.events(1, &["run", "w", "--json"]);
    let said = project.expect(2, &["plan", "w", "--from", "left"]);
    assert!(said.contains("`report` reads what `right` makes"), "{said}");
    assert!(said.contains("run all of it first"), "nothing but gather leads to both: {said}");
}

#[test]
fn two_that_write_the_same_rows_wait_for_each_other_or_are_refused() {
    let project = Project::new();
    let write = |name: &str, rest: &str, with: &str| {
        format!("{name}: {{{rest} uses: sql_table, with: {{query: SELECT 1 AS x, table: lake.t{with}}}}}\n")
    };
    let day = |day: &str| format!(", partition: {{column: x, value: '{day}'}}");
    let steps = |steps: &[String]| project.workflow("w", &steps.concat());
    steps(&[write("a", "", ""), write("b", "", &day("1"))]);
    let said = project.expect(2, &["plan", "w"]);
    assert!(said.contains("`a` and `b` both write lake.t, and neither waits"), "{said}");
    steps(&[write("a", "", &day("1")), write("b", "", &day("1"))]);
    assert!(project.expect(2, &["plan", "w"]).contains("lake.t where x = 1"));
    steps(&[write("a", "", &day("1")), write("b", "", &day("2"))]);
    project.expect(0, &["plan", "w"]);
    let between = "m: {needs: [a], run: 'true'}\n".to_owned();
    steps(&[write("a", "", ""), between, write("b", "needs: [m],", "")]);
    project.expect(0, &["plan", "w"]);
}

#[test]
fn the_step_to_begin_with_is_named_where_one_has_all_that_is_read() {
    let project = Project::with(
        "base: {run: 'echo x > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x}}}
gather: {inputs: {x: '${{ steps.base.outputs.x }}'}, run: exit 1, outputs: {x: {path: x}}}
report: {inputs: {x: '${{ steps.gather.outputs.x }}'}, run: 'true'}",
    );
    project.events(1, &["run", "w", "--json"]);
    let said = project.expect(2, &["plan", "w", "--from", "report"]);
    assert!(said.contains("`report` reads what `gather` makes"), "{said}");
    assert!(said.contains("greenroom run w --from gather"), "{said}");
}

#[test]
fn a_file_that_an_operator_is_given_is_seen_beside_what_files_names() {
    let project = Project::new();
    project.file(
        "operators/list.yaml",
        "greenroom: 1
kind: operator
name: list
description: Lists what it sees
inputs: {query: {type: file}}
image: default
command: [sh, -c, 'find /project -type f | sort']
",
    );
    project.workflow("w", "look: {uses: list, with: {query: 'sql/[a].sql'}, files: ['notes/*']}");
    for path in ["sql/[a].sql", "sql/a.sql", "notes/n.txt", "other.txt"] {
        project.file(path, "");
    }
    let run = project.succeed();
    let seen = read(run.join("_run/logs/look.1.log"));
    assert_eq!(seen, "/project/notes/n.txt\n/project/sql/[a].sql\n");
}

#[test]
fn a_secret_is_masked_in_the_reason_of_a_failure_too() {
    use std::os::unix::fs::PermissionsExt;
    let project =
        Project::with("bad: {secrets: [api_token], run: 'ln -s /x \"$GREENROOM_OUTPUT_DIR/$API_TOKEN\"'}");
    project.file(".greenroom/secrets.env", "API_TOKEN=hunter2hunter2\n");
    let secrets = project.dir.join(".greenroom/secrets.env");
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
    let events = project.events(1, &["run", "w", "--json"]);
    let reason = of(&events, "attempt_finished", "bad")[0]["reason"].as_str().unwrap();
    assert!(
        reason.contains("**************, a symbolic link") || reason.contains("`**************`"),
        "{reason}"
    );
    let recorded = read(path_of(&events).join("_run/events.jsonl"));
    assert!(!recorded.contains("hunter2"), "{recorded}");
}

#[test]
fn a_run_has_one_end_whoever_tells_of_it() {
    let project = Project::with("a: {run: 'true'}");
    let events = project.events(0, &["run", "w", "--json"]);
    let record = path_of(&events).join("_run/run.json");
    let recorded = || serde_json::from_str::<serde_json::Value>(&read(&record)).ok();
    let ended = until("the end to be on record", || recorded().filter(|run| run["status"] == "succeeded"));
    assert_eq!(ended["finished_at"], events.last().unwrap()["ts"]);
}

#[test]
fn a_limit_above_the_machine_is_capped_with_a_warning() {
    let project = Project::with("wide: {run: 'true', resources: {limits: {cpu: '1000'}}}");
    let events = project.events(0, &["run", "w", "--json"]);
    let warned = of(&events, "warned", "wide");
    assert!(warned[0]["message"].as_str().unwrap().starts_with("cpu capped to "), "{warned:?}");
}

#[test]
fn outputs_of_another_days_run_are_not_taken_over_unless_they_are_named() {
    let project = Project::new();
    project.workflow_of(
        "w",
        "params: {day: {type: date, default: \"2013-01-01\"}}",
        "make: {run: 'echo \"$GREENROOM_PARAM_DAY\" > \"$GREENROOM_OUTPUT_X\"', outputs: {x: {path: x}}}
use: {inputs: {x: '${{ steps.make.outputs.x }}'}, run: cat \"$GREENROOM_INPUT_X\"}",
    );
    let other = project.events(0, &["run", "w", "--param", "day=2013-01-02", "--json"]);
    let said = project.expect(2, &["run", "w", "--from", "use"]);
    assert!(said.contains("no earlier run with these parameters has it"), "{said}");
    let token = other[0]["token"].as_str().unwrap();
    let named = project.events(0, &["run", "w", "--from", "use", "--inputs-from", token, "--json"]);
    assert_eq!(read(path_of(&named).join("_run/logs/use.1.log")), "2013-01-02\n");
    project.succeed();
    let own = project.events(0, &["run", "w", "--from", "use", "--json"]);
    assert_eq!(read(path_of(&own).join("_run/logs/use.1.log")), "2013-01-01\n");
    // The newest one's file is gone: the one before has it still.
    std::fs::remove_file(path_of(&own).join("make/x")).unwrap();
    project.events(0, &["run", "w", "--from", "use", "--json"]);
    std::fs::remove_file(path_of(&other).join("make/x")).unwrap();
    let said = project.expect(2, &["run", "w", "--from", "use", "--inputs-from", token]);
    let short = &token[token.len() - 4..];
    assert!(
        said.contains(&format!("and make/x of run {short} is gone or was changed after it was made")),
        "{said}"
    );
    assert!(said.contains("or name another run to take it from"), "{said}");
}

/// Of several that failed only one is named: a run that went on without the others would end well.
#[test]
fn who_begins_with_one_step_runs_what_no_earlier_run_has_too() {
    let project = Project::with(
        "good: {run: 'echo > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}
one: {run: 'test -e mended'}
two: {run: 'test -e mended'}
after: {needs: [two], run: 'true'}",
    );
    project.events(1, &["run", "w", "--json"]);
    project.file("mended", "");
    let events = project.events(0, &["run", "w", "--json", "--from", "one"]);
    for step in ["good", "one", "two", "after"] {
        assert_eq!(status(&events, step), "succeeded", "{step}");
    }
    assert!(of(&events, "attempt_started", "good").is_empty(), "taken over");
    let events = project.events(0, &["run", "w", "--json", "--only", "one"]);
    assert!(of(&events, "step_finished", "two").is_empty(), "alone");
}
