use super::super::words::words;
use super::{GitError, Repository, TrackRefs};
use crate::domain::track::{CommitId, RefName};

/// Which branch a remote calls its main one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MainBranch {
    Is(RefName),
    /// It has branches, and calls none of them so: its HEAD is detached, or names one that is not there.
    Unnamed,
    /// It has no branch at all.
    Empty,
}

const HEAD: &str = "HEAD";

impl Repository {
    /// Asks a remote for its main branch. What this clone remembers is no answer: one of a single branch was never told.
    pub fn ask_main_branch(&self, remote: &str) -> Result<MainBranch, GitError> {
        self.known(remote)?;
        let args = ["ls-remote", "--symref", "--quiet", "--", remote, HEAD, "refs/heads/*"];
        let ended = self.own().run(args, b"")?;
        if !ended.status.success() {
            let said = words(&ended.stderr);
            return Err(GitError::Unreachable { remote: remote.to_owned(), said });
        }
        let text = String::from_utf8_lossy(&ended.stdout);
        let lines = || text.lines().filter_map(|line| line.split_once('\t'));
        // A branch can be called so as well, below a folder.
        let named =
            lines().filter(|(_, name)| *name == HEAD).find_map(|(what, _)| what.strip_prefix("ref: "));
        let branch = |name: &str| name.parse::<RefName>().ok().filter(|name| name.branch_name().is_some());
        if let Some(main) = named.and_then(branch) {
            return Ok(MainBranch::Is(main));
        }
        let own = TrackRefs::Branches.prefix();
        let any = lines().any(|(_, name)| name.starts_with("refs/heads/") && !name.starts_with(own));
        Ok(if any { MainBranch::Unnamed } else { MainBranch::Empty })
    }

    /// Fetches one branch, and nothing else, to where the others are kept; None: the remote has none of that name.
    pub fn fetch_branch(&self, remote: &str, branch: &RefName) -> Result<Option<CommitId>, GitError> {
        self.known(remote)?;
        let mut asked = vec![branch];
        self.fetch_with(remote, &[], &[], &mut asked)?;
        if asked.is_empty() { Ok(None) } else { self.branch_tip(remote, branch) }
    }
}
