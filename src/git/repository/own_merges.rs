use super::Repository;
use super::range_diff::{LONGEST, SAME_FOR_ALL};
use crate::domain::track::{CommitId, MergeChange};
use crate::git::GitError;

/// Merges that are looked into.
const MOST: &str = "50";
/// What begins the line of a commit; no path that git quotes has it.
const COMMIT: char = '\u{1}';

impl Repository {
    /// The merges that `new` has and none of `old` has, newest first, each with the files in which it is not what git
    /// would have made of its sides: a range diff leaves merges out.
    pub fn own_merges(&self, old: &[&CommitId], new: &CommitId) -> Result<Vec<MergeChange>, GitError> {
        let what = "look into the merges";
        let hidden: Vec<String> = old.iter().map(|commit| format!("^{commit}")).collect();
        let format = format!("--format={COMMIT}%H %s");
        let ask = |own: &[&str]| {
            let mut args: Vec<&str> = SAME_FOR_ALL.iter().flat_map(|set| ["-c", set]).collect();
            args.extend(["-c", "core.quotePath=true", "log", "--merges", "-n", MOST, format.as_str()]);
            args.extend(own);
            args.push(new.as_str());
            args.extend(hidden.iter().map(String::as_str));
            args.push("--");
            self.own().succeed_within(LONGEST, what, args)
        };
        let own = ["--remerge-diff", "--name-only", "--no-ext-diff", "--no-textconv", "--no-notes"];
        match ask(&own) {
            Ok(told) => Ok(read(&String::from_utf8_lossy(&told), true)),
            // A git before 2.36 does not know what a merge changes itself.
            Err(_) => ask(&["--no-notes"]).map(|told| read(&String::from_utf8_lossy(&told), false)),
        }
    }
}

fn read(told: &str, files: bool) -> Vec<MergeChange> {
    let mut found: Vec<MergeChange> = Vec::new();
    for line in told.lines().filter(|line| !line.is_empty()) {
        if let Some(commit) = line.strip_prefix(COMMIT) {
            let (id, subject) = commit.split_once(' ').unwrap_or((commit, ""));
            let Ok(id) = id.parse() else { continue };
            let files = files.then(Vec::new);
            found.push(MergeChange { commit: id, subject: subject.to_owned(), files });
        } else if let Some(files) = found.last_mut().and_then(|last| last.files.as_mut()) {
            files.push(line.to_owned());
        }
    }
    found
}
