//! What is changed on disk, by whomever, on real folders.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::super::runner::Runner;
use crate::app::{Ask, Effect, Msg, Slot};
use crate::cli::{Invocation, Place};

struct Watched {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
    inbox: UnboundedReceiver<Msg>,
    _runner: Runner,
}

impl Watched {
    /// A project whose folders are watched.
    async fn new() -> Self {
        let (_dir, root) = super::project();
        let (sender, inbox) = unbounded_channel();
        let place = Place { root: root.clone() };
        let mut _runner = Runner::new(sender, place, Invocation::default(), "dev".to_owned());
        _runner.run(Effect::Ask { slot: Slot::Watch, generation: 1, ask: Ask::Watch });
        let mut watched = Self { _dir, root, inbox, _runner };
        // Nothing says that it has begun.
        while !watched.soon(is_files).await {
            watched.write("workflows/odd.yaml");
        }
        watched.quiet().await;
        watched
    }

    fn write(&self, path: &str) {
        let path = self.root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, "x: 1\n").unwrap();
    }

    /// What has been told so far is heard out.
    async fn quiet(&mut self) {
        while timeout(Duration::from_millis(700), self.inbox.recv()).await.is_ok() {}
    }

    async fn soon(&mut self, wanted: fn(&Msg) -> bool) -> bool {
        timeout(Duration::from_millis(700), self.hears(wanted)).await.is_ok()
    }

    async fn hears(&mut self, wanted: fn(&Msg) -> bool) {
        while !wanted(&self.inbox.recv().await.unwrap()) {}
    }

    async fn told(&mut self, wanted: fn(&Msg) -> bool) {
        timeout(Duration::from_secs(60), self.hears(wanted)).await.unwrap();
    }
}

fn is_files(msg: &Msg) -> bool {
    matches!(msg, Msg::FilesChanged)
}

fn is_runs(msg: &Msg) -> bool {
    matches!(msg, Msg::RunsChanged)
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_go_and_come_again_are_watched_on() {
    let mut watched = Watched::new().await;
    for _ in 0..2 {
        fs_err::remove_dir_all(watched.root.join("workflows")).unwrap();
        watched.told(is_files).await;
        watched.write("workflows/other.yaml");
        watched.told(is_files).await;
        watched.quiet().await;
        // In a folder that was made when nothing had been told of it yet.
        watched.write("workflows/other.yaml");
        watched.told(is_files).await;
        watched.quiet().await;
    }
    // One within another that was not there before.
    watched.write("sql/deep/a.sql");
    watched.told(is_files).await;
    watched.quiet().await;
    watched.write("sql/deep/a.sql");
    watched.told(is_files).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_without_end_is_told_meanwhile() {
    let mut watched = Watched::new().await;
    static ENOUGH: AtomicBool = AtomicBool::new(false);
    let path = watched.root.join("workflows/odd.yaml");
    let writing = std::thread::spawn(move || {
        while !ENOUGH.load(Ordering::SeqCst) {
            std::fs::write(&path, "x: 1\n").unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    for _ in 0..3 {
        watched.told(is_files).await;
    }
    ENOUGH.store(true, Ordering::SeqCst);
    writing.join().unwrap();
}

/// The first run of all, made by another process; then those in a store that the project has only just named.
#[tokio::test(flavor = "multi_thread")]
async fn runs_are_told_wherever_they_are_made() {
    let mut watched = Watched::new().await;
    make_run(&watched.root.join(".greenroom/store"), "0");
    watched.told(is_runs).await;
    watched.quiet().await;
    make_run(&watched.root.join(".greenroom/store"), "1");
    watched.told(is_runs).await;
    let settings = watched.root.join("greenroom.yaml");
    let text = fs_err::read_to_string(&settings).unwrap();
    fs_err::write(&settings, text.replace(".greenroom/store", "elsewhere")).unwrap();
    watched.told(is_files).await;
    watched.quiet().await;
    make_run(&watched.root.join("elsewhere"), "2");
    watched.told(is_runs).await;
}

/// Whoever takes up a run that was left, or ends one, is noticed; what it writes meanwhile is told by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_taken_up_elsewhere_is_told() {
    let mut watched = Watched::new().await;
    let version = watched.root.join(".greenroom/store/flights/dev/daily_delays/1.0.0");
    let tokens = [(); 2].map(|()| uuid::Uuid::now_v7().to_string());
    for token in &tokens {
        fs_err::create_dir_all(version.join(token).join("_run")).unwrap();
    }
    let record = version.join(&tokens[1]).join("_run");
    watched.told(is_runs).await;
    watched.quiet().await;
    for file in ["lock", "run.json"] {
        fs_err::write(record.join(file), "x").unwrap();
        watched.told(is_runs).await;
        watched.quiet().await;
    }
    fs_err::write(record.join("events.jsonl"), "x").unwrap();
    assert!(!watched.soon(is_runs).await);
}

fn make_run(store: &Utf8Path, token: &str) {
    fs_err::create_dir_all(store.join("flights/dev/daily_delays/1.0.0").join(token)).unwrap();
}
