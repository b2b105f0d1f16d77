//! Whoever calls: what a run leaves belongs to the caller, can be read back by the caller, and by nobody else where
//! the caller's umask says so.
#![allow(clippy::unwrap_used)]

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::{GREENROOM, Project, of, path_of, text};

/// Nobody's on any machine.
const UID: u32 = 54_321;

/// `greenroom` as somebody else, whose primary group is the engine's socket's, with this umask; where the tests do not
/// run as root, as who runs them.
struct Caller<'p> {
    project: &'p Project,
    umask: &'static str,
    ids: Option<(u32, u32)>,
}

impl<'p> Caller<'p> {
    fn new(project: &'p Project, umask: &'static str) -> Self {
        let socket = std::fs::metadata("/var/run/docker.sock").map_or(0, |meta| meta.gid());
        let ids = rustix::process::geteuid().is_root().then_some((UID, socket));
        // Where the tests were built may be nobody else's to read.
        std::fs::copy(GREENROOM, project.dir.join("greenroom")).unwrap();
        project.file(".gitignore", "/greenroom\n/home/\n");
        std::fs::create_dir(project.dir.join("home")).unwrap();
        if let Some((uid, gid)) = ids {
            for entry in walkdir::WalkDir::new(&project.dir).into_iter().flatten() {
                chown(entry.path(), Some(uid), Some(gid)).unwrap();
            }
        }
        Self { project, umask, ids }
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("umask {}; exec ./greenroom \"$@\"", self.umask), "greenroom"])
            .args(args);
        command.current_dir(&self.project.dir).stdin(Stdio::null()).env("NO_COLOR", "1");
        command.env("HOME", self.project.dir.join("home")).env_remove("XDG_STATE_HOME");
        if let Some((uid, gid)) = self.ids {
            command.uid(uid).gid(gid);
        }
        command.output().unwrap()
    }

    #[track_caller]
    fn expect(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    fn uid(&self) -> u32 {
        self.ids.map_or(rustix::process::geteuid().as_raw(), |(uid, _)| uid)
    }
}

const STEPS: &str = "make:
  run: |
    id -u; touch $HOME/there $TMPDIR/there
    cd $GREENROOM_OUTPUT_DIR
    echo 1 > x; touch 'with space' \"$(printf 'a\\nb')\" \"$(printf 'c\\377d')\" \"$(printf '%0255d' 0)\" -- -rf
    mkdir -p sub/dir; echo deep > sub/dir/file; chmod 0700 sub; chmod 0600 x
  outputs: {x: {path: x}, sub: {path: sub, type: dir}}
read:
  inputs: {x: '${{ steps.make.outputs.x }}', sub: '${{ steps.make.outputs.sub }}'}
  run: 'cat $GREENROOM_INPUT_X $GREENROOM_INPUT_SUB/dir/file'
";

fn tried(umask: &'static str) {
    let project = Project::with(STEPS);
    let caller = Caller::new(&project, umask);
    let events: Vec<Value> = caller
        .expect(&["run", "w", "--json"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let run = path_of(&events);
    assert_eq!(of(&events, "step_finished", "read")[0]["status"], "succeeded");
    assert_eq!(support::read(run.join("_run/logs/make.1.log")), format!("{}\n", caller.uid()));
    assert_eq!(support::read(run.join("_run/logs/read.1.log")), "1\ndeep\n");
    for entry in walkdir::WalkDir::new(project.dir.join(".greenroom")).into_iter().flatten() {
        let meta = entry.path().symlink_metadata().unwrap();
        assert_eq!(meta.uid(), caller.uid(), "{}", entry.path().display());
    }
    let names: [&OsStr; 5] = [
        OsStr::new("with space"),
        OsStr::new("a\nb"),
        OsStr::from_bytes(b"c\xffd"),
        OsStr::new(&"0".repeat(255)).to_owned().leak(),
        OsStr::new("-rf"),
    ];
    for name in names {
        let mode = run.join("make").join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o444, "{}", name.display());
    }
    let tree = caller.expect(&["artifacts", "@last"]);
    assert!(!tree.contains('\u{fffd}') || tree.contains("\\xff"), "{tree}");
    assert!(caller.expect(&["show", "@last"]).contains("succeeded"));
    assert!(Path::new(caller.expect(&["path", "@last", "make.x"]).trim()).is_file());
    caller.expect(&["run", "w", "--from", "read"]);
    // What somebody else put where secrets are handed over may lead to the runs themselves.
    if let Some((uid, _)) = caller.ids {
        let trap = std::path::PathBuf::from(format!("/dev/shm/greenroom-{uid}-secrets"));
        // Of a run before that handed some.
        std::fs::remove_dir(&trap).ok();
        std::os::unix::fs::symlink(run.parent().unwrap(), &trap).unwrap();
        let told = caller.run(&["run", "w"]);
        std::fs::remove_file(&trap).unwrap();
        assert!(told.status.success(), "{}{}", text(&told.stdout), text(&told.stderr));
        caller.expect(&["show", "@last"]);
    }
}

/// One after the other: while the program is copied nothing may be started, for a child holds the copy open.
#[test]
fn a_run_belongs_to_who_called_it_and_a_strict_umask_keeps_nobody_from_their_own_work() {
    ["022", "077"].iter().for_each(|umask| tried(umask));
}

/// As build farms start their jobs: who leads the session is outside, and has no number in here. Where the tests do not
/// run as root, such a namespace cannot be had everywhere, and the run is an ordinary one.
#[test]
fn a_run_in_a_process_namespace_of_its_own_is_driven_to_its_end() {
    let project = Project::with("a: {run: echo there}\n");
    let inside = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", GREENROOM];
    let words = if rustix::process::geteuid().is_root() { &inside[..] } else { &inside[5..] };
    let mut command = project.other_command(words[0]);
    let ended = command.args(&words[1..]).args(["run", "w"]).output().unwrap();
    assert!(ended.status.success(), "{}{}", text(&ended.stdout), text(&ended.stderr));
    assert_eq!(project.expect(0, &["logs", "@last", "a"]), "there\n");
}
