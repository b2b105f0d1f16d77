use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Repository;
use crate::domain::escape::escape;
use crate::domain::track::{CommitId, Merge, TreeId};
use crate::git::GitError;
use crate::git::words::words;

/// What a person may have set otherwise: two of them have to come to the same tree.
const SAME_FOR_ALL: [&str; 8] = [
    "core.attributesFile=/dev/null",
    "merge.default=text",
    "merge.renames=true",
    "merge.directoryRenames=conflict",
    "merge.renormalize=false",
    "merge.conflictStyle=merge",
    "merge.renameLimit=7000",
    "diff.algorithm=histogram",
];

/// In the place of a driver that a person, or a repository from anywhere, has set up: what git does without one.
const DRIVER: (&str, &str) = ("GREENROOM_MERGE_DRIVER", "git merge-file --quiet %A %O %B || exit 1");

/// By which a file of attributes has a say in what a merge comes to.
const ATTRIBUTES_OF_MERGES: [&str; 3] = ["merge", "binary", "conflict-marker-size"];

impl Repository {
    /// How `head` would be merged into `base`, by the attributes of `base`, and by no driver but git's own.
    ///
    /// # Errors
    /// [`GitError::Unrelated`] where they have no ancestor in common, in a shallow clone maybe only here.
    pub fn merge_tree(&self, base: &CommitId, head: &CommitId) -> Result<Merge, GitError> {
        const WHAT: &str = "merge the two";
        self.commit_at(base)?;
        self.commit_at(head)?;
        self.refuse_own_attributes()?;
        let own = self.own();
        let listed = own.run(["config", "--name-only", "-z", "--get-regexp", r"^merge\..*\.driver$"], b"")?;
        let listed = String::from_utf8_lossy(&listed.stdout);
        let drivers = listed.split('\0').filter(|key| !key.is_empty());
        let drivers: Vec<String> = drivers.map(|key| format!("--config-env={key}={}", DRIVER.0)).collect();
        let mut args: Vec<&str> = SAME_FOR_ALL.iter().flat_map(|set| ["-c", set]).collect();
        args.extend(drivers.iter().map(String::as_str));
        args.extend(["merge-tree", "--write-tree", "--name-only", "-z", "--no-messages"]);
        args.extend([base.as_str(), head.as_str()]);
        // What happens to be checked out is of no account; before git 2.41 it is.
        let ended = own.run_with(
            &[DRIVER, ("GIT_ATTR_SOURCE", base.as_str()), ("GIT_ATTR_NOSYSTEM", "1")],
            args,
            b"",
        )?;
        let said = || words(&ended.stderr);
        let mut parts = ended.stdout.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        let tree = parts.next().and_then(|id| std::str::from_utf8(id).ok()?.parse::<TreeId>().ok());
        match (ended.status.code(), tree) {
            (Some(0), Some(tree)) => Ok(Merge::Tree(tree)),
            (Some(1), Some(_)) => {
                let mut paths: Vec<String> =
                    parts.map(|path| escape(Path::new(OsStr::from_bytes(path)))).collect();
                paths.dedup();
                Ok(Merge::Conflicts(paths))
            }
            (Some(129), _) => {
                Err(GitError::Failed { what: WHAT, said: "it needs git 2.39 or newer".to_owned() })
            }
            _ if said().contains("unrelated histories") => Err(GitError::Unrelated),
            _ => Err(GitError::Failed { what: WHAT, said: said() }),
        }
    }

    /// Nothing keeps git from going by this file, which nobody else has.
    fn refuse_own_attributes(&self) -> Result<(), GitError> {
        let path = self.git.commondir().join("info/attributes");
        let text = fs_err::read(&path).map(|text| String::from_utf8_lossy(&text).into_owned());
        match text.is_ok_and(|text| ATTRIBUTES_OF_MERGES.iter().any(|word| text.contains(word))) {
            true => Err(GitError::OwnAttributes(path)),
            false => Ok(()),
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
