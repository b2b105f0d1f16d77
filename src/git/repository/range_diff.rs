use std::time::Duration;

use super::Repository;
use crate::domain::track::CommitId;
use crate::git::GitError;

/// Commits on a side: every one is compared with every other.
const MOST: usize = 50;
/// A card is waited for, and large commits take long however few they are.
pub(super) const LONGEST: Duration = Duration::from_secs(3);

/// What a person may have set otherwise: a card says the same to all.
pub(super) const SAME_FOR_ALL: [&str; 8] = [
    "diff.algorithm=histogram",
    "diff.orderFile=/dev/null",
    "diff.context=3",
    "diff.interHunkContext=0",
    "diff.renames=true",
    "diff.indentHeuristic=true",
    "diff.colorMoved=no",
    "log.showSignature=false",
];

impl Repository {
    /// How the commits from `base` to `head` became those of another pair, as after a rebase: `git range-diff`'s own
    /// lines, as hostile as what was committed. None where there are more than 50 on a
    /// side, or it takes longer than some seconds.
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
        let mut args: Vec<&str> = SAME_FOR_ALL.iter().flat_map(|set| ["-c", set]).collect();
        args.extend(["range-diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-notes"]);
        args.extend(ranges.iter().map(String::as_str));
        match self.own().succeed_within(LONGEST, "compare the two series of commits", args) {
            Ok(told) => Ok(Some(String::from_utf8_lossy(&told).into_owned())),
            Err(GitError::Silent { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
