//! The only room that knows the `git` command.
//!
//! Git itself is asked, not a library that imitates it: it alone reads every repository there is (reftable, sha256,
//! sparse, filters such as LFS) and agrees with what the person sees in their own terminal.

mod command;
mod error;
mod facts;
mod init;
mod project_files;
#[cfg(test)]
mod testing;
mod version;

pub use error::GitError;
pub use facts::{GitFacts, facts, user};
pub use init::{init_with_commit, init_with_commit_of};
pub use project_files::project_files;
pub use version::version;
