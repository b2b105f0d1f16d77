//! A run's directory of which something is torn, missing or replaced: it is told as damaged with the reason, by whatever
//! command, and no other run suffers.
#![allow(clippy::unwrap_used)]

mod support;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Project, path_of, text};

const HEAD: &str = "params: {depth: {type: int, default: 3}}";
const STEPS: &str =
    "a: {run: 'echo a > $GREENROOM_OUTPUT_DIR/rows', outputs: {rows: {path: rows}}, files: [code]}
b:
  inputs: {rows: '${{ steps.a.outputs.rows }}'}
  run: 'test -f ok && cp $GREENROOM_INPUT_ROWS $GREENROOM_OUTPUT_DIR/copy'
  outputs: {copy: {path: copy}}
  files: [code, ok]";

fn gone(path: &Path) {
    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.unwrap();
}

fn with(path: &Path, put: impl FnOnce(&Path)) {
    gone(path);
    put(path);
}

/// What may happen to a file or folder.
type Damage = (&'static str, fn(&Path));

const WAYS: [Damage; 7] = [
    ("is missing", gone),
    ("is torn", |path| {
        let whole = std::fs::read(path).unwrap();
        with(path, |path| std::fs::write(path, &whole[..whole.len() / 2]).unwrap());
    }),
    ("is another text", |path| with(path, |path| std::fs::write(path, "{\"greenroom\": 1}\n").unwrap())),
    ("is a folder", |path| with(path, |path| std::fs::create_dir(path).unwrap())),
    ("is a FIFO", |path| {
        with(path, |path| {
            use rustix::fs::{CWD, FileType, mknodat};
            mknodat(CWD, path, FileType::Fifo, 0o600.into(), 0).unwrap();
        });
    }),
    ("is a link out", |path| with(path, |path| symlink("/etc/passwd", path).unwrap())),
    (HUGE, |path| {
        with(path, |path| std::fs::File::create(path).unwrap().set_len(1 << 43).unwrap());
    }),
];
const HUGE: &str = "is huge";

/// In the place of a folder.
const FOLDERS: [Damage; 5] = [
    ("_run", gone),
    ("_run", |path| with(path, |path| std::fs::write(path, "").unwrap())),
    ("_run/steps", |path| with(path, |path| std::fs::write(path, "").unwrap())),
    ("_run/logs", |path| with(path, |path| symlink("/etc", path).unwrap())),
    ("a", |path| with(path, |path| symlink("/etc", path).unwrap())),
];

/// Ends by itself, and as a command may; answers its exit code and all that it told.
#[track_caller]
fn told(project: &Project, what: &str, words: &[&str]) -> (i32, String) {
    let mut command = project.command(words);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    let (done, waits) = std::sync::mpsc::channel();
    let watch = std::thread::spawn(move || {
        if waits.recv_timeout(Duration::from_secs(60)).is_err() {
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).ok();
        }
    });
    let begun = Instant::now();
    let output = child.wait_with_output().unwrap();
    done.send(()).ok();
    watch.join().unwrap();
    let all = text(&output.stdout) + &text(&output.stderr);
    let code = output.status.code();
    assert!(
        matches!(code, Some(0..=3)) && !all.contains("panicked"),
        "{what}: greenroom {} ended with {code:?} after {:?}: {all}",
        words.join(" "),
        begun.elapsed()
    );
    (code.unwrap(), all)
}

struct Scene {
    project: Project,
    good: Value,
    /// One that failed, newer than the good one, and a copy of it as it was.
    victim: PathBuf,
    kept: PathBuf,
    token: String,
}

fn scene() -> Scene {
    let project = Project::new();
    project.workflow_of("w", HEAD, STEPS);
    project.file("code", "");
    project.file("ok", "");
    let good = project.events(0, &["run", "w", "--json"])[0]["token"].clone();
    std::fs::remove_file(project.dir.join("ok")).unwrap();
    project.file("ok/nothing", "");
    let events = project.events(1, &["run", "w", "--json"]);
    let (victim, kept) = (path_of(&events), project.dir.join(".greenroom/kept"));
    let token = events[0]["token"].as_str().unwrap().to_owned();
    let scene = Scene { project, good, victim, kept, token };
    copy(&scene.victim, &scene.kept);
    scene
}

fn copy(from: &Path, to: &Path) {
    let ended = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(ended.success());
}

impl Scene {
    fn mend(&self) {
        std::fs::remove_dir_all(&self.victim).unwrap();
        copy(&self.kept, &self.victim);
    }

    /// Whatever is asked of the victim ends soon, and the good run is there as before. Answers what each told.
    fn look(&self, what: &str) -> Told {
        // One without a record is no damaged one while it may be in the making.
        let hour = std::time::SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::open(&self.victim).unwrap().set_modified(hour).unwrap();
        let ask = |words: &[&str]| told(&self.project, what, words);
        let token = self.token.as_str();
        let packed = self.project.dir.join("packed");
        for words in [
            ["show", self.victim.to_str().unwrap()].as_slice(),
            &["artifacts", token],
            &["path", token, "a.rows"],
            &["alias", token, "champion"],
            &["plan", "w", "--only", "b", "--inputs-from", token],
        ] {
            ask(words);
        }
        // A log is what it is, also one that never ends.
        if what != format!("_run/logs/a.1.log {HUGE}") {
            ask(&["logs", token, "a"]);
        }
        let export = ask(&["export-run", token, "--output", packed.to_str().unwrap()]);
        assert_eq!(packed.exists(), export.0 == 0, "{what}: {}", export.1);
        std::fs::remove_file(&packed).ok();
        // Listed, or told as what cannot be.
        let output = self.project.run(&["runs", "--reindex", "--json"]);
        let runs: Value = serde_json::from_slice(&output.stdout).unwrap();
        let has = |token: &Value| runs.as_array().unwrap().iter().any(|run| run["token"] == *token);
        assert!(has(&self.good), "{what}: {runs:#}");
        let listed = has(&token.into());
        assert_eq!(listed, !text(&output.stderr).contains(token), "{what}: {runs:#}");
        let plan = self.project.run(&["plan", "w", "--only", "b", "--json"]);
        let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
        let source = &plan["nodes"][0]["taken"]["token"];
        assert!(*source == self.good || *source == token, "{what}: {plan:#}");
        Told {
            show: ask(&["show", token]),
            fork: ask(&["fork", token, "--param", "depth=deep"]),
            export,
            listed,
            feeds: *source == token,
        }
    }
}

/// Of what was damaged, and what was told.
type Check = fn(&str, &Told);

struct Told {
    show: (i32, String),
    fork: (i32, String),
    export: (i32, String),
    listed: bool,
    feeds: bool,
}

#[test]
fn every_command_tells_what_is_damaged_and_none_hangs_or_breaks() {
    let scene = scene();
    let whole = scene.look("nothing");
    assert!(whole.listed && whole.feeds && whole.show.0 == 0 && whole.export.0 == 0, "{}", whole.export.1);
    for (file, check) in FILES {
        for (way, damage) in WAYS {
            damage(&scene.victim.join(file));
            let what = format!("{file} {way}");
            check(&what, &scene.look(&what));
            scene.mend();
        }
    }
    for (folder, damage) in FOLDERS {
        damage(&scene.victim.join(folder));
        let told = scene.look(&format!("{folder} is replaced"));
        assert!(told.export.0 != 0 || folder == "_run/logs", "{folder}: {}", told.export.1);
        scene.mend();
    }
}

/// Without it no run is whole, which a list tells; what is in it is looked at by whoever asks for the run.
fn is_there(what: &str) -> bool {
    !what.ends_with("is missing")
}

/// Each file of a run, and what must be told when it is damaged.
const FILES: [(&str, Check); 8] = [
    ("_run/run.json", |what, told| {
        assert!(!told.listed && !told.feeds, "{what}");
        for (code, said) in [&told.show, &told.fork, &told.export] {
            assert!(*code == 3 && said.contains("run.json"), "{what}: {said}");
        }
    }),
    ("_run/plan.json", |what, told| {
        assert!(told.listed == is_there(what) && !told.feeds, "{what}");
        for (code, said) in [&told.show, &told.fork, &told.export] {
            assert!(matches!(code, 2 | 3) && said.contains("plan.json"), "{what}: {said}");
        }
    }),
    ("_run/events.jsonl", |what, told| {
        assert!(told.listed == is_there(what) && !told.feeds && told.show.0 == 0, "{what}");
        assert!(told.show.1.contains("its events are no longer those of the run"), "{what}: {}", told.show.1);
        assert!(
            told.fork.1.contains("somebody changed it") && told.export.0 == 2,
            "{what}: {}",
            told.export.1
        );
    }),
    ("_run/steps/a.json", |what, told| {
        assert!(told.listed && !told.feeds && told.export.0 == 2, "{what}: {}", told.export.1);
        assert!(told.show.1.contains("a: what it made is not what there is now"), "{what}: {}", told.show.1);
    }),
    ("_run/code.tar.zst", |what, told| {
        assert!(told.listed && told.show.0 == 0, "{what}");
        // What is in it is proved whenever it is used.
        let readable = what.ends_with("torn") || what.ends_with("text");
        assert_eq!(told.export.0, if readable { 0 } else { 2 }, "{what}: {}", told.export.1);
    }),
    ("_run/logs/a.1.log", |what, told| assert!(told.listed && told.feeds && told.show.0 == 0, "{what}")),
    ("_run/lock", |what, told| assert!(told.listed || told.show.0 == 3, "{what}: {}", told.show.1)),
    ("a/rows", |what, told| {
        assert!(told.listed && !told.feeds && told.export.0 == 2, "{what}: {}", told.export.1);
        assert!(told.show.1.contains("a: what it made is not what there is now"), "{what}: {}", told.show.1);
    }),
];
