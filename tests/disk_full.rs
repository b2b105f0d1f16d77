//! A disk that is full, in a log, an output, a record and a snapshot, or read-only: nothing is told that is not so, and
//! once it can be written the run goes on.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{Project, path_of, read, text, until};

const DISK: &str = "24m";
/// Bytes of a log that has no room there.
const LOG: u64 = 30_000_000;

/// A project on a small disk of its own, which goes with it.
struct Small {
    project: Project,
    dir: PathBuf,
}

impl Small {
    /// None, told loudly: only root can mount a disk.
    fn new(steps: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            let said = "tests/disk_full.rs tries nothing: mounting a small disk needs root\n";
            // Past the test's captured output.
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            return None;
        }
        let mut project = Project::with(steps);
        let dir = project.dir.join("disk");
        std::fs::create_dir(&dir).unwrap();
        call("mount", &["-t", "tmpfs", "-o", &format!("size={DISK}"), "tmpfs", dir.to_str().unwrap()]);
        for name in ["greenroom.yaml", "workflows"] {
            call("mv", &[project.dir.join(name).to_str().unwrap(), dir.to_str().unwrap()]);
        }
        project.dir.clone_from(&dir);
        Some(Self { project, dir })
    }

    fn ballast(&self, megabytes: usize) {
        std::fs::write(self.dir.join(".greenroom/ballast"), vec![1; megabytes << 20]).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.dir.join(".greenroom/ballast")).unwrap();
    }

    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.project.run(args);
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }

    fn show(&self) -> Value {
        serde_json::from_str(&self.project.expect(0, &["show", "@last", "--json"])).unwrap()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Who still looks at it keeps it until then.
        call("umount", &["-l", self.dir.to_str().unwrap()]);
    }
}

fn call(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", text(&output.stderr));
}

#[test]
fn a_log_that_does_not_fit_is_told_and_comes_whole_once_there_is_room() {
    let flood = format!("flood: {{run: 'head -c {LOG} /dev/zero | tr \"\\0\" x | fold -w 1000'}}");
    let Some(small) = Small::new(&flood) else { return };
    let (code, said) = small.run(&["run", "w"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("is full"), "{said}");
    let show = small.show();
    assert!(show["warnings"].to_string().contains("No space left"), "{show:#}");
    call("mount", &["-o", "remount,size=80m", small.dir.to_str().unwrap()]);
    let run = path_of(&small.project.events(0, &["resume", "@last", "--json"]));
    let manifest: Value = serde_json::from_str(&read(run.join("_run/steps/flood.json"))).unwrap();
    assert_eq!((&manifest["attempt"], &manifest["log_complete"]), (&2.into(), &true.into()), "{manifest:#}");
    assert_eq!(std::fs::metadata(run.join("_run/logs/flood.2.log")).unwrap().len(), LOG + LOG / 1000 - 1);
}

#[test]
fn an_output_that_does_not_fit_fails_its_step_or_stops_the_run_and_then_it_goes_on() {
    let Some(small) = Small::new(
        "fill: {run: 'cat /dev/zero > $GREENROOM_OUTPUT_X || echo full', outputs: {x: {path: x}}}
after: {needs: [fill], run: 'echo after'}",
    ) else {
        return;
    };
    std::fs::create_dir(small.dir.join(".greenroom")).unwrap();
    small.ballast(8);
    let (code, said) = small.run(&["run", "w"]);
    assert_eq!(code, Some(3), "the end of the step has no room: {said}");
    assert!(said.contains("full") || said.contains("No space left"), "{said}");
    assert!(!said.contains("succeeded"), "{said}");
    small.make_room();
    let run = path_of(&small.project.events(0, &["resume", "@last", "--json"]));
    let show = small.show();
    assert_eq!(show["status"], "succeeded", "{show:#}");
    for (step, log) in [("fill", "full\n"), ("after", "after\n")] {
        let manifest: Value =
            serde_json::from_str(&read(run.join(format!("_run/steps/{step}.json")))).unwrap();
        let told = read(run.join(format!("_run/logs/{step}.{}.log", manifest["attempt"])));
        assert_eq!(manifest["log_complete"], told.ends_with(log), "{step}: {told}");
        for file in manifest["files"].as_array().unwrap() {
            let path = run.join(step).join(file["path"].as_str().unwrap());
            assert_eq!(file["bytes"], std::fs::metadata(path).unwrap().len());
        }
    }
}

#[test]
fn files_that_cannot_be_frozen_start_no_run() {
    let Some(small) = Small::new("a: {run: 'true'}") else { return };
    std::fs::create_dir(small.dir.join(".greenroom")).unwrap();
    small.ballast(10);
    std::fs::write(small.dir.join("data.bin"), vec![2; 12 << 20]).unwrap();
    let (code, said) = small.run(&["run", "w"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("cannot be frozen") && said.contains("No space left"), "{said}");
    assert_eq!(small.project.expect(0, &["runs", "--json"]).trim(), "[]");
    small.make_room();
    std::fs::remove_file(small.dir.join("data.bin")).unwrap();
    small.project.expect(0, &["run", "w"]);
}

#[test]
fn a_store_that_becomes_read_only_loses_nothing_can_be_read_and_goes_on() {
    let Some(small) = Small::new(
        "first: {run: 'echo first; echo 1 > $GREENROOM_OUTPUT_X', outputs: {x: {path: x}}}
second: {needs: [first], run: 'echo before; until test -e $TMPDIR/on -o $GREENROOM_ATTEMPT = 2; do sleep 0.1; done; echo after'}
third: {needs: [second], run: 'echo third'}",
    ) else {
        return;
    };
    let mut command = small.project.command(&["run", "w"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (path, token) = until("the second to wait", || {
        let runs: Value = serde_json::from_slice(&small.project.run(&["runs", "--json"]).stdout).ok()?;
        let path = PathBuf::from(runs[0]["path"].as_str()?);
        let log = std::fs::read(path.join("_run/logs/second.1.log")).ok()?;
        (log == b"before\n").then(|| (path, runs[0]["token"].as_str().unwrap().to_owned()))
    });
    // A mount of its own over the store: what is open for writing already keeps a whole disk from becoming read-only.
    let store = small.dir.join(".greenroom");
    let store = store.to_str().unwrap();
    call("mount", &["--bind", store, store]);
    call("mount", &["-o", "remount,bind,ro", store]);
    call("docker", &["exec", &format!("greenroom-{token}-second-1"), "touch", "/tmp/on"]);
    let ended = child.wait_with_output().unwrap();
    let said = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains("Read-only file system"), "{said}");
    // All that only reads still works.
    let show = small.show();
    assert_eq!(show["status"], "failed", "{show:#}");
    for args in
        [&["runs"][..], &["artifacts", "@last"], &["logs", "@last", "first"], &["path", "@last", "first.x"]]
    {
        small.project.expect(0, args);
    }
    let (code, said) = small.run(&["resume", "@last"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("Read-only file system"), "{said}");
    let (code, said) = small.run(&["run", "w"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("Read-only file system"), "{said}");
    call("umount", &[store]);
    small.project.expect(0, &["resume", "@last"]);
    for (log, wanted) in [("first.1", "first\n"), ("second.2", "before\nafter\n"), ("third.1", "third\n")] {
        assert_eq!(read(path.join(format!("_run/logs/{log}.log"))), wanted);
    }
}
