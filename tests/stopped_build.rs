//! Ctrl-C while an image is being built: what was stopped is said, and the same command does it again.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use support::Project;

#[test]
fn who_stops_the_build_of_an_image_is_told_what_was_stopped() {
    let project = Project::new();
    let name = format!("slow{}", std::process::id());
    let greenroom = std::fs::read_to_string(project.dir.join("greenroom.yaml")).unwrap();
    // Nothing that the engine has already: its layers are of this one alone.
    project.file("slow.txt", format!("no-such-package-{name}==1\n"));
    let image = format!(
        "images:\n  {name}: {{base: 'debian:bookworm-slim', apt: [python3, python3-pip, cowsay], pip: slow.txt}}\n"
    );
    project.file("greenroom.yaml", greenroom.replacen("images:\n", &image, 1));
    let mut child = project
        .command(&["local", "build", &name])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    let announced = format!("building the image {name}");
    while !line.contains(&announced) {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it was over before it began");
    }
    kill_process(Pid::from_raw(child.id() as i32).unwrap(), Signal::INT).unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains(&format!("stopped while building the image {name}: ")), "{rest}");
    let tags =
        Command::new("docker").args(["images", "-q", &format!("greenroom/*-{name}")]).output().unwrap();
    assert_eq!(tags.stdout, b"", "it has no name yet");
}
