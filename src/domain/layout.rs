use camino::{Utf8Path, Utf8PathBuf};

use super::{Name, NodeId, Plan, Token, Version};

/// Where everything of one run lies: `$root/$project/$env/$name/$version/$token`. It never changes shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLayout {
    dir: Utf8PathBuf,
    /// The same below `/store`, as steps see it.
    inside: Utf8PathBuf,
}

impl RunLayout {
    /// `root` as on this machine, absolute.
    pub fn new(
        root: &Utf8Path,
        project: &Name,
        env: &Name,
        name: &Name,
        version: Version,
        token: Token,
    ) -> Self {
        let tail = format!("{project}/{env}/{name}/{version}/{token}");
        Self { dir: root.join(&tail), inside: Utf8Path::new("/store").join(tail) }
    }

    pub fn of(root: &Utf8Path, plan: &Plan) -> Self {
        Self::new(root, &plan.project, &plan.env, &plan.name, plan.version, plan.token)
    }

    /// A run's directory wherever it lies. One that was copied out of its root has no path inside that means anything.
    pub fn at(dir: &Utf8Path) -> Self {
        let mut names: Vec<&str> = dir.components().rev().take(5).map(|part| part.as_str()).collect();
        names.reverse();
        Self { dir: dir.to_owned(), inside: Utf8Path::new("/store").join(names.join("/")) }
    }

    pub fn dir(&self) -> &Utf8Path {
        &self.dir
    }
    /// A node's artifacts on this machine.
    pub fn artifacts(&self, node: &NodeId) -> Utf8PathBuf {
        self.dir.join(node.dir())
    }
    /// A node's artifacts as steps see them.
    pub fn artifacts_inside(&self, node: &NodeId) -> Utf8PathBuf {
        self.inside.join(node.dir())
    }
    pub fn inside(&self) -> &Utf8Path {
        &self.inside
    }
    pub fn record(&self) -> Utf8PathBuf {
        self.dir.join("_run")
    }
    pub fn run_json(&self) -> Utf8PathBuf {
        self.record().join("run.json")
    }
    pub fn plan_json(&self) -> Utf8PathBuf {
        self.record().join("plan.json")
    }
    pub fn code(&self) -> Utf8PathBuf {
        self.record().join("code.tar.zst")
    }
    pub fn events(&self) -> Utf8PathBuf {
        self.record().join("events.jsonl")
    }
    pub fn notes(&self) -> Utf8PathBuf {
        self.record().join("notes.jsonl")
    }
    /// Of a run that came as an archive: from which.
    pub fn imported(&self) -> Utf8PathBuf {
        self.record().join("imported.json")
    }
    /// Held by the supervisor for its life; holds its pid as text.
    pub fn lock(&self) -> Utf8PathBuf {
        self.record().join("lock")
    }
    /// What the supervisor itself had to say.
    pub fn supervisor_log(&self) -> Utf8PathBuf {
        self.record().join("supervisor.log")
    }
    pub fn manifest(&self, node: &NodeId) -> Utf8PathBuf {
        self.record().join("steps").join(format!("{node}.json"))
    }
    pub fn log(&self, node: &NodeId, attempt: u32) -> Utf8PathBuf {
        self.record().join("logs").join(format!("{node}.{attempt}.log"))
    }
    /// Times and streams of the log's chunks.
    pub fn log_index(&self, node: &NodeId, attempt: u32) -> Utf8PathBuf {
        self.record().join("logs").join(format!("{node}.{attempt}.index"))
    }
    /// An attempt's files before success.
    pub fn work(&self, node: &NodeId, attempt: u32) -> Utf8PathBuf {
        self.record().join("work").join(format!("{node}.{attempt}"))
    }
    /// The image-side code of one life of the run: containers of an earlier one may still read theirs.
    pub fn image_side(&self, life: &str) -> Utf8PathBuf {
        self.record().join("scratch").join(format!("lib-{life}"))
    }
    /// An attempt's HOME, TMPDIR and what is mounted at `/greenroom`; removed when it ends.
    pub fn scratch(&self, node: &NodeId, attempt: u32) -> Utf8PathBuf {
        self.record().join("scratch").join(format!("{node}.{attempt}"))
    }
}
