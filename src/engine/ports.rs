//! What the engine needs from the world. The adapters (`docker`, `store`, `logs`, `supervisor`) implement it,
//! `cli` hands them in, tests script them where a real one will not misbehave on demand.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use camino::Utf8PathBuf;
use futures_util::stream::BoxStream;
use indexmap::IndexMap;

use crate::domain::{EventKind, Manifest, Node, NodeId, TableRead, Token};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// A piece of what a container wrote; it may cut a line or a letter anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub stream: Stream,
    pub bytes: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerId(pub String);

/// A directory of this machine in a container. Never recursive, never created where it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    pub source: Utf8PathBuf,
    pub target: Utf8PathBuf,
    pub writable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// The project's bridge network, by name.
    Project(String),
    /// The namespace of a running pause container.
    Shared(ContainerId),
}

/// Everything a container is made of. Always applied, and so not said here: all capabilities dropped,
/// `no-new-privileges`, an init, the log driver `local`, swap = memory, a pids limit, `/dev/shm` of 1 GiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerSpec {
    /// Deterministic: `greenroom-<token>-<step>[.<cell>]-<attempt>`, and of a lane `greenroom-<token>-pause.<n>`.
    pub name: String,
    /// An image id.
    pub image: String,
    pub argv: Vec<String>,
    /// No secret is ever in here.
    pub env: Vec<(String, String)>,
    pub working_dir: Utf8PathBuf,
    /// `uid:gid`.
    pub user: String,
    pub mounts: Vec<Mount>,
    pub labels: IndexMap<String, String>,
    pub network: Network,
    /// Thousandths of a core; capped to the host by the adapter.
    pub cpu_limit: Option<u64>,
    pub memory_limit: Option<u64>,
    /// The environment holds the host's certificate bundle.
    pub trust_host_certificates: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerState {
    Created,
    Running {
        started_at: jiff::Timestamp,
    },
    Exited(Exit),
    /// The engine has no such container.
    Gone,
}

/// How a container ended; only ever made from an inspect with `Status=exited` and both times set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    pub code: i64,
    pub oom_killed: bool,
    pub started_at: jiff::Timestamp,
    pub finished_at: jiff::Timestamp,
}

/// A container of a run that the engine still has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub id: ContainerId,
    pub name: String,
    /// `Setting::place` when it was made; None: it mounts nothing of the run, or does not say.
    pub place: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ContainersError {
    /// The engine does not answer (socket gone, stopped, no answer in time). Worth trying again.
    #[error("the container engine does not answer: {0}")]
    Unreachable(String),
    /// It answered that it will not; trying again changes nothing.
    #[error("the container engine refused: {0}")]
    Refused(String),
    #[error("the engine has no image {0}")]
    NoImage(String),
    #[error("the engine has no such container")]
    Gone,
}

pub type Frames = BoxStream<'static, Result<Frame, ContainersError>>;

#[async_trait]
pub trait Containers: Send + Sync {
    /// Creates it, or adopts the one that already has the name.
    async fn create(&self, spec: &ContainerSpec) -> Result<ContainerId, ContainersError>;
    /// Attaches before start: all that it writes from its first byte on. Ends when it ends.
    async fn attach(&self, id: &ContainerId) -> Result<Frames, ContainersError>;
    /// As `replay`, then what follows. It may stop before the container does: a Docker Engine 28 that is asked in the
    /// last second of a container's life leaves out what it then wrote. So only `replay` tells all.
    async fn follow(&self, id: &ContainerId) -> Result<Frames, ContainersError>;
    /// All that the engine kept of it from its first byte. Newlines that the log driver lost after long lines are put
    /// back.
    async fn replay(&self, id: &ContainerId) -> Result<Frames, ContainersError>;
    async fn start(&self, id: &ContainerId) -> Result<(), ContainersError>;
    /// Until it has ended, or is gone. Survives an engine that answers early, never, or with nonsense.
    async fn wait(&self, id: &ContainerId) -> Result<ContainerState, ContainersError>;
    /// How often so far the engine was away when a container was looked at. One that was killed, and lets its
    /// containers live, keeps nothing of what they write until it is back.
    fn absences(&self) -> u64;
    async fn state(&self, id: &ContainerId) -> Result<ContainerState, ContainersError>;
    /// SIGTERM, and SIGKILL after `grace`; `Duration::ZERO` kills at once. An ended or missing one is no error.
    async fn stop(&self, id: &ContainerId, grace: Duration) -> Result<(), ContainersError>;
    /// Also when it runs. A missing one is no error.
    async fn remove(&self, id: &ContainerId) -> Result<(), ContainersError>;
    /// Bytes in use now, without the cache of files; polled while it runs. None where the engine cannot tell.
    async fn memory(&self, id: &ContainerId) -> Option<u64>;
    /// Every container labelled with the run.
    async fn of_run(&self, token: Token) -> Result<Vec<Found>, ContainersError>;
}

/// Directories of one attempt on this machine, made by `RunStore::begin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptDirs {
    /// Mounted at the node's final path.
    pub output: Utf8PathBuf,
    pub home: Utf8PathBuf,
    pub tmp: Utf8PathBuf,
    /// Mounted read-only at `/greenroom`; the engine writes the launch files into it.
    pub launch: Utf8PathBuf,
}

/// What the engine knows of an attempt that ended well.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptFacts {
    pub attempt: u32,
    pub exit: Exit,
    pub peak_memory_bytes: Option<u64>,
    pub image: String,
    pub reads: Vec<TableRead>,
    pub log_complete: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The step's fault: what it left may not be, or breaks an `expect`. Ends the attempt as `bad_output`.
    #[error("{0}")]
    BadOutput(String),
    /// Whoever drives the run has asked for that.
    #[error("it was given up")]
    GivenUp,
    /// Ours or the disk's: the run cannot be recorded. Nothing more is started; exit 3.
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

/// The lake at one moment.
#[derive(Debug, Default)]
pub struct LakeRead {
    pub tables: Vec<TableRead>,
    /// Why some tables cannot be read.
    pub broken: Vec<String>,
}

/// One run's directory and the lake. Calls block; the engine makes them off the async threads.
pub trait RunStore: Send + Sync {
    /// Makes an attempt's directories afresh; on `adopt` keeps what is there.
    fn begin(&self, node: &NodeId, attempt: u32, adopt: bool) -> Result<AttemptDirs, StoreError>;
    /// `catalog.json` for the launch directory: every table's record, read once; the answer tells each table's state.
    fn freeze_catalog(&self, dirs: &AttemptDirs) -> Result<LakeRead, StoreError>;
    /// Makes the empty directory at which a later node's output will appear, so that it can be mounted by name.
    fn reserve(&self, node: &NodeId) -> Result<Utf8PathBuf, StoreError>;
    /// Bytes that an attempt has put on disk so far: its outputs, HOME, TMPDIR and log, holes in files counted.
    fn usage(&self, node: &NodeId, attempt: u32) -> u64;
    /// Walks, checks, freezes and publishes what an attempt left; writes the manifest last.
    fn seal(&self, node: &Node, dirs: &AttemptDirs, facts: &AttemptFacts) -> Result<Manifest, StoreError>;
    /// What of a step that is sealed a person should know, though it ends nothing: figures that are no numbers.
    fn doubts(&self, node: &Node) -> Vec<String>;
    /// The run is being cancelled: what is being sealed, or will be, is not waited for and ends as an error. What was
    /// published is finished.
    fn give_up(&self);
    /// Takes another run's outputs over by hard link or copy, checked by their sums; writes the manifest.
    fn take(&self, node: &Node) -> Result<Manifest, StoreError>;
    /// Removes an attempt's scratch directories; its output directory stays unless `output` is set.
    fn discard(&self, node: &NodeId, attempt: u32, output: bool) -> Result<(), StoreError>;
    /// At the run's end: removes what attempts needed only while they ran, those of a life that was killed too.
    fn tidy(&self) -> Result<(), StoreError>;
    /// The manifest, if the step has succeeded. A torn or edited one is an error.
    fn manifest(&self, node: &NodeId) -> Result<Option<Manifest>, StoreError>;
}

/// Where a container's output goes: masked, spooled to disk at once, indexed.
pub trait LogSink: Send {
    /// Never fails the step: trouble is remembered and told by `finish`.
    fn write(&mut self, frame: &Frame);
    /// Flushes what was held back for masking. False: the log is not whole.
    fn finish(&mut self) -> bool;
    /// Why it is not whole, once.
    fn trouble(&mut self) -> Option<String>;
}

pub trait Logs: Send + Sync {
    /// A new log; with `resume`, the old one cut to what it and its index agree on, and set to skip, stream by
    /// stream, what it already holds of the replay.
    fn open(&self, node: &NodeId, attempt: u32, resume: bool) -> Result<Box<dyn LogSink>, StoreError>;
    /// A text that is to be recorded, such as a reason that quotes what a step said, without the run's secrets.
    fn masked(&self, text: &str) -> String;
    /// The last lines, control sequences neutralised, for a failure's reason.
    fn tail(&self, node: &NodeId, attempt: u32, lines: usize) -> Vec<String>;
}

/// `events.jsonl`.
pub trait Journal: Send + Sync {
    /// Numbers, dates and appends it; durable when it returns.
    fn append(&self, event: EventKind) -> Result<(), StoreError>;
}

pub trait Clock: Send + Sync {
    fn now(&self) -> jiff::Timestamp;
}
