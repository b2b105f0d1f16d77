use super::Repository;
use crate::domain::track::CommitId;
use crate::git::GitError;

/// Commits on a side: every one is compared with every other.
const MOST: usize = 200;

impl Repository {
    /// How the commits from `base` to `head` became those of another pair, as after a rebase: `git range-diff`'s own
    /// lines, as hostile as what was committed. None where there are more than 200 on a side.
    pub fn range_diff(
        &self,
        [base, head]: [&CommitId; 2],
        [new_base, new_head]: [&CommitId; 2],
    ) -> Result<Option<String>, GitError> {
        for (base, head) in [(base, head), (new_base, new_head)] {
            if self.distance(base, head)?.ahead > MOST {
                return Ok(None);
            }
        }
        let ranges = [format!("{base}..{head}"), format!("{new_base}..{new_head}")];
        let mut args = vec!["range-diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes"];
        args.extend(ranges.iter().map(String::as_str));
        let told = self.own().succeed("compare the two series of commits", args, b"")?;
        Ok(Some(String::from_utf8_lossy(&told).into_owned()))
    }
}
