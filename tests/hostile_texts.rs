//! Whatever text somebody who means harm can bring to a terminal.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};

use support::terminal::Terminal;
use support::{Project, path_of, read};

/// A clipboard write, a window's title, an eight-bit control sequence, and text that runs backwards.
const HOSTILE: &str = "\\033]52;c;ZXZpbA==\\007\\033]0;evil\\007\\302\\2332Jx\\342\\200\\256y";

/// What of it no terminal may ever see.
#[track_caller]
fn check_harmless(what: &str, sent: &str) {
    for sequence in ["\u{1b}]52", "\u{1b}]0;", "\u{9b}", "\u{202e}", "\u{7}"] {
        assert!(!sent.contains(sequence), "{what}: {sequence:?} in {sent:?}");
    }
}

/// In every text that a step can bring to a terminal: its log while it runs and afterwards, its files' names, what it
/// reports, and why it failed.
#[test]
fn what_a_step_says_is_shown_and_never_obeyed() {
    let project = Project::with(&format!(
        "made:
  run: |
    printf '{HOSTILE}\\n'; printf '{HOSTILE}\\n' >&2; sleep 1
    cd $GREENROOM_OUTPUT_DIR; touch \"$(printf '{HOSTILE}')\"; echo > x
  outputs: {{x: {{path: x}}}}
fails:
  run: |
    printf '{HOSTILE}'; sleep 1; exit 3
missing:
  run: |
    touch \"$GREENROOM_OUTPUT_DIR/$(printf '{HOSTILE}')\"
  outputs: {{x: {{path: y}}}}
link:
  run: |
    ln -s /etc \"$GREENROOM_OUTPUT_DIR/$(printf '{HOSTILE}')\""
    ));
    for args in [
        ["run", "w"].as_slice(),
        &["show", "@last"],
        &["logs", "@last", "made"],
        &["logs", "@last", "fails"],
        &["artifacts", "@last"],
        &["runs"],
        &["path", "@last", "made.x"],
        &["resume", "@last"],
    ] {
        let mut terminal = Terminal::of(&project, args, 40, 100);
        terminal.ended();
        let sent = terminal.sent();
        check_harmless(&args.join(" "), &sent);
        assert!(!sent.is_empty());
    }
    let run = path_of(&project.events(1, &["run", "w", "--json"]));
    let kept = read(run.join("_run/logs/made.1.log"));
    assert!(kept.contains("\u{1b}]52;c;ZXZpbA=="), "on disk it is as it was: {kept:?}");
}

/// And in every text that a spec can.
#[test]
fn what_a_spec_says_is_shown_and_never_obeyed() {
    let project = Project::with("a: {run: 'true'}");
    let hostile = "\\e]52;c;ZXZpbA==\\a\\e]0;evil\\a\\u009b2J\\u202e";
    project.file(
        "workflows/evil.yaml",
        format!(
            "greenroom: 1\nkind: workflow\nname: evil\ndescription: \"{hostile}\"\n\"key{hostile}\": 1
params: {{day: {{type: string, default: \"{hostile}\"}}}}\nsteps:\n  a: {{run: \"echo {hostile}\", uses: \"{hostile}\"}}\n"
        ),
    );
    project.file(
        "workflows/plain.yaml",
        format!(
            "greenroom: 1\nkind: workflow\nname: plain\nparams: {{day: {{type: string, default: \"{hostile}\"}}}}
steps: {{a: {{run: 'true', when: \"params.day != '{}'\"}}, b: {{run: 'exit 1'}}}}\n",
            hostile.replace("\\u202e", "")
        ),
    );
    for args in [
        ["check"].as_slice(),
        &["plan", "evil"],
        &["plan", "plain"],
        &["run", "plain"],
        &["show", "@last"],
        &["runs"],
        &["new", "workflow", "\u{1b}]52;c;ZXZpbA==\u{7}"],
        &["run", "\u{1b}]0;evil\u{7}\u{202e}"],
    ] {
        let mut terminal = Terminal::of(&project, args, 40, 100);
        terminal.ended();
        check_harmless(&args.join(" "), &terminal.sent());
    }
}

/// And in every text that git, a path, an operator, a query's columns and a service can.
#[test]
fn what_names_and_services_say_is_shown_and_never_obeyed() {
    let hostile = "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]0;evil\u{7}\u{9b}2J\u{202e}";
    let mut project =
        Project::with("a: {run: cat note* > \"$GREENROOM_OUTPUT_DIR/x\", outputs: {x: {path: x}}}");
    project.enter(&format!("folder{hostile}"));
    project.file(&format!("note{hostile}.txt"), "x");
    let git = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        let identity = ["-c", "user.email=eve@example.com", "-c", &format!("user.name=eve{hostile}")];
        assert!(command.args(identity).args(args).current_dir(&project.dir).status().unwrap().success());
    };
    git(&["init", "-q", "-b", "main\u{9b}2J\u{202e}"]);
    git(&["config", "user.name", &format!("eve{hostile}")]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", &format!("evil{hostile}")]);
    project.file(&format!("large{hostile}.bin"), vec![0; 64 << 20]);
    project.file(
        "operators/evil.yaml",
        "greenroom: 1\nkind: operator\nname: evil\ndescription: \"\\e]52;c;ZXZpbA==\\a\\u009b2J\\u202e\"
inputs: {x: {type: string, default: \"\\e]0;evil\\a\"}}\nimage: default\ncommand: [\"\\e]52;c;ZXZpbA==\\a\"]\n",
    );
    let service = format!(
        "{}services:\n  evil: {{image: default, command: [sh, -c, \"printf '{}\\\\n'; exit 3\"]}}\n",
        read(project.dir.join("greenroom.yaml")),
        HOSTILE.replace('\\', "\\\\")
    );
    for (args, code) in [
        (["run", "w"].as_slice(), 0),
        (&["show", "@last"], 0),
        (&["runs"], 0),
        (&["artifacts", "@last"], 0),
        (&["operators"], 0),
        (&["operators", "evil"], 0),
        (&["plan", "w"], 0),
        (&["local", "up"], 3),
        (&["local", "status"], 0),
        (&["local", "logs", "evil"], 0),
        (&["local", "down"], 0),
    ] {
        if args == ["local", "up"] {
            project.file("greenroom.yaml", &service);
        }
        let mut terminal = Terminal::of(&project, args, 40, 100);
        let ended = terminal.ended();
        let sent = terminal.sent();
        check_harmless(&args.join(" "), &sent);
        assert_eq!(ended.exit_code(), code, "{}: {sent:?}", args.join(" "));
    }
}

/// And in every message of what pretends to be an engine.
#[test]
fn what_an_engine_says_is_shown_and_never_obeyed() {
    let project = Project::with("a: {run: 'true'}");
    let socket = project.dir.join("engine.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked);
            let body =
                "{\"message\": \"no \\u001b]52;c;ZXZpbA==\\u0007\\u001b]0;evil\\u0007\\u009b2J\\u202e\"}";
            let head = "HTTP/1.1 500 Trouble\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    for args in [["run", "w"].as_slice(), &["doctor"], &["local", "status"], &["local", "build"]] {
        let host = format!("unix://{}", socket.display());
        let mut terminal = Terminal::with(&project, args, 40, 100, &[("DOCKER_HOST", &host)]);
        terminal.ended();
        let sent = terminal.sent();
        check_harmless(&args.join(" "), &sent);
        assert!(sent.contains("ZXZpbA=="), "{}: what it said is told: {sent:?}", args.join(" "));
    }
}
