use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::desk::Desk;
use super::in_clear::{InClear, Leak, leaks, letters};
use super::wrong::of_git;
use crate::cli::UserError;
use crate::domain::escape::escape;
use crate::domain::figures::{count, counted};
use crate::domain::text::safe;
use crate::domain::track::{Check, CheckStatus, CommitId};
use crate::git::FileChange;

/// Commits that are looked into, the newest.
const MOST: usize = 1_000;
/// Bytes of the files that are looked into.
const MOST_BYTES: u64 = 256 << 20;
/// How many are told one by one.
const TOLD: usize = 20;

/// A secret, and the commit that brings it.
struct Brought {
    commit: CommitId,
    file: PathBuf,
    line: usize,
    what: String,
}

/// What commits of a branch bring.
#[derive(Default)]
struct Found {
    /// By the secret itself, the oldest.
    secrets: BTreeMap<String, Brought>,
    large: BTreeSet<String>,
    bytes: u64,
}

/// Adds secrets that a commit of the branch brings and a later one takes out: what differs from the target does not show
/// them, and a merge publishes them all the same. `now`: what the branch's end has is told already. The commits that bring
/// the ones or the others.
pub(super) fn taken_out(
    desk: &Desk,
    (base, head): (&CommitId, &CommitId),
    now: &InClear,
    check: &mut Check,
) -> Result<BTreeSet<CommitId>, UserError> {
    let commits = match desk.repository.commits(base, head) {
        Ok(commits) => commits,
        Err(error) => {
            let what = format!("the branch's commits were not looked into for secrets: {error}");
            check.find(CheckStatus::Warned, what, None, String::new());
            return Ok(BTreeSet::new());
        }
    };
    let mut found = Found::default();
    let mut looked = 0;
    while let Some(commit) = commits.get(looked).filter(|_| looked < MOST && found.bytes <= MOST_BYTES) {
        found.add(desk, &commit.id)?;
        looked += 1;
    }
    let there = |one: &Brought, text: &str| {
        let file = desk.repository.file(base, &one.file).ok().flatten();
        file.is_some_and(|file| letters(&file).contains(text))
    };
    let secrets = found.secrets.into_iter();
    let (here, gone): (Vec<_>, Vec<_>) = secrets.partition(|(text, _)| now.texts.contains(text));
    let gone = gone.into_iter().filter(|(text, one)| !there(one, text));
    let mut gone: Vec<Brought> = gone.map(|(_, one)| one).collect();
    let here = here.iter().map(|(_, one)| one);
    let bring = here.chain(&gone).map(|one| one.commit.clone()).collect();
    gone.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    for Brought { commit, file, line, what } in gone.iter().take(TOLD) {
        let (file, commit) = (escape(file), commit.short());
        let what = format!(
            "{what} stands in line {line} of {file} as {commit} has it: a later commit takes it out, and merging publishes both"
        );
        let help = format!(
            "change it first: whoever could fetch the branch knows it, and to squash takes nothing back. Then take it out of that commit: git rebase --interactive {}/{}",
            desk.remote,
            safe(desk.target.short())
        );
        check.find(CheckStatus::Failed, what, None, help);
    }
    if gone.len() > TOLD {
        let what = format!("and {} more that later commits take out", count((gone.len() - TOLD) as u64));
        check.find(CheckStatus::Failed, what, None, String::new());
    }
    let mut large = found.large.difference(&now.large);
    if let Some(first) = large.next() {
        let others = match large.count() {
            0 => String::new(),
            more => format!(", and {} besides", counted(more as u64, "file")),
        };
        let what = format!(
            "too large to be looked into for secrets as commits of the branch have it: {first}{others}"
        );
        check.find(CheckStatus::Warned, what, None, String::new());
    }
    if let Some(next) = commits.get(looked) {
        let older = counted((commits.len() - looked) as u64, "older commit");
        let what = format!(
            "{older} of the branch, from {} on back, were not looked into for secrets",
            next.id.short()
        );
        let help = format!("look yourself: git log --patch {}..{}", base.short(), next.id.short());
        check.find(CheckStatus::Warned, what, None, help);
    }
    Ok(bring)
}

impl Found {
    fn add(&mut self, desk: &Desk, commit: &CommitId) -> Result<(), UserError> {
        let brought = desk.repository.brought(commit).map_err(|error| of_git(&error))?;
        let Some((first, others)) = brought.split_first() else { return Ok(()) };
        let others: Vec<BTreeMap<&PathBuf, &FileChange>> =
            others.iter().map(|other| other.iter().map(|change| (&change.path, change)).collect()).collect();
        for change in first {
            // What a merge has from one of its parents was brought by another commit.
            let also: Vec<&FileChange> =
                others.iter().filter_map(|other| other.get(&change.path).copied()).collect();
            if also.len() < others.len() {
                continue;
            }
            self.bytes += change.new.as_ref().map_or(0, |new| new.bytes);
            let Some(mut came) = leaks(desk, change)? else {
                self.large.insert(escape(&change.path));
                continue;
            };
            for other in also {
                if came.is_empty() {
                    break;
                }
                let theirs = leaks(desk, other)?.unwrap_or_default();
                came.retain(|one| theirs.iter().any(|other| other.text == one.text));
            }
            for Leak { line, what, text } in came {
                let brought = Brought { commit: commit.clone(), file: change.path.clone(), line, what };
                self.secrets.insert(text, brought);
            }
        }
        Ok(())
    }
}
