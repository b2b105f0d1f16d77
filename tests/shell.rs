//! `local shell` as a person uses it: on a terminal.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use support::{GREENROOM, Project, read, until};

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

#[test]
fn a_shell_has_the_project_the_callers_uid_and_the_size_of_the_terminal() {
    let project = Project::new();
    project.file("notes.txt", "from outside\n");
    let pty = native_pty_system().openpty(size(24, 90)).unwrap();
    let mut command = CommandBuilder::new(GREENROOM);
    command.args(["local", "shell"]);
    command.cwd(&project.dir);
    command.env("TERM", "xterm");
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let screen = Arc::new(Mutex::new(vt100::Parser::new(24, 90, 0)));
    let mut output = pty.master.try_clone_reader().unwrap();
    let drawn = screen.clone();
    let drawing = thread::spawn(move || {
        let mut bytes = [0; 4096];
        // The terminal's end is an error on Linux.
        while let Ok(count @ 1..) = output.read(&mut bytes) {
            drawn.lock().unwrap().process(&bytes[..count]);
        }
    });
    let shown = || screen.lock().unwrap().screen().contents();
    let shows = |wanted: &str| {
        until(&format!("{wanted:?} on the screen"), || shown().contains(wanted).then_some(()));
    };
    let mut keys = pty.master.take_writer().unwrap();

    until("a prompt", || shown().trim_end().ends_with(['#', '$']).then_some(()));
    // What is typed is on the screen too, so the answers must not be in it.
    keys.write_all(b"cat notes.txt; echo uid=$(id -u) in $PWD; echo from-inside > left.txt; stty size\r")
        .unwrap();
    shows("from outside");
    shows(&format!("uid={} in /project", rustix::process::getuid().as_raw()));
    shows("24 90");
    assert_eq!(read(project.dir.join("left.txt")), "from-inside\n");

    pty.master.resize(size(30, 100)).unwrap();
    keys.write_all(b"until [ \"$(stty size)\" = '30 100' ]; do sleep 0.1; done; echo re''sized\r").unwrap();
    shows("resized");
    keys.write_all(b"exit 0\r").unwrap();
    let ended = until("the shell's end", || child.try_wait().unwrap());
    assert!(ended.success(), "{}", shown());
    drop(keys);
    drop(pty.master);
    drawing.join().unwrap();
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

    let pty = native_pty_system().openpty(size(24, 80)).unwrap();
    let mut command = CommandBuilder::new(GREENROOM);
    command.args(["local", "shell"]);
    command.cwd(&project.dir);
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    until("its container", || (!at_work().is_empty()).then_some(()));
    drop(pty.master);
    until("the end of the command", || child.try_wait().unwrap());
    assert_eq!(at_work(), Vec::<String>::new());
    project.expect(0, &["local", "down"]);
}
