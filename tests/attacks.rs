//! Steps and specs written by somebody who means harm.
#![allow(clippy::unwrap_used)]

mod support;

use support::terminal::Terminal;
use support::{Project, of, path_of, read};

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
steps: {{a: {{run: 'true', when: \"params.day != '{}'\"}}}}\n",
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

#[test]
fn a_fork_bomb_is_its_own_steps_trouble() {
    let project = Project::with(
        "bomb: {run: 'bomb() { bomb | bomb & }; bomb; sleep 5; exit 3', timeout: 20s}
other: {run: 'sleep 1; echo fine'}",
    );
    let events = project.events(1, &["run", "w", "--json", "--jobs", "2"]);
    assert_eq!(of(&events, "step_finished", "other")[0]["status"], "succeeded");
    let end = of(&events, "attempt_finished", "bomb");
    assert!(end[0]["status"] == "failed" || end[0]["status"] == "timed_out", "{end:#?}");
}
