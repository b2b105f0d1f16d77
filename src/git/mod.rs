//! The only room that knows git: the `git` command, `git2`, and `ssh-keygen` for signatures.
//!
//! - Whatever looks at a project before anybody has said that it is to be trusted asks a git that is locked down.
//! - Objects and refs of the review are read and written with git2: a card of 200 files does not start 200 processes.
//! - What speaks with a remote, or runs what a person has set up (hooks, credentials, filters, signing), is their own git.

mod command;
mod error;
mod facts;
mod flagged;
mod init;
mod ledger;
mod own;
mod process;
mod project_files;
mod remote;
mod repository;
pub mod ssh;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod typed;
mod version;
mod words;

pub use error::GitError;
pub use facts::{GitFacts, facts, user};
pub use init::{init_with_commit, init_with_commit_of};
pub use ledger::Chain;
pub use process::Prompt;
pub use project_files::project_files;
pub use remote::{Fetched, Lease, MainBranch, Pushed, RemoteTrack, TrackRefs, Update};
pub use repository::{
    ChangeKind, Commit, CommitFiles, CommitSignature, ContentKind, Distance, FileChange, FileSide, Head,
    LineCommit, Outline, Repository, Who, Worktree,
};
pub use typed::typed;
pub use version::version;
