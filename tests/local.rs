//! The Local screen on a real terminal and the real engine.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use support::proxy::Proxy;
use support::terminal::Terminal;
use support::{Project, until};

const PROJECT: &str = "greenroom: 1
kind: project
name: greenroom_screen_tests
images:
  default: {base: \"debian:bookworm-slim\"}
services:
  web:
    image: default
    command: [sh, -c, 'echo be\"\"gun; exec sleep 600']
    volumes: {kept: /kept}
";

/// What was made is removed, however the test ends.
struct World(Project);

impl Drop for World {
    fn drop(&mut self) {
        self.0.run(&["local", "down", "--volumes"]);
    }
}

impl World {
    fn status(&self) -> Value {
        serde_json::from_slice(&self.0.run(&["local", "status", "--json"]).stdout).unwrap()
    }

    fn container(&self) -> Value {
        self.status()["services"][0]["container"].clone()
    }
}

/// All of it through a socket that can be cut, as an engine that is stopped cuts it.
#[test]
fn services_are_worked_with_while_the_engine_comes_and_goes() {
    let world = World(Project::of(PROJECT, ""));
    let project = &world.0;
    project.workflow("w", "a: {run: 'true'}");
    project.run(&["local", "down", "--volumes"]);
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::new(folder.path().join("engine.sock"));
    let (host, config) = (proxy.host(), project.dir.join(".config"));
    let env = [("DOCKER_HOST", host.as_str()), ("XDG_CONFIG_HOME", config.to_str().unwrap())];
    let mut terminal = Terminal::with(project, &[], 24, 80, &env);
    terminal.shows("run it for the first time");
    terminal.type_in("6");
    terminal.shows("✓ default current");
    terminal.shows("− web     down");
    terminal.shows("− kept    not made");
    terminal.shows("✓ clock");

    terminal.type_in("jju");
    terminal.shows("✓ web     up");
    terminal.shows("begun");
    terminal.shows("of 2 cores");
    terminal.shows("✓ kept");

    proxy.down();
    terminal.shows("✗ engine lost");
    terminal.shows("? web     unknown");
    terminal.type_in("1");
    terminal.shows("run it for the first time");
    terminal.type_in("6");
    proxy.up();
    terminal.shows("✓ web     up");
    terminal.shows("of 2 cores");
    assert!(!terminal.shown().contains("lost"), "{}", terminal.shown());

    // One that accepts and never answers is as little use.
    proxy.pause();
    terminal.type_in("k");
    terminal.shows("✗ engine lost");
    terminal.type_in("1");
    terminal.shows("run it for the first time");
    terminal.type_in("6");
    terminal.shows("? web     unknown");
    proxy.unpause();
    terminal.type_in("j");
    terminal.shows("✓ web     up");
    assert!(!terminal.shown().contains("lost"), "{}", terminal.shown());

    let before = world.container();
    terminal.type_in("R");
    terminal.shows("done: local restart web");
    assert_ne!(world.container(), before);
    // What others do is seen as well.
    project.expect(0, &["local", "down"]);
    terminal.shows("− web     down");
    project.expect(0, &["local", "up"]);
    terminal.shows("✓ web     up");

    terminal.type_in("dy");
    terminal.shows("− web     down");
    terminal.shows("done: local down");
    assert_eq!(world.status()["volumes"][0]["made"], true, "data stays");
    terminal.type_in("D");
    terminal.shows("type the project's name");
    terminal.type_in("greenroom_screen_tests\r");
    terminal.shows("− kept    not made");
    terminal.type_in("@");
    terminal.shows("local down --volumes");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}

/// Whether it hangs when the workbench is opened or later, it is told, all else goes on, and it comes back by itself.
#[test]
fn an_engine_that_hangs_from_the_beginning_is_told_and_comes_back() {
    let project = Project::of(PROJECT, "");
    project.workflow("w", "a: {run: 'true'}");
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::new(folder.path().join("engine.sock"));
    proxy.pause();
    let (host, config) = (proxy.host(), project.dir.join(".config"));
    let env = [("DOCKER_HOST", host.as_str()), ("XDG_CONFIG_HOME", config.to_str().unwrap())];
    let mut terminal = Terminal::with(&project, &[], 24, 80, &env);
    terminal.shows("run it for the first time");
    terminal.shows("✗ no engine");
    terminal.type_in("e");
    terminal.shows("workflows/w.yaml");
    terminal.type_in("\x1b");
    terminal.shows("run it for the first time");
    terminal.type_in("6");
    terminal.shows("does not answer");
    proxy.unpause();
    terminal.shows("✓ default");
    until("the engine", || terminal.shown().contains("● ").then_some(()));
    proxy.pause();
    // What is typed shows that the workbench is used.
    terminal.type_in("j");
    terminal.shows("✗ engine lost");
    // Nor does leaving wait for it.
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}

/// The terminal is the shell's until it is left.
#[test]
fn a_shell_has_the_terminal_and_gives_it_back() {
    let world = World(Project::of(PROJECT, ""));
    world.0.workflow("w", "a: {run: 'true'}");
    let config = world.0.dir.join(".config");
    let mut terminal =
        Terminal::with(&world.0, &[], 24, 80, &[("XDG_CONFIG_HOME", config.to_str().unwrap())]);
    terminal.shows("run it for the first time");
    terminal.type_in("6");
    terminal.shows("✓ default current");
    terminal.type_in("j!");
    until("the shell's screen", || (!terminal.is_taken()).then_some(()));
    terminal.type_in("echo he\"\"re $GREENROOM_PROJECT > seen; cat seen; exit 7\r");
    until("what was typed", || terminal.sent().contains("here greenroom_screen_tests").then_some(()));
    until("its own screen again", || terminal.is_taken().then_some(()));
    terminal.shows("✓ default current");
    assert!(!terminal.shown().contains("cannot be opened"), "{}", terminal.shown());
    terminal.type_in("jk");
    terminal.type_in("\x03");
    assert!(terminal.ended().success());
}
