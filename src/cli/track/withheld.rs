use std::collections::BTreeSet;

use super::desk::Desk;
use super::seal::Sealable;
use super::wrong::of_git;
use crate::cli::UserError;
use crate::domain::figures::count;
use crate::domain::text::safe;
use crate::domain::track::{CheckFinding, CommitId};

/// How many findings, and how many commits, are told one by one.
const TOLD: usize = 20;

/// Why a branch that brings secrets is not published. `commits`: those that bring them, none where that cannot be told.
///
/// # Errors
/// Where git cannot tell what the remote has.
pub(super) fn withheld(
    desk: &Desk,
    sealable: &Sealable,
    findings: &[&CheckFinding],
    commits: &BTreeSet<CommitId>,
) -> Result<UserError, UserError> {
    let git = &desk.repository;
    let (branch, remote) = (safe(sealable.branch.short()), &desk.remote);
    let mut error = UserError::wrong(format!(
        "`{branch}` brings a secret in clear, and to package it would publish that: nothing was sealed or pushed"
    ));
    for finding in findings.iter().take(TOLD) {
        let place = finding.place.as_ref().map(|place| format!("{}:{}: ", place.file, place.line));
        error = error.because(format!("{}{}", place.unwrap_or_default(), finding.what));
    }
    if findings.len() > TOLD {
        error = error.because(format!("and {} more", count((findings.len() - TOLD) as u64)));
    }
    if !commits.is_empty() {
        error = error.because(format!("it came with {}", named(commits)));
    }
    let mut published = BTreeSet::new();
    if let Some(tip) = desk.tip_there(&sealable.branch)? {
        let head = BTreeSet::from([sealable.head.clone()]);
        for commit in if commits.is_empty() { &head } else { commits } {
            if git.is_ancestor(commit, &tip).map_err(|error| of_git(&error))? {
                published.insert(commit.clone());
            }
        }
    }
    let error = match published.is_empty() {
        false => error.to_do(format!(
            "revoke it first, and make another: `{branch}` on {remote} has {} already, and whoever could fetch that knows it",
            named(&published)
        )),
        true => error.to_do(format!(
            "`{branch}` on {remote} has it not: revoke it where its commits were pushed to anywhere else"
        )),
    };
    let target = safe(desk.target.short());
    Ok(error
        .to_do(format!(
            "take it out of the commits: git commit --amend where the last one brings it, else git rebase --interactive {remote}/{target}"
        ))
        .to_do("a secret of the project goes into .greenroom/secrets.env, and a step names it: secrets: [NAME]"))
}

/// `1a2b3c4d5e6f, 0f9e8d7c6b5a`
fn named(commits: &BTreeSet<CommitId>) -> String {
    let mut told: Vec<String> = commits.iter().take(TOLD).map(|commit| commit.short().to_owned()).collect();
    if commits.len() > TOLD {
        told.push(format!("and {} more", count((commits.len() - TOLD) as u64)));
    }
    told.join(", ")
}
