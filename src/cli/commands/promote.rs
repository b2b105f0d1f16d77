use std::time::Duration;

use jiff::Timestamp;

use super::approve::{about, package, still};
use super::track::gone;
use crate::cli::args::Promote;
use crate::cli::report::track_view;
use crate::cli::track::{Came, Desk, Draft, Looked, On, There, Unsaid, of_git};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::Digest;
use crate::domain::figures::ago;
use crate::domain::text::safe;
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{Merge, Promotion, SealedPackage, Track, TrackId, Transition};
use crate::git::{Lease, Prompt, Update};

/// How often a protected branch is looked at again.
const AGAIN: Duration = Duration::from_secs(15);

/// Merges what was approved, or records that somebody has.
pub fn run(asked: &Promote, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, seen) = desk.visit(&asked.track)?;
    if let Some(promotion) = &seen.track.promotion {
        return already(&desk, &seen.track, promotion, invocation, output);
    }
    let digest = package(&seen, invocation)?;
    let refused = match merge(&desk, &id, &seen, &digest, invocation) {
        Ok(looked) => return done(&looked, invocation, output),
        Err(Unmerged::Elsewhere(refused)) => refused,
        Err(Unmerged::Not(error)) => return Err(error),
    };
    if !asked.wait {
        return Err(record_it(refused, &id, invocation));
    }
    output.error(&refused);
    let came = wait(&desk, (&id, &digest), invocation, output, &|| std::thread::sleep(AGAIN))?;
    done(&record(&desk, &id, &digest, came, invocation)?, invocation, output)
}

/// Looks again and again whether this package was merged. A remote that does not answer for a while is told once.
pub fn wait(
    desk: &Desk,
    (id, digest): (&TrackId, &Digest),
    invocation: &Invocation,
    output: &Output,
    pause: &dyn Fn(),
) -> Result<Came, UserError> {
    output
        .warn(&format!("looking every {} seconds whether it was merged; Ctrl-C ends that", AGAIN.as_secs()));
    let mut silent = false;
    loop {
        // A remote tells nobody when it changes.
        pause();
        let looked = match desk.visit_again(id)? {
            Ok(looked) => looked,
            Err(error) => {
                if !silent {
                    output.error(&error);
                    output.warn("going on to look, until it answers again");
                }
                silent = true;
                continue;
            }
        };
        silent = false;
        // Nobody has asked to promote another one.
        still(&looked, digest, invocation)?;
        if let Some(came) = desk.came(&looked)? {
            return Ok(came);
        }
    }
}

/// Why it is not on its target.
enum Unmerged {
    /// Nobody may push there: it has to be merged by the host.
    Elsewhere(UserError),
    Not(UserError),
}

/// Merges this package and no other to its target, or writes down that somebody has.
pub fn promote(
    desk: &Desk,
    id: &TrackId,
    seen: &Looked,
    digest: &Digest,
    invocation: &Invocation,
) -> Result<Looked, UserError> {
    merge(desk, id, seen, digest, invocation).map_err(|unmerged| match unmerged {
        Unmerged::Elsewhere(refused) => record_it(refused, id, invocation),
        Unmerged::Not(error) => error,
    })
}

fn record_it(refused: UserError, id: &TrackId, invocation: &Invocation) -> UserError {
    refused.to_do(format!("then record it: {}", invocation.command(&["promote", id.as_str()])))
}

fn merge(
    desk: &Desk,
    id: &TrackId,
    seen: &Looked,
    digest: &Digest,
    invocation: &Invocation,
) -> Result<Looked, Unmerged> {
    pushed(desk, id, seen, digest, invocation).map_err(|unsaid| {
        let protected = unsaid.refused.as_ref() == Some(&desk.target);
        match &seen.track.package {
            Some(package) if protected => {
                let mut error = *unsaid.error;
                let merge = format!(
                    "have `{}` merged to `{}` where its rules allow it: as a merge, squashed or rebased",
                    safe(package.manifest.branch.short()),
                    safe(desk.target.short())
                );
                error.todo.insert(0, merge);
                Unmerged::Elsewhere(error)
            }
            _ => Unmerged::Not(*unsaid.error),
        }
    })
}

fn pushed(
    desk: &Desk,
    id: &TrackId,
    seen: &Looked,
    digest: &Digest,
    invocation: &Invocation,
) -> Result<Looked, Unsaid> {
    if let Some(came) = desk.came(seen)? {
        return record(desk, id, digest, came, invocation);
    }
    once(desk, id, digest, invocation, |desk, looked| {
        let (merge, base) = merged(desk, looked, invocation)?;
        approved(desk, looked, digest, invocation)?;
        let draft = about(looked, digest, Transition::Promoted(merge.clone()), invocation)?;
        let along = Update { local: merge.commit, remote_ref: desk.target.clone(), lease: Lease::At(base) };
        Ok(Draft { along: vec![along], ..draft })
    })
}

/// Says that this package was promoted, unless somebody has said so already: then it is as it was to come.
fn once(
    desk: &Desk,
    id: &TrackId,
    digest: &Digest,
    invocation: &Invocation,
    draft: impl Fn(&Desk, &Looked) -> Result<Draft, UserError>,
) -> Result<Looked, Unsaid> {
    let mut meanwhile = false;
    let said = desk.say(id, |desk, on, _| {
        let On::Known(looked) = on else { return Err(gone(id.as_str())) };
        // Nobody has asked for another one, also where that came there meanwhile.
        still(looked, digest, invocation)?;
        meanwhile = looked.track.promotion.is_some();
        if meanwhile {
            return Err(UserError::wrong(format!("{id} is on its target already")));
        }
        draft(desk, looked)
    });
    match said {
        Err(_) if meanwhile => {
            let (id, kept) = desk.find(id.as_str())?;
            Ok(desk.look(&id, kept, &desk.roster()?)?)
        }
        said => said,
    }
}

/// Others have to find it approved as well: what this clone alone remembers merges nothing.
fn approved(desk: &Desk, looked: &Looked, digest: &Digest, invocation: &Invocation) -> Result<(), UserError> {
    desk.approved_for_everybody(looked, digest)?.map_err(|why| {
        UserError::wrong("no approval of this package stands for everybody").because(why).to_do(format!(
            "have it approved again: {}",
            invocation.command(&["approve", looked.track.id.as_str()])
        ))
    })
}

/// The commit by which the approved tree comes to the target as it is now; no ref is moved yet.
fn merged(
    desk: &Desk,
    looked: &Looked,
    invocation: &Invocation,
) -> Result<(Promoted, crate::domain::track::CommitId), UserError> {
    let id = looked.track.id.as_str();
    let stands = looked.track.approval.as_ref().is_some_and(|approval| approval.standing.stands());
    let Some(sealed) = &looked.track.package else { return Err(gone(id)) };
    let show = || invocation.command(&["review", "show", id]);
    let Some(present) = looked.present().filter(|_| looked.track.gone.is_none()) else {
        let error = UserError::not_ready(format!("what {id} is of is not on {}", desk.remote));
        let branch = safe(sealed.manifest.branch.short());
        let why = looked.track.gone.clone().unwrap_or_else(|| format!("`{branch}` is gone from there"));
        return Err(error.because(why).to_do(show()));
    };
    let tree = match &present.merge {
        Merge::Tree(tree) if stands => tree.clone(),
        _ => {
            return Err(UserError::wrong("no approval of this package stands")
                .because(looked.why_not_approved())
                .to_do(show()));
        }
    };
    let there = desk.repository.tree(&present.base).map_err(|error| of_git(&error))?;
    if there == tree {
        return Err(nothing_to_merge(desk, looked, sealed, invocation)?);
    }
    let parents = [present.base.clone(), sealed.manifest.head.clone()];
    let made = desk.repository.commit_merge(&tree, &parents, &message(looked, sealed));
    let commit = made.map_err(|error| of_git(&error))?;
    Ok((Promoted { commit, tree }, present.base.clone()))
}

/// Why a merge changes nothing, and yet no commit of the target is what was approved.
fn nothing_to_merge(
    desk: &Desk,
    looked: &Looked,
    sealed: &SealedPackage,
    invocation: &Invocation,
) -> Result<UserError, UserError> {
    let (branch, target) = (safe(sealed.manifest.branch.short()), safe(desk.target.short()));
    let error = UserError::wrong(format!("to merge `{branch}` changes nothing of `{target}`"));
    let again = invocation.command(&["package"]);
    Ok(match desk.how_it_is_there(looked)? {
        There::TakenBack => error
            .because(format!("`{target}` has its commits already, and took back what they brought"))
            .to_do(format!("revert that on a branch, and package it: {again}")),
        There::WithMore { commit, besides } => error
            .because(format!(
                "`{target}` has what it changes by {}, which changes {} besides: nobody has approved that",
                commit.short(),
                safe(&besides)
            ))
            .to_do(format!(
                "have the rest taken back on `{target}`: git revert {}, and promote it then",
                commit.short()
            ))
            .to_do(format!(
                "or have what is there now reviewed, with something that is still to come: {again}"
            )),
        There::Otherwise => error
            .because(format!(
                "`{target}` holds what it changes already, and no commit there is what was approved"
            ))
            .to_do(format!("commit what is still to come on `{branch}`, and package it: {again}")),
    })
}

fn message(looked: &Looked, sealed: &SealedPackage) -> String {
    let branch = safe(sealed.manifest.branch.short()).into_owned();
    let approval = looked.track.approval.as_ref();
    let by = approval.map(|approval| format!(", approved by {}", approval.by)).unwrap_or_default();
    format!("Merge branch '{branch}'\n\nTrack {}, package {}{by}.\n", looked.track.id, sealed.digest.short())
}

/// Somebody has merged it: that is written down.
fn record(
    desk: &Desk,
    id: &TrackId,
    digest: &Digest,
    Came(promoted): Came,
    invocation: &Invocation,
) -> Result<Looked, Unsaid> {
    once(desk, id, digest, invocation, |desk, looked| {
        approved(desk, looked, digest, invocation)?;
        about(looked, digest, Transition::Promoted(promoted.clone()), invocation)
    })
}

fn done(looked: &Looked, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let track = &looked.track;
    output.either(track, |look| {
        let commit = track.promotion.as_ref().map(|promotion| promotion.commit.short()).unwrap_or_default();
        format!("promoted as {commit}\n\n{}", track_view(track, invocation, look))
    })?;
    Ok(Exit::Done)
}

/// What is there is not promoted once more.
fn already(
    desk: &Desk,
    track: &Track,
    promotion: &Promotion,
    invocation: &Invocation,
    output: &Output,
) -> Result<Exit, UserError> {
    let target = safe(desk.target.short());
    let (commit, by, when) = (promotion.commit.short(), &promotion.by, ago(promotion.at, Timestamp::now()));
    output.either(track, |look| {
        format!(
            "{} is on {target} already, as {commit}, promoted by {by} {when}: nothing was written\n\n{}",
            track.id,
            track_view(track, invocation, look)
        )
    })?;
    Ok(Exit::Done)
}
