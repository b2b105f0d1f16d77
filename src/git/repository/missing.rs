use git2::ErrorCode;

use super::Repository;
use crate::domain::track::CommitId;
use crate::git::GitError;

impl Repository {
    /// Reads; where a partial clone lacks what is read, `git <asks_for>` is run, which makes git fetch it, and it is
    /// read again.
    pub(super) fn completing<T>(
        &self,
        read: impl Fn() -> Result<T, git2::Error>,
        asks_for: &[&str],
    ) -> Result<T, git2::Error> {
        let first = read();
        match &first {
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Odb => {}
            _ => return first,
        }
        if !self.is_partial() {
            return first;
        }
        let complete = self.own().run(asks_for, b"").is_ok_and(|ended| ended.status.success());
        if !complete {
            return first;
        }
        self.git.odb()?.refresh()?;
        read()
    }

    /// Has git fetch whatever a partial clone lacks of the history up to a commit, with all its files.
    pub(in crate::git) fn complete(&self, tip: &CommitId) -> Result<(), GitError> {
        const WHAT: &str = "fetch what this partial clone lacks";
        if !self.is_partial() {
            return Ok(());
        }
        let own = self.own();
        let mut before = Vec::new();
        // A tree that comes names what it holds, which may be missing as well.
        loop {
            let listed =
                own.succeed(WHAT, ["rev-list", "--objects", "--missing=print", tip.as_str()], b"")?;
            let lines = listed.split(|byte| *byte == b'\n');
            let missing = lines.filter_map(|line| line.strip_prefix(b"?")).collect::<Vec<_>>().join(&b'\n');
            if missing.is_empty() || missing == before {
                break;
            }
            own.succeed(WHAT, ["cat-file", "--batch-check"], &missing)?;
            before = missing;
        }
        self.git.odb().and_then(|odb| odb.refresh()).map_err(GitError::of(WHAT))?;
        Ok(())
    }

    /// Whether some of its objects are left to a remote until they are needed.
    pub fn is_partial(&self) -> bool {
        let promises = || {
            let config = self.git.config()?;
            let mut entries = config.entries(Some(r"^remote\..*\.promisor$"))?;
            Ok::<_, git2::Error>(entries.next().is_some())
        };
        promises().unwrap_or(false)
    }
}
