//! A throw-away project on the real engine.
//!
//! All test projects share one name, and so one image and one network: each has its own folder, store and lake.

#![allow(dead_code, clippy::unwrap_used)]

pub mod bucket;
pub mod engine;
pub mod figures;
pub mod log;
pub mod proxy;
pub mod terminal;
pub mod wire;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub const GREENROOM: &str = env!("CARGO_BIN_EXE_greenroom");

/// What a run leaves of itself outside of its project: not in the home of who tests.
pub const STATE_HOME: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/state");

const PROJECT: &str = "greenroom: 1
kind: project
name: greenroom_tests
images:
  default: {base: \"debian:bookworm-slim\"}
";

const WITH_WAREHOUSE: &str = "greenroom: 1
kind: project
name: greenroom_operator_tests
images:
  default: {base: \"debian:bookworm-slim\", apt: [python3, python3-pip], pip: requirements.txt}
environments:
  dev: {root: .greenroom/store, warehouse: {engine: duckdb, path: .greenroom/lake}}
";

pub struct Project {
    pub dir: PathBuf,
    _keep: TempDir,
}

impl Project {
    /// An empty project whose image is on the engine.
    pub fn new() -> Self {
        let project = Self::bare();
        project.file("greenroom.yaml", PROJECT);
        project.build();
        project
    }

    /// An empty project with a dev warehouse, whose image can run the built-in operators.
    pub fn with_warehouse() -> Self {
        Self::of(WITH_WAREHOUSE, "duckdb==1.5.5\nsqlglot==30.30.0\n")
    }

    /// A project of this `greenroom.yaml` whose image, with these requirements, is on the engine.
    pub fn of(project: &str, requirements: &str) -> Self {
        let made = Self::bare();
        made.file("greenroom.yaml", project);
        made.file("requirements.txt", requirements);
        made.build();
        made
    }

    /// A project with one workflow `w` of these steps (YAML, without indentation).
    pub fn with(steps: &str) -> Self {
        let project = Self::new();
        project.workflow("w", steps);
        project
    }

    /// What `.greenroom/secrets.env` says, for its owner's eyes alone.
    pub fn secrets(&self, text: &str) {
        self.file(".greenroom/secrets.env", text);
        let path = self.dir.join(".greenroom/secrets.env");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// A folder without any file.
    pub fn bare() -> Self {
        let keep = tempfile::Builder::new().prefix("greenroom-test-").tempdir().unwrap();
        Self { dir: keep.path().canonicalize().unwrap(), _keep: keep }
    }

    /// Moves it into a folder of this name.
    pub fn enter(&mut self, folder: &str) {
        let new = self.dir.join(folder);
        std::fs::create_dir(&new).unwrap();
        for entry in std::fs::read_dir(&self.dir).unwrap().flatten().filter(|entry| entry.path() != new) {
            std::fs::rename(entry.path(), new.join(entry.file_name())).unwrap();
        }
        self.dir = new;
    }

    pub fn workflow(&self, name: &str, steps: &str) {
        self.workflow_of(name, "", steps);
    }

    /// `head`: keys of the workflow beside its steps.
    pub fn workflow_of(&self, name: &str, head: &str, steps: &str) {
        let indented: String = steps.lines().map(|line| format!("  {line}\n")).collect();
        let text = format!("greenroom: 1\nkind: workflow\nname: {name}\n{head}\nsteps:\n{indented}");
        self.file(&format!("workflows/{name}.yaml"), &text);
    }

    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Builds the image the first time; another test process may be at it too, so one waits for the other.
    pub fn build(&self) {
        static BUILT: Once = Once::new();
        BUILT.call_once(|| {
            let lock = std::fs::File::create(std::env::temp_dir().join("greenroom-tests.lock")).unwrap();
            lock.lock().unwrap();
            let fixed =
                Command::new(GREENROOM).args(["doctor", "--fix", "--yes"]).current_dir(&self.dir).output();
            let built = self.run(&["local", "build"]);
            assert!(
                built.status.success(),
                "these tests need a container engine and a base image: {}{}\ndoctor: {:?}",
                text(&built.stdout),
                text(&built.stderr),
                fixed.map(|fixed| text(&fixed.stdout)),
            );
        });
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.other_command(GREENROOM);
        command.args(args);
        command
    }

    /// Something else, as `greenroom` is started here.
    pub fn other_command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.dir).stdin(Stdio::null()).env("NO_COLOR", "1");
        command.env("XDG_STATE_HOME", STATE_HOME);
        command
    }

    /// All that are listed; none where there is nothing to read.
    pub fn runs(&self) -> Vec<serde_json::Value> {
        serde_json::from_slice(&self.run(&["runs", "--json"]).stdout).unwrap_or_default()
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs and expects this exit code; answers what was printed.
    #[track_caller]
    pub fn expect(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(
            output.status.code(),
            Some(code),
            "greenroom {}\n{out}\n{err}{}",
            args.join(" "),
            self.logs()
        );
        out + &err
    }

    /// `run NAME --json`: its events.
    #[track_caller]
    pub fn events(&self, code: i32, args: &[&str]) -> Vec<Value> {
        let output = self.run(args);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(
            output.status.code(),
            Some(code),
            "greenroom {}\n{out}\n{err}{}",
            args.join(" "),
            self.logs()
        );
        out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// Runs the workflow `w` and expects success; answers its artifacts' directory.
    #[track_caller]
    pub fn succeed(&self) -> PathBuf {
        path_of(&self.events(0, &["run", "w", "--json"]))
    }

    /// Runs the workflow `w`, expects it to fail; answers how its first attempt of this step ended.
    #[track_caller]
    pub fn fail(&self, step: &str) -> Value {
        let events = self.events(1, &["run", "w", "--json"]);
        of(&events, "attempt_finished", step)
            .first()
            .cloned()
            .cloned()
            .unwrap_or_else(|| panic!("{events:#?}"))
    }

    /// What supervisors had to say, for a failed assertion.
    fn logs(&self) -> String {
        let mut all = String::new();
        for entry in walkdir::WalkDir::new(self.dir.join(".greenroom")).into_iter().flatten() {
            let name = entry.file_name().to_string_lossy();
            if name == "supervisor.log" || name == "events.jsonl" || name.ends_with(".log") {
                let content = std::fs::read(entry.path()).unwrap_or_default();
                let content = String::from_utf8_lossy(&content[..content.len().min(8_000)]).into_owned();
                all += &format!("--- {}\n{content}", entry.path().display());
            }
        }
        all
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The run's directory, told by its first event.
pub fn path_of(events: &[Value]) -> PathBuf {
    events.iter().find_map(|e| e["path"].as_str()).unwrap_or_else(|| panic!("{events:#?}")).into()
}

/// The events of this kind about this step (`step` or `step.cell`).
pub fn of<'a>(events: &'a [Value], kind: &str, step: &str) -> Vec<&'a Value> {
    let at = |event: &Value| match event["cell"].as_str() {
        Some(cell) => format!("{}.{cell}", event["step"].as_str().unwrap_or_default()),
        None => event["step"].as_str().unwrap_or_default().to_owned(),
    };
    events.iter().filter(|event| event["event"] == kind && at(event) == step).collect()
}

/// How a step ended.
#[track_caller]
pub fn status(events: &[Value], step: &str) -> String {
    match of(events, "step_finished", step).as_slice() {
        [event] => event["status"].as_str().unwrap().to_owned(),
        other => panic!("{step} ended {} times: {events:#?}", other.len()),
    }
}

pub fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What there is of a run outside of its project and its engine: its secrets in memory, and where it can be spoken to.
pub fn left_of(token: &str) -> Vec<PathBuf> {
    let uid = rustix::process::getuid().as_raw();
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_dir());
    let memory = runtime.clone().unwrap_or_else(|| "/dev/shm".into());
    let mut places = vec![memory.join(format!("greenroom-{uid}-secrets/{token}"))];
    places.extend(runtime.map(|dir| dir.join(format!("greenroom/{token}.sock"))));
    places.push(format!("/tmp/greenroom-{uid}/{token}.sock").into());
    places.into_iter().filter(|path| path.exists()).collect()
}

/// Waits until it holds; fails, saying what was waited for, after a minute.
#[track_caller]
pub fn until<T>(what: &str, holds: impl FnMut() -> Option<T>) -> T {
    within_a_minute(holds).unwrap_or_else(|| panic!("waited a minute for: {what}"))
}

/// What it is when it holds; none: it never did.
pub fn within_a_minute<T>(mut holds: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if let Some(value) = holds() {
            return Some(value);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}
