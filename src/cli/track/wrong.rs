//! What the rooms say, as the one error that a person meets.

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
