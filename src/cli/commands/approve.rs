use jiff::{SignedDuration, Timestamp};

use super::track::gone;
use crate::cli::args::Approve;
use crate::cli::report::card_view;
use crate::cli::track::{Desk, Draft, Looked, On, evidence};
use crate::cli::{Exit, Invocation, Output, UserError};
use crate::domain::Digest;
use crate::domain::track::bodies::Approved;
use crate::domain::track::{SealedPackage, TrackId, Transition};
use crate::git::Prompt;

/// How long an approval lasts: what was looked at then is not what would be merged months later.
const LASTS: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Approves the package as it was when this began: one that was sealed meanwhile is not approved unseen.
pub fn run(asked: &Approve, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let desk = Desk::open(invocation, Prompt::Terminal)?;
    let (id, seen) = desk.visit(&asked.track)?;
    let digest = package(&seen, invocation)?;
    let looked = approve(&desk, (&id, &seen), &digest, &asked.note, invocation)?;
    let card = evidence(&desk, &looked, &desk.roster()?)?.card(&looked);
    output.either(&card, |look| card_view(&card, invocation, look))?;
    Ok(Exit::Done)
}

/// Signs an approval of this package, and pushes it. `seen`: the track as it is now.
pub fn approve(
    desk: &Desk,
    (id, seen): (&TrackId, &Looked),
    digest: &Digest,
    note: &str,
    invocation: &Invocation,
) -> Result<Looked, UserError> {
    let standing = seen.track.approval.as_ref().filter(|given| given.package == *digest);
    let standing = standing.filter(|given| given.standing.stands());
    if let Some(given) = standing
        && desk.approved_for_everybody(seen, digest)?.is_ok()
    {
        return Err(UserError::wrong(format!("{} has approved this package already", given.by))
            .to_do(invocation.command(&["track", "show", id.as_str()])));
    }
    let sealed = still(seen, digest, invocation)?;
    if let Some(why) = &seen.track.gone {
        return Err(UserError::not_ready("an approval would count for nobody")
            .because(why.clone())
            .to_do("or have the branch packaged again: greenroom package"));
    }
    if let Some(present) = seen.present()
        && present.head != sealed.manifest.head
    {
        let (was, is) = (sealed.manifest.head.short(), present.head.short());
        return Err(UserError::wrong(format!(
            "the branch went on from {was}, of which the package is, to {is}"
        ))
        .because("an approval of the package would be void at once")
        .to_do("have the branch packaged as it is now: greenroom package"));
    }
    let broken = evidence(desk, seen, &desk.roster()?)?.broken;
    if let Some(why) = broken.first() {
        return Err(UserError::wrong("the evidence of this package is not whole")
            .because(why.clone())
            .to_do("have it sealed again: greenroom package"));
    }
    let looked = desk.say(id, |_, on, _| {
        let On::Known(looked) = on else { return Err(gone(id.as_str())) };
        Ok(Draft {
            expires: Timestamp::now().checked_add(LASTS).ok(),
            ..about(looked, digest, Transition::Approved(Approved { note: note.to_owned() }), invocation)?
        })
    })?;
    Ok(looked)
}

/// The digest of the package that is under review.
pub fn package(looked: &Looked, invocation: &Invocation) -> Result<Digest, UserError> {
    looked.track.package.as_ref().map(|package| package.digest.clone()).ok_or_else(|| {
        UserError::wrong(format!("no package of {} is sealed yet", looked.track.id))
            .to_do(invocation.command(&["track", "show", looked.track.id.as_str()]))
    })
}

/// The package of this digest, which has to be under review still.
pub fn still<'l>(
    looked: &'l Looked,
    digest: &Digest,
    invocation: &Invocation,
) -> Result<&'l SealedPackage, UserError> {
    let id = looked.track.id.as_str();
    let sealed = looked.track.package.as_ref().filter(|package| package.digest == *digest);
    sealed.ok_or_else(|| {
        UserError::not_ready(format!("another package of {id} was sealed meanwhile"))
            .to_do(format!("look at that one first: {}", invocation.command(&["review", "show", id])))
    })
}

/// Something that is said about a package, over just what it was sealed over.
pub fn about(
    looked: &Looked,
    digest: &Digest,
    transition: Transition,
    invocation: &Invocation,
) -> Result<Draft, UserError> {
    let sealed = still(looked, digest, invocation)?;
    Ok(Draft {
        transition,
        head: sealed.manifest.head.clone(),
        merge_tree: Some(sealed.manifest.merge_tree.clone()),
        base: sealed.manifest.base.clone(),
        package: Some(sealed.digest.clone()),
        expires: None,
        evidence: Vec::new(),
        along: Vec::new(),
    })
}
