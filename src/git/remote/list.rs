use super::super::words::words;
use super::{GitError, Repository};
use crate::domain::track::{CommitId, RefName};

impl Repository {
    /// The refs that a remote shows, by name; those of `patterns` alone where there are any (`refs/heads/stage`,
    /// `refs/greenroom/*`). The objects need not be here. Names that are no UTF-8 are left out.
    pub fn list_remote(&self, remote: &str, patterns: &[&str]) -> Result<Vec<(RefName, CommitId)>, GitError> {
        self.known(remote)?;
        let args = ["ls-remote", "--refs", "--quiet", "--", remote];
        let ended = self.own().run(args.iter().chain(patterns), b"")?;
        if !ended.status.success() {
            let said = words(&ended.stderr);
            return Err(GitError::Unreachable { remote: remote.to_owned(), said });
        }
        let lines =
            ended.stdout.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
        let pair = |line: &str| {
            let (id, name) = line.split_once('\t')?;
            Some((name.parse().ok()?, id.parse().ok()?))
        };
        Ok(lines.filter_map(pair).collect())
    }
}
