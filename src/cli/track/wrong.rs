//! What the rooms say, as the one error that a person meets.

use super::desk::Desk;
use crate::cli::{Exit, UserError};
use crate::git::GitError;
use crate::review::ReviewError;

pub fn of_git(error: &GitError) -> UserError {
    let (exit, to_do) = match error {
        GitError::NoRepository(_) => {
            (Exit::Wrong, Some("git init, and commit the project: a review is of commits".to_owned()))
        }
        GitError::Unreadable { to_do, .. } => (Exit::NotReady, Some(to_do.clone())),
        GitError::OwnAttributes(path) => {
            (Exit::NotReady, Some(format!("move them into a .gitattributes, or remove {}", path.display())))
        }
        GitError::Shallow(_) => (Exit::NotReady, Some("git fetch --unshallow".to_owned())),
        GitError::Unrelated => (Exit::Wrong, Some("in a shallow clone: git fetch --unshallow".to_owned())),
        GitError::Unreachable { remote, .. } => {
            (Exit::NotReady, Some(format!("git fetch {remote} tells whether git itself reaches it")))
        }
        GitError::Sign(_) => (
            Exit::NotReady,
            Some(
                "a key with a passphrase has to be in the agent, or is asked for on a terminal: ssh-add"
                    .to_owned(),
            ),
        ),
        _ => (Exit::NotReady, None),
    };
    let told = UserError::from_error(exit, "the review cannot go on", error);
    to_do.into_iter().fold(told, UserError::to_do)
}

pub fn of_review(error: &ReviewError) -> UserError {
    let exit = match error {
        ReviewError::Conflicts(_) => Exit::Wrong,
        _ => Exit::NotReady,
    };
    UserError::from_error(exit, "the review cannot go on", error)
}

impl Desk {
    /// What fails in a clone that has only a part of what was committed may well fail because of that: what helps then
    /// is told where nothing better is.
    pub(super) fn as_far_as_known<T>(&self, done: Result<T, UserError>) -> Result<T, UserError> {
        let repository = &self.repository;
        done.map_err(|error| {
            let told = error.todo.iter().any(|told| !told.contains("--unshallow"));
            let (what, command) = match (repository.is_shallow(), repository.is_partial()) {
                _ if told => return error,
                (true, _) => ("shallow", "--unshallow"),
                (false, true) => ("partial", "--refetch --no-filter"),
                (false, false) => return error,
            };
            let to_do = format!(
                "this clone is {what}, and may lack what that takes: git fetch {command} {}",
                self.remote
            );
            UserError { todo: vec![to_do], ..error }
        })
    }
}
