//! The workbench as a person has it: on a real terminal, on the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

use greenroom::tui::panicked_at;
use rustix::process::{Pid, Signal, kill_process};
use support::terminal::Terminal;
use support::{GREENROOM, Project, read, until};

#[test]
fn it_opens_and_gives_the_terminal_back() {
    let project = Project::with("a: {run: 'true'}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    assert!(terminal.is_taken());
    terminal.resize(30, 100);
    terminal.type_in("?");
    terminal.shows("keys on the Board");
    terminal.type_in("\x1b");
    until("the help to go", || (!terminal.shown().contains("keys on the")).then_some(()));
    terminal.type_in("q");
    assert!(terminal.ended().success());
    assert!(!terminal.is_taken());
    assert!(
        terminal.sent().contains("\x1b[?1000l") && terminal.sent().contains("\x1b[?2004l"),
        "mouse and paste"
    );
    let title = terminal.sent().find("\x1b[22;0t").unwrap()..terminal.sent().find("\x1b[23;0t").unwrap();
    assert!(terminal.sent()[title].contains("\x1b]0;greenroom"), "the title before it comes back");
}

#[test]
fn a_signal_gives_the_terminal_back_too() {
    let project = Project::with("a: {run: 'true'}");
    for signal in [Signal::TERM, Signal::HUP] {
        let mut terminal = Terminal::usual(&project, &[]);
        terminal.shows("run it for the first time");
        kill_process(Pid::from_raw(terminal.pid()).unwrap(), signal).unwrap();
        assert!(terminal.ended().success(), "{signal:?}");
        assert!(!terminal.is_taken(), "{signal:?}");
    }
}

/// By the shell that started it; where none could bring it back, it stays.
#[test]
fn what_is_suspended_comes_back_as_it_was() {
    let project = Project::with("a: {run: 'true'}");
    let config = project.dir.join(".config");
    let env = [("XDG_CONFIG_HOME", config.to_str().unwrap()), ("PS1", "shell> ")];
    let shell = ["--norc", "--noprofile", "-i"];
    let mut terminal = Terminal::program(&project, "bash", &shell, (24, 80), &env);
    terminal.shows("shell>");
    terminal.type_in(&format!("{GREENROOM}\r"));
    terminal.shows("run it for the first time");
    terminal.type_in("\x1a");
    until("the shell's screen", || (!terminal.is_taken()).then_some(()));
    terminal.shows("Stopped");
    terminal.type_in("fg\r");
    until("its own screen", || terminal.is_taken().then_some(()));
    terminal.shows("run it for the first time");
    terminal.type_in(":q\r");
    until("the shell's screen again", || (!terminal.is_taken()).then_some(()));
    terminal.type_in("exit 0\r");
    assert!(terminal.ended().success());

    let mut alone = Terminal::usual(&project, &[]);
    alone.shows("run it for the first time");
    alone.type_in("\x1a");
    alone.shows("it cannot be suspended");
    alone.type_in("\x03");
    assert!(alone.ended().success());
}

/// A step fails → edit there → one key runs from that step with the change.
#[test]
fn fix_and_go_on() {
    let project = Project::with(
        "first: {run: 'date +%s%N > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}
second: {run: 'echo begun; echo no such thing >&2; exit 3', needs: [first], inputs: {x: '${{ steps.first.outputs.x }}'}}",
    );
    project.file(".gitignore", ".config/\n");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("r");
    terminal.shows("✗ failed");
    terminal.shows("no such thing");
    terminal.type_in("e");
    terminal.shows("workflows/w.yaml");
    terminal.type_in("\x06exit 3\r");
    terminal.shows("1 place");
    terminal.type_in(&"\x1b[3~".repeat("exit 3".len()));
    // What is wrong shows while it is typed.
    terminal.type_in("${{ params.x }}");
    terminal.shows("✗");
    terminal.type_in(&"\x7f".repeat("${{ params.x }}".len()));
    terminal.type_in("echo mended\x13");
    terminal.shows("is saved");
    assert!(read(project.dir.join("workflows/w.yaml")).contains("echo no such thing >&2; echo mended'"));
    terminal.type_in("\x1b");
    until("the search to end", || (!terminal.shown().contains("place")).then_some(()));
    terminal.type_in("\x1b");
    terminal.shows("✗ second");
    terminal.type_in("c");
    terminal.shows("✓ succeeded");
    terminal.shows("1 ran, 1 taken");
    terminal.shows("mended");
    terminal.type_in("@");
    terminal.shows("run w --from second");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
    let runs = project.runs();
    assert_eq!(
        (runs.len(), &runs[0]["status"], &runs[1]["status"]),
        (2, &"succeeded".into(), &"failed".into())
    );
}

/// A shell tells of the line of the script that it read, and the spec has it further down.
#[test]
fn a_script_is_opened_at_the_line_that_failed() {
    let project = Project::with("a:\n  run: |\n    echo one\n\n    no_such_program\n    echo two\n");
    project.file(".gitignore", ".config/\n");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("r");
    terminal.shows("✗ failed");
    terminal.shows("exit code 127");
    terminal.shows("no_such_program: ");
    terminal.type_in("e");
    terminal.shows("workflows/w.yaml");
    until("the mark", || {
        terminal
            .shown()
            .lines()
            .any(|row| row.contains('✗') && row.trim_end().ends_with("  no_such_program"))
            .then_some(())
    });
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}

/// A person's own editor gets the terminal whole, at the line, and what it wrote is seen when it is closed.
#[test]
fn another_editor_gets_the_terminal_and_gives_it_back() {
    let project = Project::with("a: {run: 'true'}");
    let editor = project.dir.join(".config/vim");
    let log = project.dir.join(".config/called");
    let script = format!("#!/bin/sh\necho \"$1\" >> {}\necho '# mended' >> \"$2\"\n", log.display());
    project.file(".config/vim", script);
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    project.file(".gitignore", ".config/\n");
    let mut terminal = Terminal::usual(&project, &[("VISUAL", editor.to_str().unwrap())]);
    terminal.shows("run it for the first time");
    let again = |terminal: &Terminal, count: usize| {
        until("its own screen again", || {
            (terminal.sent().matches("\x1b[?1049h").count() == count).then_some(())
        });
    };
    terminal.type_in("V");
    again(&terminal, 2);
    terminal.type_in("e");
    terminal.shows("# mended");
    // From within: at the line of the cursor.
    terminal.type_in("\x1b[B\x1b[B\x05");
    again(&terminal, 3);
    until("both lines", || (terminal.shown().matches("# mended").count() == 2).then_some(()));
    assert_eq!(read(&log), "+1\n+3\n");
    // Two do not write one file at the same time, and nothing typed is lost in silence.
    terminal.type_in("typed\x05");
    terminal.shows("save it first");
    terminal.type_in("\x03");
    terminal.shows("Quit without saving workflows/w.yaml?");
    terminal.type_in("y");
    assert!(terminal.ended().success());
    assert!(!read(project.dir.join("workflows/w.yaml")).contains("typed"));
}

/// Nobody has seen what they would be done to.
#[test]
fn keys_behind_one_that_gives_the_terminal_away_do_nothing() {
    let project = Project::with("a: {run: 'true'}");
    let mut terminal = Terminal::usual(&project, &[("VISUAL", "true")]);
    terminal.shows("run it for the first time");
    terminal.type_in("Vr\r");
    until("its own screen again", || (terminal.sent().matches("\x1b[?1049h").count() == 2).then_some(()));
    terminal.type_in("?");
    terminal.shows("keys on the Board");
    terminal.type_in("\x1b");
    until("the help to go", || (!terminal.shown().contains("keys on the")).then_some(()));
    terminal.type_in("q");
    assert!(terminal.ended().success());
    assert!(project.runs().is_empty());
}

/// The screen is closed and opened again; the run knows nothing of it.
/// A ctrl-c that another program was meant to have is no wish to leave what is begun.
#[test]
fn what_is_begun_is_done_after_a_ctrl_c_in_another_program() {
    let project = Project::with("a: {run: 'echo be\"\"gun; sleep 600'}");
    let editor = project.dir.join(".config/slow");
    project.file(".config/slow", "#!/bin/sh\necho it is open\nexec sleep 600\n");
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    project.file(".gitignore", ".config/\n");
    let mut terminal = Terminal::usual(&project, &[("VISUAL", editor.to_str().unwrap())]);
    terminal.shows("run it for the first time");
    terminal.type_in("V");
    terminal.shows("it is open");
    terminal.type_in("\x03");
    terminal.shows("run it for the first time");
    terminal.type_in("r");
    terminal.shows("begun");
    terminal.type_in("x");
    terminal.shows("Stop run");
    terminal.type_in("y\x03");
    assert!(terminal.ended().success());
    assert!(!terminal.sent().contains("panicked"), "{}", terminal.sent());
    assert_eq!(project.runs()[0]["status"], "cancelled");
}

/// Whoever ends the workbench does not wait for what has its terminal, which is told as well.
#[test]
fn another_program_is_told_to_end_with_it() {
    let project = Project::with("a: {run: 'true'}");
    let told = project.dir.join(".config/told");
    let script = format!(
        "#!/bin/sh\ntrap 'echo told > {}; exit' TERM\necho it is open\nwhile :; do sleep 0.1; done\n",
        told.display()
    );
    let busy = project.dir.join(".config/busy");
    project.file(".config/busy", script);
    std::fs::set_permissions(&busy, std::fs::Permissions::from_mode(0o755)).unwrap();
    let commands = "[commands.busy]\nrun = \"exec .config/busy\"\nkey = \"Z\"\n[commands.soon]\nrun = \"true\"\nkey = \"J\"\n";
    project.file(".config/greenroom/keys.toml", commands);
    project.file(".gitignore", ".config/\n");
    let end = |terminal: &mut Terminal| {
        kill_process(Pid::from_raw(terminal.pid()).unwrap(), Signal::TERM).unwrap();
        assert!(terminal.ended().success());
    };
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("J");
    terminal.shows("enter goes back");
    end(&mut terminal);
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("e");
    terminal.shows("workflows/w.yaml");
    terminal.type_in("# typed ");
    terminal.shows("# typed greenroom");
    terminal.type_in("\x1b");
    terminal.shows("run it for the first time");
    terminal.type_in("Z");
    terminal.shows("it is open");
    end(&mut terminal);
    until("the other program to hear of it", || {
        std::fs::read_to_string(&told).is_ok_and(|text| text == "told\n").then_some(())
    });
    let kept = read(project.dir.join(".greenroom/unsaved/workflows/w.yaml"));
    assert!(kept.starts_with("# typed greenroom: 1\n"), "{kept}");
}

/// Whoever reads a terminal that is gone must not go on for ever.
#[test]
fn it_ends_with_its_terminal() {
    let project = Project::with("a: {run: 'true'}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.hang_up();
    terminal.ended();
}

#[test]
fn what_is_typed_is_kept_when_the_terminal_goes() {
    let project = Project::with("a: {run: 'true'}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    terminal.type_in("e");
    terminal.shows("workflows/w.yaml");
    terminal.type_in("# typed ");
    terminal.shows("# typed greenroom");
    // By a signal alone: closing this end of it would type an end of input first.
    kill_process(Pid::from_raw(terminal.pid()).unwrap(), Signal::HUP).unwrap();
    terminal.ended();
    assert!(!read(project.dir.join("workflows/w.yaml")).contains("typed"), "it was not saved");
    let kept = read(project.dir.join(".greenroom/unsaved/workflows/w.yaml"));
    assert!(kept.starts_with("# typed greenroom: 1\n"), "{kept}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("unsaved text was kept");
    terminal.type_in("m");
    terminal.shows("see what it changes");
    terminal.type_in("\x1b");
    until("the message to go", || (!terminal.shown().contains("see what")).then_some(()));
    terminal.type_in(":q\r");
    assert!(terminal.ended().success());
}

/// A child of this test, in a terminal of its own.
#[test]
fn a_panic_gives_the_terminal_back_before_it_speaks() {
    const MARK: &str = "GREENROOM_TEST_PANICS";
    if std::env::var(MARK).is_ok() {
        let _guard = greenroom::tui::Guard::take(true).unwrap();
        panic!("it went wrong");
    }
    let project = Project::bare();
    let this = std::env::current_exe().unwrap();
    let args = ["--exact", "a_panic_gives_the_terminal_back_before_it_speaks", "--nocapture"];
    let mut terminal = Terminal::program(&project, this.to_str().unwrap(), &args, (24, 80), &[(MARK, "1")]);
    terminal.shows("it went wrong");
    assert!(!terminal.ended().success());
    assert!(!terminal.is_taken());
    let sent = terminal.sent();
    assert!(sent.find("\x1b[?1049l").unwrap() < sent.find("it went wrong").unwrap(), "{sent}");
}

/// The same of one beside it, which is told by whoever waits for what panicked.
#[test]
fn a_panic_beside_the_screen_leaves_it_whole() {
    const MARK: &str = "GREENROOM_TEST_PANICS_BESIDE";
    if std::env::var(MARK).is_ok() {
        let _guard = greenroom::tui::Guard::take(true).unwrap();
        let beside = || std::panic::catch_unwind(|| panic!("it went wrong")).map_err(|_| panicked_at());
        let place = std::thread::spawn(beside).join().unwrap().unwrap_err();
        print!("it is here still; at {}", place.unwrap());
        std::io::stdout().flush().unwrap();
        std::io::stdin().read_exact(&mut [0]).unwrap();
        return;
    }
    let project = Project::bare();
    let this = std::env::current_exe().unwrap();
    let args = ["--exact", "a_panic_beside_the_screen_leaves_it_whole", "--nocapture"];
    let mut terminal = Terminal::program(&project, this.to_str().unwrap(), &args, (24, 80), &[(MARK, "1")]);
    terminal.shows("it is here still; at tests/workbench.rs:");
    assert!(terminal.is_taken());
    assert!(!terminal.sent().contains("it went wrong"), "{}", terminal.sent());
    terminal.type_in("q");
    assert!(terminal.ended().success());
    assert!(!terminal.is_taken());
}

#[test]
fn a_wrong_file_of_keys_is_told_before_the_screen_is_taken() {
    let project = Project::with("a: {run: 'true'}");
    project.file(".config/greenroom/keys.toml", "[keys]\nrun = \"x\"\n");
    let mut terminal = Terminal::usual(&project, &[]);
    assert_eq!(terminal.ended().exit_code(), 2);
    let shown = terminal.shown();
    assert!(shown.contains("keys.toml:2:7") && shown.contains("`cancel`"), "{shown}");
    assert!(!terminal.sent().contains("\x1b[?1049h"));
}

/// Rows as they are written; what was tried becomes a step, at which the editor opens, and which runs.
#[test]
fn a_query_is_tried_and_becomes_a_step() {
    let project = Project::with_warehouse();
    project.file("data/flights.csv", "day,carrier\n2013-01-01,UA\n2013-01-02,B6\n");
    let load = "load: {uses: load_table, with: {table: lake.flights, from: data/flights.csv, columns: {day: DATE, carrier: STRING}}}";
    project.workflow("w", load);
    project.expect(0, &["run", "w"]);
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("✓");
    terminal.type_in("5");
    terminal.shows("lake.flights");
    // Read without a container.
    terminal.shows("B6");
    terminal.type_in("e");
    terminal.shows("FROM lake.flights");
    terminal.type_in("\x1b[1;5FX");
    terminal.shows("LIMIT 50X");
    // Before it is run.
    terminal.shows("3✗");
    terminal.type_in("\x1b[15~");
    terminal.shows("query:3:");
    terminal.type_in("\x7f\x1b[15~");
    terminal.shows("2 rows,");
    terminal.type_in("\x1b[1;5F\r; SELECT carrier FROM lake.flights WHERE day = @day");
    terminal.type_in("\x1b[15~");
    terminal.shows("give @day a value");
    terminal.type_in("2013-01-02\r");
    terminal.shows("1 row,");
    let containers = || {
        let lake = project.dir.join(".greenroom/lake").display().to_string();
        let mut list = std::process::Command::new("docker");
        list.args(["ps", "-aq", "--filter", &format!("volume={lake}")]);
        support::text(&list.output().unwrap().stdout).lines().count()
    };
    assert_eq!(containers(), 1, "it stays for the next query");
    // Into a workflow of its own.
    terminal.type_in("\x13");
    terminal.shows("make a step of the query");
    terminal.type_in("of_day\x1b[A\x15late\r");
    terminal.shows("uses: sql_export");
    terminal.shows("day: {type: date");
    let written = read(project.dir.join("workflows/late.yaml"));
    assert!(written.contains("  of_day:\n    uses: sql_export\n"), "{written}");
    assert_eq!(
        read(project.dir.join("sql/of_day.sql")),
        "SELECT carrier FROM lake.flights WHERE day = @day\n"
    );
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
    until("its container to go", || (containers() == 0).then_some(()));
    // It is there again the next time, also after the terminal has gone.
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("✓");
    terminal.type_in("5");
    terminal.shows("lake.flights");
    terminal.type_in("e");
    terminal.shows("WHERE day = @day");
    terminal.type_in("!");
    terminal.shows("= @day!");
    kill_process(Pid::from_raw(terminal.pid()).unwrap(), Signal::HUP).unwrap();
    terminal.ended();
    let kept = read(project.dir.join(".greenroom/query.sql"));
    assert!(kept.starts_with("SELECT *\n") && kept.ends_with("= @day!"), "{kept}");
    project.expect(0, &["run", "late"]);
}

#[test]
fn a_program_that_cannot_be_checked_is_not_taken_for_a_right_one() {
    let project = Project::new();
    project.file("late.py", "print(1\n");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.type_in("7");
    terminal.shows("no file is open");
    terminal.type_in("\x0f");
    terminal.shows("late.py");
    terminal.type_in("late\r");
    terminal.shows("not checked: the image lacks python3");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}

/// What is to be done next, and whose it is, follows what happens; whoever leaves and comes back is told the same.
#[test]
fn the_board_says_what_is_next() {
    let project = Project::with("a: {run: 'test -e mended'}");
    let mut terminal = Terminal::usual(&project, &[]);
    terminal.shows("run it for the first time");
    project.expect(1, &["run", "w"]);
    terminal.shows("mend what failed in run");
    project.file("mended", "");
    project.expect(0, &["run", "w"]);
    until("that to be done", || (!terminal.shown().contains("mend what failed")).then_some(()));
    // What is written anew has changed only if something else is in it.
    let spec = std::fs::read_to_string(project.dir.join("workflows/w.yaml")).unwrap();
    project.file("workflows/w.yaml", format!("{spec}\n# and on\n"));
    terminal.shows("run it again: it has changed");
    project.file("workflows/w.yaml", &spec);
    until("that to be as it was run", || (!terminal.shown().contains("it has changed")).then_some(()));
    // What its script sees is a part of it.
    project.file("data.csv", "1\n");
    terminal.shows("run it again: it has changed");
    std::fs::remove_file(project.dir.join("data.csv")).unwrap();
    until("that to be as it was run", || (!terminal.shown().contains("it has changed")).then_some(()));
    project.file("workflows/w.yaml", "greenroom: 1\nkind: workflow\nname: w\nsteps:\n  a: {runs: x}\n");
    terminal.shows("mend workflows/w.yaml:5");
    terminal.type_in("e");
    terminal.shows("did you mean `run`?");
    terminal.type_in("\x1b");
    terminal.shows("mend workflows/w.yaml:5");
    terminal.type_in("q");
    assert!(terminal.ended().success());
}
