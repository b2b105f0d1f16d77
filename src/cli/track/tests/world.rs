//! A bare remote behind `git daemon`, and a clone for each person, with a key of their own.

use std::process::{Command, Output as Ended};

use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser;
use indexmap::IndexMap;
use jiff::Timestamp;

use crate::cli::args::{Args, Command as Verb};
use crate::cli::track::{Desk, Looked};
use crate::cli::{Exit, Invocation, Output, UserError, commands};
use crate::domain::{Digest, Kind, Name, NodeId, Produced, Run, RunLayout, Status, Token, Version};
use crate::git::Prompt;
use crate::git::testing::{Daemon, Network, folder};
use crate::store::write_run;

const PROJECT: &str = "greenroom: 1
kind: project
name: flights
people:
  ana: {email: ana@example.com, role: analyst}
  eli: {email: eli@example.com, role: engineer}
  emma: {email: emma@example.com, role: engineer}
images:
  default: {base: \"debian:bookworm-slim@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}
environments:
  stage: {root: \"gs://flights-stage\", branch: stage}
";

/// Nothing is wrong with it.
pub const DAILY: &str = "greenroom: 1
kind: workflow
name: daily
owners: [ana, eli]
schedule: {cron: \"0 6 * * *\"}
defaults:
  retry: {limit: 2, delay: 10s}
  timeout: 30m
  resources: {requests: {cpu: 500m, memory: 256Mi}}
steps:
  load:
    uses: load_table
    with: {table: lake.flights, from: data/flights.csv, columns: {carrier: STRING, delay: INT64}}
  late:
    needs: [load]
    uses: sql_export
    with: {query_file: sql/late.sql}
    outputs: {late: {expect: {min_rows: 1}}}
monitors:
  - {name: broken, kind: failure, notify: [\"@data\"]}
";

pub const LATE: &str = "SELECT carrier, MAX(delay) AS worst\nFROM lake.flights GROUP BY carrier\n";

pub struct World {
    /// The folder that is served.
    pub remote: Utf8PathBuf,
    /// Between it and the clones.
    pub network: Network,
    pub ana: Clone,
    pub eli: Clone,
    pub emma: Clone,
    _daemon: Daemon,
    _keep: tempfile::TempDir,
}

/// Somebody's clone.
pub struct Clone {
    pub root: Utf8PathBuf,
    pub key: Utf8PathBuf,
}

impl World {
    /// The project with its people and their keys on `main` and on `stage`.
    pub fn new() -> Self {
        let keep = folder();
        let dir = Utf8PathBuf::from_path_buf(keep.path().canonicalize().unwrap()).unwrap();
        let remote = dir.join("remote.git");
        fs_err::create_dir(&remote).unwrap();
        git(&remote, &["init", "-q", "--bare", "-b", "main"]);
        let daemon = Daemon::before(&remote);
        let network = Network::to(&daemon);
        let keys = ["ana", "eli", "emma"].map(|who| (who, key(&dir, who)));
        let first = dir.join("first");
        fs_err::create_dir(&first).unwrap();
        let first = Clone::at(first, "ana", &keys[0].1);
        git(&first.root, &["init", "-q", "-b", "main"]);
        first.identify("ana");
        let signers: String = keys.iter().map(|(who, key)| signer(who, key)).collect();
        for (path, text) in [
            ("greenroom.yaml", PROJECT),
            (".greenroom-signers", &*signers),
            (".gitignore", ".greenroom/\n"),
            ("workflows/daily.yaml", DAILY),
            ("sql/late.sql", LATE),
            ("data/flights.csv", "carrier,delay\nAA,1\n"),
        ] {
            first.write(path, text);
        }
        first.commit("The project");
        first.git(&["remote", "add", "origin", &network.url()]);
        first.git(&["push", "-q", "origin", "main", "main:stage"]);
        let clone = |who: &str, key: &Utf8PathBuf| {
            let root = dir.join(who);
            git(&dir, &["clone", "-q", &network.url(), root.as_str()]);
            let clone = Clone::at(root, who, key);
            clone.identify(who);
            clone
        };
        let [ana, eli, emma] = keys.each_ref().map(|(who, key)| clone(who, key));
        Self { remote, network, ana, eli, emma, _daemon: daemon, _keep: keep }
    }

    /// A script that the remote runs, by its name among git's hooks.
    pub fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.remote.join("hooks").join(name);
        fs_err::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn git(&self, args: &[&str]) -> String {
        git(&self.remote, args)
    }

    /// Ana works on a branch that changes the query, both sides have agreed, and it has run.
    pub fn worked_on(&self) -> String {
        let id = self.opened();
        self.ana.git(&["switch", "-q", "-c", "ana/late"]);
        self.ana.write("sql/late.sql", &LATE.replace("MAX", "MIN"));
        self.ana.commit("The least");
        self.ana.ran("daily");
        id
    }

    pub fn opened(&self) -> String {
        let all = || self.ana.desk().ledgers().unwrap().into_iter().map(|(id, _)| id);
        let before: Vec<_> = all().collect();
        self.ana.told(&["track", "open", "daily", "--need", "the worst delay of each carrier"]);
        let id = all().find(|id| !before.contains(id)).unwrap().to_string();
        self.ana.told(&["track", "agree", &id]);
        self.eli.told(&["track", "agree", &id]);
        id
    }
}

pub fn key(dir: &Utf8Path, who: &str) -> Utf8PathBuf {
    let path = dir.join(format!("{who}.key"));
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-C", who, "-N", "", "-f", path.as_str()])
        .status();
    assert!(made.unwrap().success());
    path
}

/// A line of the allowed signers.
pub fn signer(who: &str, key: &Utf8Path) -> String {
    let public = fs_err::read_to_string(format!("{key}.pub")).unwrap();
    format!("{who}@example.com {}\n", public.rsplit_once(' ').unwrap().0)
}

pub fn try_git(dir: &Utf8Path, args: &[&str]) -> Ended {
    Command::new("git").arg("-C").arg(dir).args(args).output().unwrap()
}

#[track_caller]
pub fn git(dir: &Utf8Path, args: &[&str]) -> String {
    let ended = try_git(dir, args);
    assert!(ended.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).unwrap()
}

impl Clone {
    fn at(root: Utf8PathBuf, _who: &str, key: &Utf8Path) -> Self {
        Self { root, key: key.to_owned() }
    }

    pub fn identify(&self, who: &str) {
        let email = format!("{who}@example.com");
        for (key, value) in [
            ("user.name", who),
            ("user.email", &email),
            ("gpg.format", "ssh"),
            ("user.signingKey", self.key.as_str()),
            ("commit.gpgSign", "true"),
        ] {
            self.git(&["config", key, value]);
        }
    }

    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        git(&self.root, args)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub fn desk(&self) -> Desk {
        Desk::open(&Invocation::of_this_process(Some(&self.root)), Prompt::Never)
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub fn look(&self, id: &str) -> Looked {
        self.desk().visit(id).unwrap_or_else(|error| panic!("{error:?}")).1
    }

    /// What a command of the program answers.
    pub fn run(&self, words: &[&str]) -> Result<Exit, UserError> {
        let args = ["greenroom", "--project", self.root.as_str(), "--json"];
        let args = Args::parse_from(args.iter().chain(words));
        let (invocation, output) =
            (Invocation::of_this_process(Some(&self.root)).for_machines(true), Output::new(true));
        match args.command.unwrap() {
            Verb::Track(asked) => commands::track::run(&asked, &invocation, &output),
            // There is no engine here.
            Verb::Package(asked) if !asked.once => self.run(&[words, &["--once"]].concat()),
            Verb::Package(asked) => waited(commands::package::run(&asked, &invocation, &output)),
            Verb::Review(asked) => waited(commands::review::run(&asked, &invocation, &output)),
            Verb::Approve(asked) => commands::approve::run(&asked, &invocation, &output),
            Verb::RequestChanges(asked) => commands::request_changes::run(&asked, &invocation, &output),
            Verb::Comment(asked) => commands::comment::run(&asked, &invocation, &output),
            Verb::Promote(asked) => commands::promote::run(&asked, &invocation, &output),
            other => panic!("{other:?} is none of a review's"),
        }
    }

    #[track_caller]
    pub fn told(&self, words: &[&str]) {
        let told = self.run(words);
        assert_eq!(told, Ok(Exit::Done), "{words:?}");
    }

    /// What is said, and why.
    #[track_caller]
    pub fn refused(&self, words: &[&str]) -> String {
        let error = self.run(words).unwrap_err();
        [vec![error.what], error.why, error.todo].concat().join("\n")
    }

    /// A run of a workflow that has succeeded with the files as they are committed.
    pub fn ran(&self, workflow: &str) -> Token {
        let name = |text: &str| Name::new(text).unwrap();
        let (token, store) = (Token::generate(), self.root.join(".greenroom/store"));
        let layout =
            RunLayout::new(&store, &name("flights"), &name("dev"), &name(workflow), Version::INITIAL, token);
        let node = NodeId::new(name("late"), None);
        let made =
            Produced { path: "late.parquet".into(), bytes: 9, sha256: Digest::of(b"late"), rows: Some(14) };
        let manifest = crate::domain::Manifest {
            greenroom: 1,
            token,
            node: node.clone(),
            attempt: 1,
            started_at: Timestamp::UNIX_EPOCH,
            finished_at: Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(3),
            exit_code: 0,
            peak_memory_bytes: Some(64 << 20),
            image: format!("sha256:{}", "0".repeat(64)),
            outputs: IndexMap::from([(name("late"), made)]),
            files: Vec::new(),
            empty: Vec::new(),
            reads: Vec::new(),
            writes: Default::default(),
            taken_from: None,
            log_complete: true,
        };
        let path = layout.manifest(&node);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
        fs_err::write(layout.plan_json(), "{}").unwrap();
        fs_err::write(layout.events(), "").unwrap();
        let now = Timestamp::now();
        let run = Run {
            greenroom: 1,
            token,
            project: name("flights"),
            env: name("dev"),
            name: name(workflow),
            version: Version::INITIAL,
            kind: Kind::Workflow,
            use_case: None,
            status: Status::Succeeded,
            params: IndexMap::new(),
            started_at: now,
            finished_at: Some(now),
            commit: Some(self.git(&["rev-parse", "HEAD"]).trim().to_owned()),
            branch: None,
            dirty: false,
            user: "ana".into(),
            inputs_from: Vec::new(),
            forked_from: None,
            only: None,
            taken_params: Vec::new(),
            tree: Digest::zero(),
            greenroom_version: "0.1.0".into(),
        };
        write_run(&layout, &run).unwrap();
        token
    }
}

fn waited<T>(done: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(done)
}
