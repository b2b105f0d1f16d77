//! `local shell` as a person uses it: on a terminal.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;

use support::terminal::Terminal;
use support::{Project, read, until};

#[test]
fn a_shell_has_the_project_the_callers_uid_and_the_size_of_the_terminal() {
    let project = Project::new();
    project.file("notes.txt", "from outside\n");
    let mut terminal = Terminal::of(&project, &["local", "shell"], 24, 90);
    until("a prompt", || terminal.shown().trim_end().ends_with(['#', '$']).then_some(()));
    // What is typed is on the screen too, so the answers must not be in it.
    terminal.type_in("cat notes.txt; echo uid=$(id -u) in $PWD; echo from-inside > left.txt; stty size\r");
    terminal.shows("from outside");
    terminal.shows(&format!("uid={} in /project", rustix::process::getuid().as_raw()));
    terminal.shows("24 90");
    assert_eq!(read(project.dir.join("left.txt")), "from-inside\n");

    terminal.resize(30, 100);
    // On a line of its own: while it is resized, the shell may take what is typed for shorter or longer than it is.
    terminal
        .type_in("until [ \"$(stty size)\" = '30 100' ]; do sleep 0.1; done; printf '\\nre%s\\n' sized\r");
    terminal.shows("resized");
    terminal.type_in("exit 0\r");
    assert!(terminal.ended().success(), "{}", terminal.shown());
    let state = std::fs::read_dir(project.dir.join(".greenroom")).unwrap();
    let left: Vec<_> =
        state.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("shell-")).collect();
    assert!(left.is_empty(), "its home is gone with it: {left:?}");
}

#[test]
fn without_a_terminal_a_shell_reads_its_script_and_tells_failure() {
    let project = Project::new();
    let run = |script: &str| {
        let mut command = project.command(&["local", "shell"]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        (ended.status.code(), support::text(&ended.stdout))
    };
    assert_eq!(run("echo $((6 * 7))\n"), (Some(0), "42\n".to_owned()));
    assert_eq!(run("exit 9\n"), (Some(1), String::new()));
}

#[test]
fn a_terminal_that_is_closed_leaves_no_container_behind() {
    // A name of its own, so that every container it has is this shell's.
    let project = Project::bare();
    let text = read(Project::new().dir.join("greenroom.yaml")).replace("greenroom_tests", "shell_closed");
    project.file("greenroom.yaml", text);
    project.expect(0, &["local", "build"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let engine = runtime.block_on(greenroom::docker::connect()).unwrap();
    let at_work = || runtime.block_on(engine.at_work("shell_closed")).unwrap();

    let mut terminal = Terminal::unwatched(&project, &["local", "shell"], 24, 80);
    until("its container", || (!at_work().is_empty()).then_some(()));
    terminal.close();
    terminal.ended();
    assert_eq!(at_work(), Vec::<String>::new());
    project.expect(0, &["local", "down"]);
}
