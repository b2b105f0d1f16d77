//! `doctor` on this machine, and on one that lacks things.
#![allow(clippy::unwrap_used)]

mod support;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Project, read, text};

/// A machine with these programs only, and an engine that is not there.
struct Bare {
    project: Project,
    bin: PathBuf,
}

impl Bare {
    fn new() -> Self {
        let project = Project::bare();
        let bin = project.dir.join("bin");
        std::fs::create_dir(&bin).unwrap();
        Self { project, bin }
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn doctor(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.project.command(&["doctor"]);
        command.args(args).env("PATH", &self.bin).env("DOCKER_HOST", "unix:///nowhere/engine.sock");
        let ended = command.output().unwrap();
        (ended.status.code(), text(&ended.stdout), text(&ended.stderr))
    }
}

fn finding<'a>(findings: &'a Value, what: &str) -> &'a Value {
    findings.as_array().unwrap().iter().find(|finding| finding["what"] == what).unwrap()
}

fn installs_here() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    rustix::process::geteuid().is_root()
        && release.lines().any(|line| line == "ID=debian" || line == "ID=ubuntu")
}

#[test]
fn this_machine_is_ready() {
    let project = Project::new();
    let findings: Value = serde_json::from_slice(&project.run(&["doctor", "--json"]).stdout).unwrap();
    for what in ["container engine", "files", "base images", "disk", "git"] {
        assert_ne!(finding(&findings, what)["health"], "missing", "{findings:#}");
    }
    assert_eq!(finding(&findings, "files")["found"], "containers read and write the project's, as you");
}

#[test]
fn what_is_missing_is_named_with_its_commands() {
    let bare = Bare::new();
    let (code, shown, _) = bare.doctor(&[]);
    assert_eq!(code, Some(3));
    assert!(shown.contains("unix:///nowhere/engine.sock (DOCKER_HOST)"), "{shown}");
    assert!(shown.contains("unset DOCKER_HOST"), "{shown}");
    let findings: Value = serde_json::from_str(&bare.doctor(&["--json"]).1).unwrap();
    assert_eq!(finding(&findings, "container engine")["health"], "missing");
    assert_eq!(finding(&findings, "git")["health"], "missing");
}

#[test]
fn a_fix_installs_without_asking_anything_or_tells_the_commands_for_root() {
    let bare = Bare::new();
    let called = bare.project.dir.join("called");
    let tool = bare.bin.join("mmdebstrap");
    bare.program(
        "apt-get",
        &format!(
            "echo \"$@ [$DEBIAN_FRONTEND]\" >> {0}\nif [ \"$1\" = install ]; then : > {1}; echo unpacking; fi",
            called.display(),
            tool.display()
        ),
    );
    let (code, _, told) = bare.doctor(&["--fix"]);
    assert_eq!(code, Some(3), "nobody is there to be asked");
    assert!(!called.exists(), "nothing is done unasked: {told}");

    let (code, shown, told) = bare.doctor(&["--fix", "--yes"]);
    assert_eq!(code, Some(3), "the engine that was named is somebody else's to start");
    if !installs_here() {
        assert!(!called.exists(), "{}", read(&called));
        return;
    }
    assert!(told.contains("unpacking"), "{told}");
    assert_eq!(
        read(&called),
        "update [noninteractive]\ninstall -y -o Dpkg::Use-Pty=0 mmdebstrap git [noninteractive]\n",
        "all at once, once"
    );
    assert!(shown.contains("mmdebstrap makes them where no registry answers"), "{shown}");
}

#[test]
fn a_fix_that_fails_shows_what_the_tool_said() {
    let bare = Bare::new();
    bare.program("apt-get", "echo 'E: Unable to locate package' >&2; exit 100");
    let (code, _, told) = bare.doctor(&["--fix", "--yes"]);
    assert_eq!(code, Some(3));
    if installs_here() {
        assert!(told.contains("apt-get update failed (exit code 100)"), "{told}");
        assert!(told.contains("E: Unable to locate package"), "{told}");
    }
}

#[tokio::test]
async fn the_engine_of_a_context_is_found() {
    let place = greenroom::docker::connect().await.unwrap().info().place.clone();
    let Some(socket) = place.strip_prefix("unix://") else {
        panic!("the engine of these tests is at {place}")
    };
    let project = Project::bare();
    let elsewhere = project.dir.join("lab.sock");
    symlink(socket, &elsewhere).unwrap();
    let config = context(&project.dir, "lab", &format!("unix://{}", elsewhere.display()));
    let run = |variable: &str, value: &str| {
        let mut command = project.command(&["doctor", "--json"]);
        command.env_remove("DOCKER_HOST").env("DOCKER_CONFIG", &config).env(variable, value);
        let findings: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        finding(&findings, "container engine")["found"].as_str().unwrap().to_owned()
    };
    let found = run("DOCKER_CONTEXT", "lab");
    assert!(found.ends_with(&format!("at unix://{} (docker context lab)", elsewhere.display())), "{found}");
    let missing = run("DOCKER_CONTEXT", "nowhere");
    assert!(missing.contains("there is no such context"), "{missing}");
    let named = run("DOCKER_HOST", &format!("unix://{}", elsewhere.display()));
    assert!(named.ends_with("(DOCKER_HOST)"), "{named}");
}

/// A configuration of the docker command with one context.
fn context(dir: &Path, name: &str, host: &str) -> PathBuf {
    let config = dir.join("docker");
    let id = greenroom::domain::Digest::of(name.as_bytes());
    let meta = config.join("contexts/meta").join(id.as_str());
    std::fs::create_dir_all(&meta).unwrap();
    let text = json!({"Name": name, "Endpoints": {"docker": {"Host": host}}}).to_string();
    std::fs::write(meta.join("meta.json"), text).unwrap();
    config
}
