use std::io;
use std::path::PathBuf;

use camino::Utf8PathBuf;

use crate::domain::text::safe;
use crate::domain::track::RefName;

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("git is not installed")]
    Missing,
    /// A folder of the project looks like a repository of its own, and what its configuration names git would run.
    #[error("{0} poses as a git repository, by the files HEAD, objects and refs or commondir in it")]
    Posing(Utf8PathBuf),
    /// A repository's own configuration names a filter that nothing keeps git from running.
    #[error("the repository's own configuration names a filter that cannot be turned off: `{0}`")]
    Filter(String),
    /// It took longer than it may without anybody to ask, and was ended.
    #[error("{program} has not answered for {minutes} minutes")]
    Silent { program: String, minutes: u64 },
    #[error("git could not be started")]
    Start(#[source] io::Error),
    #[error("no temporary file could be made")]
    Temporary(#[source] io::Error),
    /// `said`: what git wrote, for people.
    #[error("git could not {what}: {said}")]
    Failed { what: &'static str, said: String },
    #[error("cannot list the project's files")]
    List(#[from] ignore::Error),
    #[error("{0} is in no git repository")]
    NoRepository(Utf8PathBuf),
    /// A form of repository that git knows and the library that reads it here does not. `to_do`: what helps.
    #[error("this git repository cannot be read: {why}")]
    Unreadable { why: String, to_do: String },
    #[error("`{}` names no commit of this clone", safe(.0))]
    Unknown(String),
    #[error("{} has {bytes} bytes, and at most {limit} are read", safe(&.path.to_string_lossy()))]
    TooLarge { path: PathBuf, bytes: u64, limit: u64 },
    /// The clone ends before the history does.
    #[error("this clone is shallow and lacks {}, so its history is not known as a whole", safe(.0))]
    Shallow(String),
    #[error("git has no remote `{}`", safe(.0))]
    NoRemote(String),
    /// `said`: what git and the remote wrote, for people.
    #[error("`{}` could not be reached: {said}", safe(.remote))]
    Unreachable { remote: String, said: String },
    /// A local ref is not what it was taken to be: somebody else was faster.
    #[error("{} has moved meanwhile", safe(.0.as_str()))]
    Moved(RefName),
    #[error("these commits have no ancestor in common that this clone knows of")]
    Unrelated,
    /// A merge would come to something else here than for everybody else.
    #[error("{} sets attributes of its own, which change what merges come to", safe(&.0.to_string_lossy()))]
    OwnAttributes(PathBuf),
    #[error("`{}` cannot name a piece of evidence: letters, digits, `.`, `-` and `_`, at most 100", safe(.0))]
    EvidenceName(String),
    #[error("ssh-keygen, which signs and verifies, could not be started")]
    SshKeygen(#[source] io::Error),
    #[error("ssh-keygen could not sign: {0}")]
    Sign(String),
    #[error("the public key of {} cannot be read: {said}", safe(.path))]
    PublicKey { path: String, said: String },
}

impl GitError {
    pub(super) fn silent(program: &str) -> Self {
        Self::Silent { program: program.to_owned(), minutes: super::process::LONGEST.as_secs() / 60 }
    }

    /// What git2 says of something that it could not do.
    pub(super) fn of(what: &'static str) -> impl Fn(git2::Error) -> Self {
        move |error| Self::Failed { what, said: safe(error.message()).into_owned() }
    }
}
