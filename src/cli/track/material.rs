use std::collections::BTreeMap;

use super::changed::changed;
use super::desk::Desk;
use super::lines::lines;
use super::look::Looked;
use super::ports::tree_change;
use super::since::since;
use super::version::wrong;
use super::versions::Versions;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::domain::lineage::Break;
use crate::domain::text::safe;
use crate::domain::track::{
    Card, Check, CommitId, LineNow, Merge, NotChecked, RunReport, SealedPackage, Since, TrackId, TreeChange,
    TreeId, Verdict, VerdictKind,
};
use crate::git::{FileChange, GitError};
use crate::review::{Material, Roster, SIGNERS_FILE, SIGNERS_REVOKED, Signers, card, unpack};

/// What a decision card is made of besides the track, found anew and not as the package claims; but for the runs, which
/// were where it was sealed.
#[derive(Default)]
pub struct Gathered {
    pub files: Vec<TreeChange>,
    /// The same, with where their contents are.
    pub(super) changes: Vec<FileChange>,
    /// What the package comes to, of which all of this is told. None of a track without a package.
    pub(super) merged: Option<TreeId>,
    /// Why an approval counts here only, and merges nothing.
    alone: Option<String>,
    pub(super) versions: Option<Versions>,
    pub(super) checks: Vec<Check>,
    pub runs: Vec<RunReport>,
    pub before: Option<RunReport>,
    pub breaks: Vec<Break>,
    pub untold: Vec<NotChecked>,
    pub people: Vec<String>,
    pub wrong: Vec<String>,
    pub since: Option<Since>,
    /// The target's commit without the package.
    without: Option<CommitId>,
    /// Steps of other workflows that the branch changes and no packaged run shows.
    pub unseen: Vec<String>,
    pub broken: Vec<String>,
    /// Where the lines are now that were spoken of, by the entry that speaks of them.
    pub(super) lines: BTreeMap<CommitId, LineNow>,
}

impl Gathered {
    pub fn card(&self, looked: &Looked) -> Card {
        let mut card = card(
            &looked.track,
            &Material {
                files: &self.files,
                runs: &self.runs,
                before: self.before.as_ref(),
                breaks: &self.breaks,
                untold: &self.untold,
                people: &self.people,
                wrong: &self.wrong,
                since: self.since.as_ref(),
                without: self.without.as_ref(),
                unseen: &self.unseen,
                broken: &self.broken,
            },
        );
        if let Some(why) = self.alone.as_ref().filter(|_| card.verdict.kind == VerdictKind::Approved) {
            card.verdict = Verdict {
                kind: VerdictKind::Void,
                text: format!("It has to be approved again before it can be promoted: {}.", safe(why)),
            };
        }
        for remark in &mut card.remarks {
            remark.now = self.lines.get(&remark.entry).cloned();
        }
        card
    }
}

/// With what became of the commits since, which takes git a while. Of a track without a package there is nothing.
pub fn gathered(desk: &Desk, looked: &Looked, roster: &Roster) -> Result<Gathered, UserError> {
    let gathered = evidence(desk, looked, roster)?;
    Ok(Gathered { since: since(desk, &looked.track), ..gathered })
}

/// All but that.
pub fn evidence(desk: &Desk, looked: &Looked, roster: &Roster) -> Result<Gathered, UserError> {
    desk.as_far_as_known(read(desk, looked, roster))
}

fn read(desk: &Desk, looked: &Looked, roster: &Roster) -> Result<Gathered, UserError> {
    let Some(package) = &looked.track.package else { return Ok(Gathered::default()) };
    let manifest = &package.manifest;
    if !desk.repository.has(&manifest.head) {
        let (head, branch) = (manifest.head.short(), safe(manifest.branch.short()));
        return Err(UserError::wrong(format!("the commit {head} that the package is of is not here"))
            .because(format!(
                "`{branch}` was deleted or rewritten on {} before this clone fetched it",
                desk.remote
            ))
            .to_do(format!(
                "whoever has it can bring it back: git push {} {head}:refs/heads/NAME",
                desk.remote
            )));
    }
    let told = unpack(&desk.git(), &package.entry, manifest).map_err(|error| of_review(&error))?;
    let (base, merged) = comes_to(desk, looked, package)?;
    let changes = desk.repository.changes(&base, &merged).map_err(|error| of_git(&error))?;
    let versions = Versions::of(desk, &base, &merged)?;
    let head = desk.version(&desk.repository.tree(&manifest.head).map_err(|error| of_git(&error))?)?;
    let wrong = wrong(&versions.after, [&*versions.before, &*head]);
    let files = files(desk, &changes)?;
    let ran: Vec<&str> = told.runs.iter().map(|run| run.name.as_str()).collect();
    Ok(Gathered {
        people: [
            signers(desk, &versions, [&base, &merged], roster)?,
            came_since(desk, package, roster),
            desk.unvouched(),
        ]
        .concat(),
        merged: Some(merged),
        alone: desk.approved_for_everybody(looked, &package.digest)?.err(),
        unseen: versions.unseen(&desk.folder(), &files, &ran),
        files,
        changes,
        runs: told.runs,
        checks: told.checks,
        before: before(desk, &looked.track.id, roster)?,
        breaks: versions.breaks(),
        untold: versions.untold(),
        wrong: wrong.into_iter().map(|(file, what)| format!("{file}: {what}")).collect(),
        since: None,
        without: without(desk, looked, package)?,
        versions: Some(versions),
        broken: told.broken,
        lines: lines(desk, looked),
    })
}

/// What the package comes to now, and on what: on the target as it was sealed over, where that has not gone on, or it came
/// there, or there is no telling.
fn comes_to(desk: &Desk, looked: &Looked, package: &SealedPackage) -> Result<(TreeId, TreeId), UserError> {
    let tree = |commit: &CommitId| desk.repository.tree(commit).map_err(|error| of_git(&error));
    let manifest = &package.manifest;
    if let Some(present) = looked.present().filter(|present| present.head == manifest.head)
        && let Merge::Tree(merged) = &present.merge
    {
        let base = tree(&present.base)?;
        if looked.track.promotion.is_none() && base != *merged {
            return Ok((base, merged.clone()));
        }
    }
    Ok((tree(&manifest.base)?, manifest.merge_tree.clone()))
}

/// Who may say something by now, of those who could not when it was sealed: they did not have to be asked for that.
fn came_since(desk: &Desk, package: &SealedPackage, now: &Roster) -> Vec<String> {
    // To look back takes the whole history.
    if desk.roster_at(&desk.target, &package.manifest.base).is_ok_and(|then| then.is_same(now)) {
        return Vec::new();
    }
    let Ok(then) = desk.trusted_at(&package.manifest.base) else { return Vec::new() };
    let then = then.roster;
    let target = safe(desk.target.short()).into_owned();
    changed(&then, now).iter().map(|what| format!("{what}, on {target} since it was sealed")).collect()
}

/// What becomes of people and keys by it.
fn signers(
    desk: &Desk,
    versions: &Versions,
    trees: [&TreeId; 2],
    roster: &Roster,
) -> Result<Vec<String>, UserError> {
    let folder = desk.repository.prefix();
    let text = |tree: &TreeId, file: &str| {
        let held = desk.repository.file_in(tree, &folder.join(file)).map_err(|error| of_git(&error))?;
        Ok::<_, UserError>(String::from_utf8_lossy(&held.unwrap_or_default()).into_owned())
    };
    let mut both = Vec::new();
    for (tree, people) in trees.into_iter().zip(versions.people()) {
        let signers = Signers { allowed: text(tree, SIGNERS_FILE)?, revoked: text(tree, SIGNERS_REVOKED)? };
        both.push(Roster { people, signers, ..roster.clone() });
    }
    Ok(changed(&both[0], &both[1]))
}

/// Commits of a package that are looked at for where they begin on the target.
const COMMITS: u64 = 20;

/// What the target would go back to: its tip, or where the package has come there, the commit before all of it: rebased, or
/// as they are, its commits stand there one after the other.
fn without(desk: &Desk, looked: &Looked, package: &SealedPackage) -> Result<Option<CommitId>, UserError> {
    let git = &desk.repository;
    let promoted = looked.track.promotion.as_ref().map(|promoted| &promoted.commit);
    let came = promoted.or(looked.track.came.as_ref()).filter(|commit| git.has(commit));
    let Some(came) = came else { return Ok(looked.present().map(|present| present.base.clone())) };
    let (base, head) = (&package.manifest.base, &package.manifest.head);
    let commits = package.contributors.as_ref().map_or(1, |told| told.commits).min(COMMITS);
    let before = || -> Result<Option<CommitId>, GitError> {
        let tree = git.tree(came)?;
        let mut before = git.first_parent(came)?;
        for _ in 1..commits {
            let Some(at) = before.as_ref().filter(|at| *at != base) else { break };
            let Some(further) = git.first_parent(at)? else { break };
            if git.merge_tree(&further, head)? != Merge::Tree(tree.clone()) {
                break;
            }
            before = Some(further);
        }
        Ok(before)
    };
    before().map_err(|error| of_git(&error))
}

/// With the lines that came and went.
fn files(desk: &Desk, changes: &[FileChange]) -> Result<Vec<TreeChange>, UserError> {
    let repository = &desk.repository;
    let counted = changes.iter().map(|change| Ok(tree_change(change, repository.lines(change)?)));
    counted.collect::<Result<_, _>>().map_err(|error| of_git(&error))
}

/// The run of the newest package of the same workflow that came to the target.
pub(super) fn before(desk: &Desk, id: &TrackId, roster: &Roster) -> Result<Option<RunReport>, UserError> {
    let mut newest = None;
    for (other, kept) in desk.ledgers()? {
        if other == *id || other.workflow() != id.workflow() {
            continue;
        }
        // What another track's ledger stands on may not be here any more; there is one less to compare with.
        let Ok(looked) = desk.look(&other, kept, roster) else { continue };
        let (Some(package), Some(promotion)) = (&looked.track.package, &looked.track.promotion) else {
            continue;
        };
        if newest.as_ref().is_some_and(|(at, _)| *at >= promotion.at) {
            continue;
        }
        let told =
            unpack(&desk.git(), &package.entry, &package.manifest).map_err(|error| of_review(&error))?;
        if let Some(run) = told.runs.into_iter().next_back() {
            newest = Some((promotion.at, run));
        }
    }
    Ok(newest.map(|(_, run)| run))
}
