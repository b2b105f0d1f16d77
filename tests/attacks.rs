//! Steps and specs written by somebody who means harm, on the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;
use support::{Project, of, path_of, read, status};

#[test]
fn a_fork_bomb_is_its_own_steps_trouble() {
    let project = Project::with(
        "limit: {run: 'cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2> /dev/null || true'}
bomb: {needs: [limit], run: 'bomb() { bomb | bomb & }; bomb; sleep 5; exit 3', timeout: 20s}
other: {needs: [limit], run: 'sleep 1; echo fine'}",
    );
    let events = project.events(1, &["run", "w", "--json", "--jobs", "2"]);
    assert_eq!(of(&events, "step_finished", "other")[0]["status"], "succeeded");
    let told = read(path_of(&events).join("_run/logs/limit.1.log"));
    let limit = told.lines().find_map(|line| line.parse::<u32>().ok());
    assert!(limit.is_some_and(|limit| limit < 10_000), "as many processes as it likes: {told}");
    let end = of(&events, "attempt_finished", "bomb");
    assert!(end[0]["status"] == "failed" || end[0]["status"] == "timed_out", "{end:#?}");
}

/// Wherever it puts it: into its outputs, its scratch space, its log, or many small files; also one that is done
/// before anybody looks.
#[test]
fn a_step_that_fills_the_disk_is_stopped_at_its_limit() {
    let limited = "resources: {limits: {ephemeral-storage: 16Mi}}";
    let project = Project::with(&format!(
        "outputs: {{run: 'head -c 64M /dev/zero > \"$GREENROOM_OUTPUT_DIR/x\"; sleep 600', {limited}}}
scratch: {{run: 'head -c 64M /dev/zero > \"$TMPDIR/x\"; sleep 600', {limited}}}
log: {{run: 'yes', {limited}}}
small: {{run: 'cd; i=0; while :; do i=$((i + 1)); : > $i; echo > $i; done', {limited}}}
quick: {{run: 'head -c 32M /dev/zero > \"$GREENROOM_OUTPUT_DIR/x\"', {limited}}}
fits: {{run: 'head -c 8M /dev/zero > \"$GREENROOM_OUTPUT_DIR/x\"', {limited}}}"
    ));
    let events = project.events(1, &["run", "w", "--json"]);
    for step in ["outputs", "scratch", "log", "small", "quick"] {
        let end = of(&events, "attempt_finished", step)[0];
        assert_eq!(end["status"], "failed", "{end}");
        let reason = end["reason"].as_str().unwrap();
        assert!(reason.contains("on disk, and its limit is 16Mi"), "{step}: {reason}");
    }
    assert_eq!(status(&events, "fits"), "succeeded");
}

#[test]
fn a_hole_that_no_disk_could_hold_is_not_read() {
    let project = Project::with("huge: {run: 'truncate -s 15T \"$GREENROOM_OUTPUT_DIR/x\"'}");
    let end = project.fail("huge");
    assert_eq!(end["status"], "bad_output", "{end}");
    assert!(end["reason"].as_str().unwrap().contains("larger than the disk"), "{end}");
}

/// By a link in the project, by a path, by a glob: what is not the project's is neither read nor mounted.
#[test]
fn a_spec_reaches_no_file_outside_of_its_project() {
    let project =
        Project::with("look: {run: 'cat /project/passwd.csv /project/out/secret.sql || echo not there'}");
    let outside = Project::bare();
    outside.file("secret.sql", "SELECT 'outside'");
    symlink("/etc/passwd", project.dir.join("passwd.csv")).unwrap();
    symlink(&outside.dir, project.dir.join("out")).unwrap();
    let run = project.succeed();
    let log = read(run.join("_run/logs/look.1.log"));
    assert!(log.contains("not there") && !log.contains("root:") && !log.contains("'outside'"), "{log}");
    let up = format!("../{}/secret.sql", outside.dir.file_name().unwrap().to_str().unwrap());
    for step in [
        "{uses: sql_export, with: {query_file: out/secret.sql}}".to_owned(),
        "{uses: sql_export, with: {query_file: /etc/passwd}}".to_owned(),
        format!("{{uses: sql_export, with: {{query_file: {up}}}}}"),
        "{uses: load_table, with: {table: lake.x, from: passwd.csv, columns: {a: STRING}}}".to_owned(),
        "{run: 'true', files: [passwd.csv]}".to_owned(),
        "{run: 'true', files: ['out/**']}".to_owned(),
        "{run: 'true', files: [/etc/passwd]}".to_owned(),
        "{run: 'true', cache: [../../etc]}".to_owned(),
        "{run: 'true', outputs: {x: {path: ../../../x}}}".to_owned(),
    ] {
        project.workflow("evil", &format!("a: {step}"));
        let said = project.expect(2, &["run", "evil"]);
        assert!(!said.contains("root:") && !said.contains("SELECT 'outside'"), "{step}: {said}");
    }
    project.workflow_of(
        "evil",
        "params: {p: {type: string, default: x}}",
        "a: {run: 'true', outputs: {x: {path: '${{ params.p }}'}}}",
    );
    for path in ["../x", "/x", "a/../../x"] {
        let said = project.expect(2, &["run", "evil", "--param", &format!("p={path}")]);
        assert!(said.contains(path), "{said}");
    }
}

const WITH_LAKE: &str = "greenroom: 1
kind: project
name: greenroom_tests
images:
  default: {base: \"debian:bookworm-slim\"PIP}
environments:
  dev: {root: ROOT, warehouse: {engine: duckdb, path: LAKE}}
";

/// Where Greenroom keeps its own, a clone or an archive may have brought links: nothing is read, written, dropped or
/// mounted behind them.
#[test]
fn links_in_place_of_a_projects_own_folders_lead_nowhere() {
    let project = Project::new();
    let yaml = WITH_LAKE.replace("PIP", "").replace("ROOT", ".greenroom/store");
    project.file("greenroom.yaml", yaml.replace("LAKE", ".greenroom/lake"));
    project.workflow("w", "a: {cache: [evil], run: 'touch /cache/evil/x; ls /project /lake'}");
    let outside = Project::bare();
    outside.file("victim/kept", "kept");
    let victim = outside.dir.join("victim");
    for (link, to) in [
        (".greenroom", victim.clone()),
        (".greenroom/cache", victim.clone()),
        (".greenroom/cache/evil", victim.clone()),
        (".greenroom/snapshots", victim.clone()),
        (".greenroom/store", victim.clone()),
        (".greenroom/store/greenroom_tests", victim.clone()),
        (".greenroom/store/greenroom_tests/dev/w/0.1.0", victim.clone()),
        (".greenroom/store/.greenroom", victim.clone()),
        (".greenroom/lake/raw", victim.clone()),
        (".greenroom/lake/raw/t/_table.json", "/dev/zero".into()),
    ] {
        let path = project.dir.join(link);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, &path).unwrap();
        let said = project.expect(2, &["run", "w"]);
        assert!(said.contains("is a link") || said.contains("leaves the project"), "{link}: {said}");
        if link.contains("store") {
            project.expect(2, &["runs"]);
        }
        let root = project.dir.join(".greenroom");
        std::fs::remove_file(&path).unwrap();
        std::fs::remove_dir_all(&root).ok();
        let left: Vec<_> = std::fs::read_dir(&victim).unwrap().flatten().collect();
        assert_eq!((left.len(), read(victim.join("kept")).as_str()), (1, "kept"), "{link}: {left:?}");
    }
    // What steps leave in their caches is their own, and what a lake's owner links within it as well.
    project.workflow("w", "a: {cache: [evil], run: 'ln -sfn / /cache/evil/l; ln -sfn /none /cache/evil/m'}");
    std::fs::create_dir_all(project.dir.join(".greenroom/lake/raw")).unwrap();
    symlink("raw", project.dir.join(".greenroom/lake/latest")).unwrap();
    project.expect(0, &["run", "w"]);
    project.expect(0, &["run", "w"]);
}

/// Whoever changes what was frozen, or brings it along, changes nothing of what runs.
#[test]
fn what_is_run_is_what_was_frozen() {
    let project = Project::with("a: {run: 'sh /project/s.sh'}\nb: {run: 'sh /project/s.sh', files: [s.sh]}");
    project.file("s.sh", "echo reviewed\n");
    let logs =
        |run: &std::path::Path| ["a", "b"].map(|step| read(run.join(format!("_run/logs/{step}.1.log"))));
    assert_eq!(logs(&project.succeed()), ["reviewed\n", "reviewed\n"]);
    let mut folders = vec![];
    let own = std::fs::read_dir(project.dir.join(".greenroom/snapshots")).unwrap().next().unwrap().unwrap();
    for kind in ["trees", "views"] {
        for folder in std::fs::read_dir(own.path().join(kind)).unwrap().flatten() {
            let script = folder.path().join("s.sh");
            std::fs::remove_file(&script).unwrap();
            std::fs::write(&script, "echo changed\n").unwrap();
            std::fs::create_dir(folder.path().join("stray")).unwrap();
            std::fs::write(folder.path().join("stray/file"), "").unwrap();
            folders.push((std::fs::metadata(folder.path()).unwrap().ino(), folder.path()));
        }
    }
    assert_eq!(logs(&project.succeed()), ["reviewed\n", "reviewed\n"]);
    for (inode, folder) in folders {
        assert_eq!(std::fs::metadata(&folder).unwrap().ino(), inode, "a container may have it mounted");
        assert!(!folder.join("stray").exists());
    }
}

/// What a clone or an archive brought along in Greenroom's own folders, another machine has made.
#[test]
fn what_came_with_a_project_is_not_taken_for_frozen_here() {
    let project = Project::with("a: {run: 'sh /project/s.sh'}");
    project.file("s.sh", "echo reviewed\n");
    project.succeed();
    let other = Project::bare();
    let copy = &other.dir;
    for entry in walkdir::WalkDir::new(&project.dir).into_iter().flatten() {
        let to = copy.join(entry.path().strip_prefix(&project.dir).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            continue;
        }
        let frozen = to.to_string_lossy().contains("/snapshots/");
        let text = std::fs::read(entry.path()).unwrap();
        match String::from_utf8(text) {
            Ok(text) if frozen => std::fs::write(&to, text.replace("reviewed", "altered!")).unwrap(),
            Ok(text) => std::fs::write(&to, text).unwrap(),
            Err(bytes) => std::fs::write(&to, bytes.into_bytes()).unwrap(),
        }
        let old = std::fs::metadata(entry.path()).unwrap();
        std::fs::set_permissions(&to, old.permissions()).unwrap();
        let file = std::fs::File::open(&to).unwrap();
        file.set_modified(old.modified().unwrap()).unwrap();
    }
    assert_eq!(read(other.succeed().join("_run/logs/a.1.log")), "reviewed\n");
}

/// What a run was started with stands in its plan.
#[test]
fn a_record_that_says_otherwise_than_its_plan_is_not_believed() {
    let project = Project::new();
    project.workflow_of(
        "w",
        "params: {day: {type: date, default: '2024-01-01'}}",
        "a: {run: 'cp /dev/null $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}
b: {needs: [a], run: 'exit 1'}",
    );
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let record = run.join("_run/run.json");
    std::fs::write(&record, read(&record).replace("2024-01-01", "2024-01-05")).unwrap();
    let said = project.expect(2, &["resume", "@last"]);
    assert!(said.contains("somebody changed it"), "{said}");
    assert!(project.expect(0, &["show", "@last"]).contains("somebody changed it"));
    let events = project.events(1, &["run", "w", "--json", "--param", "day=2024-01-05", "--from", "b"]);
    assert_eq!(of(&events, "attempt_started", "a").len(), 1, "made anew");
}

/// Each run would hold all those before it.
#[test]
fn what_runs_have_made_is_no_part_of_what_they_are_made_from() {
    let project = Project::new();
    let yaml = WITH_LAKE.replace("PIP", "").replace("ROOT", "made").replace("LAKE", "made/lake");
    project.file("greenroom.yaml", yaml);
    project.file("made/template", "");
    project.file("in/t.csv", "a\n1\n");
    project
        .workflow("w", "a: {run: 'ls -R /project; echo x > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}");
    for _ in 0..2 {
        let log = read(project.succeed().join("_run/logs/a.1.log"));
        assert!(log.contains("t.csv") && log.contains("template") && !log.contains("code.tar.zst"), "{log}");
    }
}

/// Its secrets, first of all: a step sees those that it names.
#[test]
fn no_spec_makes_what_this_machine_keeps_to_itself_a_part_of_the_project() {
    let project = Project::new();
    let deep = "team/inner/.greenroom/secrets.env";
    for secrets in [".greenroom/secrets.env", "nested/.greenroom/secrets.env", deep, ".git/config"] {
        project.file(secrets, "KEY=nobody-may-see-me\n");
    }
    project
        .workflow("w", "a: {run: 'cat /lake/secrets.env /lake/.greenroom/secrets.env /storage/secrets.env'}");
    let usual = [("ROOT", ".greenroom/store"), ("LAKE", ".greenroom/lake"), ("PIP", "")];
    let unusual = [
        ("LAKE", "."),
        ("LAKE", ".greenroom"),
        ("LAKE", "workflows/.."),
        ("LAKE", ".git"),
        ("LAKE", "nested"),
        ("LAKE", "team"),
        ("ROOT", "team"),
        ("ROOT", "."),
        ("ROOT", ".greenroom"),
        ("ROOT", ".greenroom/snapshots"),
        ("PIP", ", pip: .greenroom/secrets.env"),
    ];
    for (what, value) in unusual {
        let mut yaml = WITH_LAKE.replace(what, value);
        usual.iter().for_each(|(what, value)| yaml = yaml.replace(what, value));
        project.file("greenroom.yaml", &yaml);
        let said = project.expect(2, &["run", "w"]);
        assert!(!said.contains("nobody-may-see-me"), "{said}");
        assert!(said.contains(".greenroom"), "{what} {value}: {said}");
    }
}

#[test]
fn a_spec_cannot_name_what_its_caller_has_in_the_environment() {
    let project = Project::with("look: {run: 'env; cat /proc/*/environ'}");
    let mut command = project.command(&["run", "w", "--json"]);
    let output = command.env("DATABASE_PASSWORD", "hunter2hunter2").output().unwrap();
    assert!(output.status.success());
    let run = walkdir::WalkDir::new(&project.dir).into_iter().flatten();
    let logs = run.filter(|entry| entry.file_name() == "look.1.log").map(|entry| entry.into_path());
    for log in logs {
        assert!(!read(&log).contains("hunter2"));
    }
    for step in [
        "{run: 'true', env: {X: '${{ env.DATABASE_PASSWORD }}'}}",
        "{run: 'true', env: {X: '${{ secrets.database_password }}'}}",
        "{run: 'true', secrets: [database_password]}",
    ] {
        project.workflow("evil", &format!("a: {step}"));
        let mut command = project.command(&["run", "evil"]);
        let output = command.env("DATABASE_PASSWORD", "hunter2hunter2").output().unwrap();
        let said = support::text(&output.stderr);
        assert!(matches!(output.status.code(), Some(2 | 3)), "{step}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

/// A parameter stays what it is, one text, wherever it goes: to a shell, a query, a partition, a file's name.
#[test]
fn a_parameter_reaches_no_shell_and_no_query() {
    let evil = "x'; touch /tmp/evil; $(touch /tmp/evil) `id` \" OR 1=1; DROP TABLE lake.t; -- ../../..";
    let project = Project::with_warehouse();
    project.workflow_of(
        "w",
        "params: {who: {type: string, default: x}}",
        "shell:
  run: |
    printf %s \"$GREENROOM_PARAM_WHO\" > \"$GREENROOM_OUTPUT_DIR/who\"
    test ! -e /tmp/evil
  env: {ALSO: '${{ params.who }}'}
  outputs: {who: {path: who}}
table:
  uses: sql_table
  with: {query: 'SELECT @who AS who, 1 AS n', table: lake.t, partition: {column: who, value: '${{ params.who }}'}}
query:
  needs: [table]
  uses: sql_export
  with: {query: 'SELECT who FROM lake.t WHERE who = @who', format: csv}
sensor:
  needs: [table]
  uses: data_available
  with: {table: lake.t, where: who = @who}",
    );
    let run = path_of(&project.events(0, &["run", "w", "--param", &format!("who={evil}"), "--json"]));
    assert_eq!(read(run.join("shell/who")), evil);
    assert_eq!(read(run.join("query/query.csv")), format!("who\n\"{}\"\n", evil.replace('"', "\"\"")));
    let lake = project.dir.join(".greenroom/lake/lake");
    let tables: Vec<_> = std::fs::read_dir(&lake).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(tables, ["t"]);
    for key in
        ["run: 'echo ${{ params.who }}'", "uses: sql_export, with: {query: 'SELECT ${{ params.who }}'}"]
    {
        let head = "params: {who: {type: string, default: x}}";
        project.workflow_of("evil", head, &format!("a: {{{key}}}"));
        project.expect(2, &["check"]);
    }
}

/// A secret that comes in pieces, in JSON, in an address, in a header; to the log, and to the reason of a failure.
#[test]
fn a_secret_is_masked_however_it_is_spelled() {
    let project = Project::with(
        "use:
  secrets: [api_token]
  run: |
    printf 'in pieces: %.9s' \"$API_TOKEN\"; sleep 0.3; printf '%s\\n' \"${API_TOKEN#?????????}\"
    printf 'Authorization: Basic %s\\n' \"$(printf 'user:%s' \"$API_TOKEN\" | base64)\"
    printf 'and alone: %s\\n' \"$(printf '%s' \"$API_TOKEN\" | base64)\"
    echo 'https://example.com/?t=hunter2%2Fhunter2%2Bhunter2'
    printf 'hexadecimal: '; printf %s \"$API_TOKEN\" | od -An -tx1 | tr -d ' \\n'",
    );
    project.file(".greenroom/secrets.env", "API_TOKEN=hunter2/hunter2+hunter2\n");
    let secrets = project.dir.join(".greenroom/secrets.env");
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
    let log = read(project.succeed().join("_run/logs/use.1.log"));
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], format!("in pieces: {}", "*".repeat(23)));
    assert!(lines[1].starts_with("Authorization: Basic dXNlcj") && lines[1].contains("*****"), "{log}");
    assert!(lines[2].starts_with("and alone: *****"), "{log}");
    assert_eq!(lines[3], format!("https://example.com/?t={}", "*".repeat(27)));
    // What is not masked is said in the README, and so is this.
    assert!(lines[4].contains("68756e74657232"), "{log}");
}

/// By the encoders that people use, of secrets that hold what each of them minds.
#[test]
fn a_secret_is_masked_however_programs_write_it() {
    let secrets = [
        ("KEY", "wJalr/XUtnFEMI+K7MDENG/bPxRfi=="),
        ("WORD", "Pässwört-2024"),
        ("FOLDER", r#"C:\new\path'quote"both"#),
        ("PHRASE", "two words & <more>, $HOME!"),
    ];
    let project = Project::with_warehouse();
    project.file("encode.py", ENCODERS);
    project.workflow(
        "w",
        "use: {run: 'python3 encode.py; bash quote.sh', secrets: [key, word, folder, phrase]}",
    );
    project.file(
        "quote.sh",
        r#"for name in KEY WORD FOLDER PHRASE; do
            printf 'quoted %s: %q\n' "$name" "${!name}"
            printf 'as bytes %s: %s\n' "$name" "$(LC_ALL=C; printf %q "${!name}")"
            printf 'at Q %s: %s\n' "$name" "${!name@Q}"
        done"#,
    );
    let escaped = |text: &str| text.replace('\\', r"\\").replace('"', "\\\"").replace('$', r"\$");
    let lines = secrets.map(|(name, text)| format!("{name}=\"{}\"\n", escaped(text)));
    project.file(".greenroom/secrets.env", lines.concat());
    let file = project.dir.join(".greenroom/secrets.env");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let log = read(project.succeed().join("_run/logs/use.1.log"));
    assert!(log.lines().count() > 100, "{log}");
    for line in log.lines() {
        let (how, spelled) = line.split_once(": ").unwrap();
        // What a shell puts around it may stay.
        let spelled = spelled.trim_start_matches("$'").trim_matches('\'');
        assert!(spelled.len() >= 6 && spelled.chars().all(|c| c == '*'), "{how}: {spelled}");
    }
}

const ENCODERS: &str = r##"
import base64, html, json, os, re, shlex, urllib.parse as url

def small(text):
    return re.sub('%..', lambda at: at.group().lower(), text)

def inner(text):
    return text[1:-1]

encoders = {
    'plain': str,
    'quote': url.quote,
    'quote all': lambda text: url.quote(text, safe=''),
    'quote small': lambda text: small(url.quote(text, safe='')),
    'form': url.quote_plus,
    'form small': lambda text: small(url.quote_plus(text)),
    'component': lambda text: url.quote(text, safe="!'()*"),
    'address': lambda text: url.quote(text, safe="!#$&'()*+,/:;=?@~"),
    'json': lambda text: inner(json.dumps(text)),
    'json utf-8': lambda text: inner(json.dumps(text, ensure_ascii=False)),
    'json slashes': lambda text: inner(json.dumps(text)).replace('/', '\\/'),
    'json large': lambda text: re.sub(r'\\u....', lambda at: at.group()[:2] + at.group()[2:].upper(), inner(json.dumps(text))),
    'json in json': lambda text: json.dumps(json.dumps(text))[3:-3],
    'json in json utf-8': lambda text: json.dumps(json.dumps(text, ensure_ascii=False), ensure_ascii=False)[3:-3],
    'json of repr': lambda text: inner(json.dumps(inner(repr(text)))),
    'repr of json': lambda text: inner(repr(inner(json.dumps(text)))),
    'repr': lambda text: inner(repr(text)),
    'ascii': lambda text: inner(ascii(text)),
    'bytes': lambda text: repr(text.encode())[2:-1],
    'html': html.escape,
    'html text': lambda text: html.escape(text, quote=False),
    'html ascii': lambda text: html.escape(text).encode('ascii', 'xmlcharrefreplace').decode(),
    'html apostrophe': lambda text: html.escape(text).replace('&#x27;', '&#39;'),
    'html in json': lambda text: inner(json.dumps(html.escape(text))),
    'shell': lambda text: inner(shlex.quote(text + ' '))[:-1],
    'regular expression': re.escape,
    'sql': lambda text: text.replace("'", "''"),
    'csv': lambda text: text.replace('"', '""'),
}
for name in ['KEY', 'WORD', 'FOLDER', 'PHRASE']:
    for how, encode in encoders.items():
        print(f'{how} {name}: {encode(os.environ[name])}')
"##;

/// What a run made is not gone on with when somebody has been at it, and who looks at it is told.
#[test]
fn a_run_that_was_edited_is_told_of_and_not_gone_on_with() {
    let project = Project::with(
        "a: {run: 'echo made > \"$GREENROOM_OUTPUT_DIR/x\"', outputs: {x: {path: x}}}
b: {needs: [a], run: 'test -e /project/ready'}",
    );
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let whole = project.expect(0, &["show", "@last"]);
    assert!(!whole.contains("not what there is now"), "{whole}");
    let output = run.join("a/x");
    std::fs::set_permissions(&output, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(&output, "evil\n").unwrap();
    let shown = project.expect(0, &["show", "@last"]);
    assert!(shown.contains("! a: what it made is not what there is now: `x` was changed"), "{shown}");
    let json: Value = serde_json::from_str(&project.expect(0, &["show", "@last", "--json"])).unwrap();
    assert!(json["steps"][0]["altered"].as_str().unwrap().contains("was changed"), "{json:#}");
    let listed = project.expect(0, &["artifacts", "@last"]);
    assert!(
        listed.contains("  changed\n") && listed.contains("not as they were made: 1 changed"),
        "{listed}"
    );
    let files: Value = serde_json::from_str(&project.expect(0, &["artifacts", "@last", "--json"])).unwrap();
    assert_eq!(files[0]["state"], "changed", "{files:#}");
    let at = project.run(&["path", "@last", "a.x"]);
    assert_eq!(support::text(&at.stdout).trim_end(), output.to_str().unwrap());
    assert!(support::text(&at.stderr).contains("what step a made is not what there is now"), "{at:?}");
    let refused = project.expect(2, &["resume", "@last"]);
    assert!(refused.contains("what it made was changed") && refused.contains("greenroom run w"), "{refused}");
    project.file("ready", "");
    // What it made is nobody's any more: it is made anew.
    let anew = path_of(&project.events(0, &["run", "w", "--from", "b", "--json"]));
    assert_eq!(read(anew.join("a/x")), "made\n");

    let plan = run.join("_run/plan.json");
    let text = read(&plan).replace("test -e /project/ready", "touch /tmp/evil");
    std::fs::write(&plan, text).unwrap();
    let token = run.file_name().unwrap().to_str().unwrap();
    let shown = project.expect(0, &["show", token]);
    assert!(shown.contains("It is foreign"), "{shown}");
    let refused = project.expect(2, &["resume", token]);
    assert!(refused.contains("somebody changed it"), "{refused}");
}

/// A run directory that was unpacked from somewhere holds links and FIFOs where files are due.
#[test]
fn a_run_of_somebody_else_leads_nowhere_and_holds_nobody_up() {
    let project =
        Project::with("bad: {run: 'echo made > \"$GREENROOM_OUTPUT_DIR/x\"', outputs: {x: {path: x}}}");
    let run = project.succeed();
    let secret = project.dir.join("secret");
    project.file("secret", "outside\n");
    let evil = project.dir.join("evil");
    let plant = |part: &str, fifo: bool| {
        std::fs::remove_dir_all(&evil).ok();
        copy(&run, &evil);
        let path = evil.join(part);
        std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path)).ok();
        match fifo {
            true => assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success()),
            false => symlink(&secret, path).unwrap(),
        }
    };
    let evil_text = evil.to_str().unwrap();
    for fifo in [true, false] {
        for (part, args) in [
            ("_run/logs/bad.2.log", ["logs", "bad"].as_slice()),
            ("_run/logs/bad.1.log", &["logs", "bad"]),
            ("_run/logs/bad.1.index", &["logs", "bad", "--json"]),
            ("_run/logs/bad.1.log", &["show"]),
            ("_run/run.json", &["show"]),
            ("_run/events.jsonl", &["show"]),
            ("_run/lock", &["show"]),
            ("_run/plan.json", &["show"]),
            ("_run/steps/bad.json", &["artifacts"]),
            ("bad/x", &["path", "bad.x"]),
        ] {
            plant(part, fifo);
            let (command, more) = args.split_first().unwrap();
            let said = project.run(&[&[*command, evil_text], more].concat());
            let text = support::text(&said.stdout) + &support::text(&said.stderr);
            assert!(!text.contains("outside"), "{part}: {text}");
            if part != "_run/logs/bad.1.log" || *command != "show" {
                let told = said.status.code() != Some(0) || text.contains("no plain file");
                assert!(told, "{part}, {args:?}: {text}");
            }
        }
    }
    // A folder on the way is no better.
    plant("_run/logs", false);
    std::fs::remove_file(evil.join("_run/logs")).unwrap();
    std::fs::create_dir(project.dir.join("logs")).unwrap();
    std::fs::rename(&secret, project.dir.join("logs/bad.1.log")).unwrap();
    symlink(project.dir.join("logs"), evil.join("_run/logs")).unwrap();
    let said = project.expect(3, &["logs", evil_text, "bad"]);
    assert!(said.contains("no plain file"), "{said}");
}

/// A record that was cut, or that says what did not happen.
#[test]
fn a_run_whose_record_was_edited_is_told_of_and_not_gone_on_with() {
    let project = Project::with(
        "a: {run: 'echo made > \"$GREENROOM_OUTPUT_DIR/x\"; echo said', outputs: {x: {path: x}}}
b: {needs: [a], run: 'echo tried; exit 3'}",
    );
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let record = run.join("_run");
    let refused = |why: &str, resume: &str| {
        let shown = project.expect(0, &["show", "@last"]);
        // A long sentence is broken into lines.
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(why), "{why}: {shown}");
        let said = project.expect(2, &["resume", "@last"]);
        assert!(said.contains(resume), "{why}: {said}");
    };
    assert!(!project.expect(0, &["show", "@last"]).contains("! "));

    let made = read(record.join("steps/a.json"));
    for text in ["{".to_owned(), made.clone()] {
        std::fs::write(record.join("steps/b.json"), text).unwrap();
        refused("b: what it made is not what there is now: its manifest is broken", "--from b");
    }
    std::fs::remove_file(record.join("steps/b.json")).unwrap();

    let edited = "its plan, its record or its events are no longer those";
    let events = read(record.join("events.jsonl"));
    let cut: String =
        events.split_inclusive('\n').take_while(|line| !line.contains("\"step\":\"b\"")).collect();
    std::fs::write(record.join("events.jsonl"), cut).unwrap();
    refused("b: its record lacks what happened: there is a log of attempt 1", edited);
    std::fs::remove_file(record.join("events.jsonl")).unwrap();
    refused("a, b: its record lacks what happened: there is a log of attempt 1", edited);
    std::fs::write(record.join("events.jsonl"), events.replace("exit code 3", "exit code 4")).unwrap();
    refused("It is foreign", edited);
    std::fs::write(record.join("events.jsonl"), &events).unwrap();

    std::fs::write(record.join("logs/a.1.log"), "said\nand more\n").unwrap();
    let shown = project.expect(0, &["show", "@last"]);
    assert!(shown.contains("a: the log of attempt 1 is not as long as it was written"), "{shown}");
    let json: Value = serde_json::from_str(&project.expect(0, &["show", "@last", "--json"])).unwrap();
    assert_eq!(json["doubts"].as_array().unwrap().len(), 1, "{json:#}");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    let copied = std::process::Command::new("cp").arg("-r").args([from, to]).status().unwrap();
    assert!(copied.success());
}
