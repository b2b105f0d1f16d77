use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::Repository;
use crate::domain::track::{CommitId, TreeId};
use crate::git::GitError;
use crate::git::words::words;

/// What a merge would come to; nothing was moved or checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergedTree {
    Merged(TreeId),
    /// These paths need a person.
    Conflicts(Vec<PathBuf>),
}

/// What a person may have set otherwise: two of them have to come to the same tree.
const SAME_FOR_ALL: [&str; 6] = [
    "merge.renames=true",
    "merge.directoryRenames=conflict",
    "merge.renormalize=false",
    "merge.conflictStyle=merge",
    "merge.renameLimit=7000",
    "diff.algorithm=histogram",
];

impl Repository {
    /// # Errors
    /// [`GitError::Unrelated`] where they have no ancestor in common, in a shallow clone maybe only here.
    pub fn merge_tree(&self, base: &CommitId, head: &CommitId) -> Result<MergedTree, GitError> {
        const WHAT: &str = "merge the two";
        self.commit_at(base)?;
        self.commit_at(head)?;
        let mut args: Vec<&str> = SAME_FOR_ALL.iter().flat_map(|set| ["-c", set]).collect();
        args.extend(["merge-tree", "--write-tree", "--name-only", "-z", "--no-messages"]);
        args.extend([base.as_str(), head.as_str()]);
        let ended = self.own().run(args, b"")?;
        let said = || words(&ended.stderr);
        let mut parts = ended.stdout.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        let tree = parts.next().and_then(|id| std::str::from_utf8(id).ok()?.parse::<TreeId>().ok());
        match (ended.status.code(), tree) {
            (Some(0), Some(tree)) => Ok(MergedTree::Merged(tree)),
            (Some(1), Some(_)) => {
                let mut paths: Vec<PathBuf> = parts.map(|path| OsStr::from_bytes(path).into()).collect();
                paths.dedup();
                Ok(MergedTree::Conflicts(paths))
            }
            (Some(129), _) => {
                Err(GitError::Failed { what: WHAT, said: "it needs git 2.39 or newer".to_owned() })
            }
            _ if said().contains("unrelated histories") => Err(GitError::Unrelated),
            _ => Err(GitError::Failed { what: WHAT, said: said() }),
        }
    }

    /// A commit of that tree by the person's own git, signed where they have set so. No ref is moved.
    pub fn commit_merge(
        &self,
        tree: &TreeId,
        parents: &[CommitId],
        message: &str,
    ) -> Result<CommitId, GitError> {
        const WHAT: &str = "write the merge commit";
        let own = self.own();
        let mut args = vec!["commit-tree"];
        // A command for scripts, it does not look by itself.
        if own.run(["config", "--type=bool", "--get", "commit.gpgSign"], b"")?.stdout.starts_with(b"true") {
            args.push("-S");
        }
        args.extend(parents.iter().flat_map(|parent| ["-p", parent.as_str()]));
        args.extend(["-F", "-", tree.as_str()]);
        let made = own.succeed(WHAT, args, message.as_bytes())?;
        let said = String::from_utf8_lossy(&made).trim().to_owned();
        said.parse().map_err(|_| GitError::Failed { what: WHAT, said })
    }
}
