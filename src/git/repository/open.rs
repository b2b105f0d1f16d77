use camino::Utf8Path;
use git2::ErrorCode;

use super::Repository;
use crate::domain::text::safe;
use crate::git::command::refuse_posing;
use crate::git::{GitError, Prompt};

/// Forms that git2 refuses: what of its message tells them, why in people's words, and what to do.
const FORMS: [(&str, &str, &str); 4] = [
    (
        "refstorage",
        "its branches are kept as a reftable",
        "turn it back with `git refs migrate --ref-format=files` (git 2.46 or newer), or clone it again",
    ),
    (
        "object format",
        "it counts in sha256, which few hosts and no forge take yet",
        "make a repository of git's default, `git init --object-format=sha1`, and bring the files over",
    ),
    (
        "partialclone",
        "it is a partial clone of an old form",
        "git config --unset extensions.partialClone && git config remote.origin.promisor true",
    ),
    (
        "unsupported extension",
        "it was made with a feature that is not known here",
        "clone it again without that feature",
    ),
];

impl Repository {
    /// The repository around a project: also a linked worktree, a submodule, a shallow or a partial clone.
    ///
    /// # Errors
    /// [`GitError::Unreadable`] with what to do, of a repository that git alone can read.
    pub fn open(root: &Utf8Path) -> Result<Self, GitError> {
        refuse_posing(root)?;
        let git = git2::Repository::discover(root).map_err(|error| unreadable(root, &error))?;
        // What needs the database fails here, and not in the middle of something.
        git.odb().and_then(|_| git.refdb()).map_err(|error| unreadable(root, &error))?;
        Ok(Self { git, root: root.to_owned(), prompt: Prompt::Never })
    }
}

fn unreadable(root: &Utf8Path, error: &git2::Error) -> GitError {
    let told = |why: &str, to_do: &str| GitError::Unreadable { why: why.to_owned(), to_do: to_do.to_owned() };
    match error.code() {
        ErrorCode::NotFound => return GitError::NoRepository(root.to_owned()),
        ErrorCode::Owner => {
            let to_do = format!("if you trust it: git config --global --add safe.directory {root}");
            return told("it belongs to somebody else", &to_do);
        }
        _ => {}
    }
    let message = error.message();
    match FORMS.iter().find(|(part, ..)| message.contains(part)) {
        Some((_, why, to_do)) => told(why, to_do),
        None => told(&safe(message), "see what `git fsck` says of it"),
    }
}
