//! Keys that the target has no more.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::Keys;
use super::line::Line;
use super::persons::Persons;
use super::verify::vouch;
use super::{Roster, Signers, Trust};
use crate::domain::Name;
use crate::domain::track::{CommitId, Entry, Event, Fault, Link, RefName, Side, Transition, Vouched};

/// A key that the target has no more still counts for what was signed before later entries of other people who are valid
/// today, if the target as they saw it had the key when they signed, and it was not revoked since. What an engineer alone
/// may sign only an engineer vouches for: who wrote a package could otherwise bring an approval about with an engineer's old
/// key. Whoever vouches could have signed it with the old key themselves, and so counts as one of its signers.
///
/// What somebody saw is the tip that their own signature names as such, never the commit that their entry is over: a remark
/// about an old package is over an old base. An entry that does not name one vouches for nothing; nor does one that saw
/// less of the target than an entry before it.
///
/// Gives the people of the earlier rosters by which something is covered, or whose entries are pinned here: they are to be
/// told from those of today.
pub(super) fn cover(
    trust: &Trust<'_>,
    keys: &mut Keys<'_, '_>,
    links: &[Link],
    entries: &mut [Entry],
) -> Persons {
    let mut former = Persons::default();
    if !entries.iter().any(|entry| lapsed(entry).is_some() || pinned(entry).is_some()) {
        return former;
    }
    let pasts = Pasts::of(trust, entries);
    for (at, (entry, link)) in entries.iter_mut().zip(links).enumerate() {
        if let Some(event) = pinned(entry) {
            let then = pasts.iter().filter(|past| past.has(event));
            then.for_each(|past| former.add(&past.roster.people));
        }
        let (Some(event), Ok(signed)) = (lapsed(entry), &link.content) else { continue };
        let mut by = BTreeSet::new();
        let mut key = None;
        for past in &pasts {
            let vouching: Vec<&Name> = past.vouching(event, at).collect();
            if vouching.is_empty() {
                continue;
            }
            if let Ok(good) = vouch(keys, &past.roster, event, signed) {
                by.extend(vouching.into_iter().cloned());
                key = Some(good);
                former.add(&past.roster.people);
            }
        }
        if key.is_some() {
            entry.standing = Ok(Vouched::Covered(by.into_iter().collect()));
            entry.key = key;
        }
    }
    former
}

/// An event whose fault is its signer's, not its own.
fn lapsed(entry: &Entry) -> Option<&Event> {
    let by_person = matches!(
        entry.standing,
        Err(Fault::Signature(_)
            | Fault::UnknownPerson(_)
            | Fault::OtherRole { .. }
            | Fault::OtherPerson { .. })
    );
    entry.event.as_ref().filter(|_| by_person)
}

fn pinned(entry: &Entry) -> Option<&Event> {
    entry.event.as_ref().filter(|_| entry.standing == Ok(Vouched::Pinned))
}

/// A target as it was when somebody signed. Whatever is the same in it is looked at once.
struct Past {
    roster: Roster,
    /// Of then and of today.
    persons: Persons,
    /// Who has signed when this was the target's tip, being valid today, and whether they went on from an approval → the last
    /// of their entries.
    signed: BTreeMap<(Name, Side, bool), usize>,
}

impl Past {
    fn has(&self, event: &Event) -> bool {
        event.target.name == self.roster.target && self.roster.people.contains_key(&event.person)
    }

    fn vouching<'p>(&'p self, event: &'p Event, at: usize) -> impl Iterator<Item = &'p Name> {
        let about = event.target.name == self.roster.target;
        let approval = matches!(event.transition, Transition::Approved(_));
        let may = move |(person, side, went_on): &(Name, Side, bool)| {
            (Side::of(event.role) == Side::Analyst || *side == Side::Engineer)
                && (*went_on || !approval)
                && !self.persons.same(person, &event.person)
        };
        let later = self.signed.iter().filter(move |(by, last)| about && **last > at && may(by));
        later.map(|((person, ..), _)| person)
    }
}

/// Whether somebody signs this because of what was approved: whoever says something about a package has not looked at who
/// approved it.
fn goes_on(transition: &Transition) -> bool {
    match transition {
        Transition::Opened(_)
        | Transition::Agreed(_)
        | Transition::Recorded(_)
        | Transition::Sealed(_)
        | Transition::Requested(_)
        | Transition::Said(_)
        | Transition::Abandoned(_) => false,
        Transition::Approved(_)
        | Transition::Promoted(_)
        | Transition::StageRan(_)
        | Transition::StageVerified(_)
        | Transition::Armed(_)
        | Transition::Executed(_)
        | Transition::Monitoring(_)
        | Transition::CoOwned(_)
        | Transition::RolledBack(_) => true,
    }
}

struct Pasts<'a> {
    trust: &'a Trust<'a>,
    lines: BTreeMap<RefName, Line<'a>>,
    /// The latest tip of each target that an entry so far has seen.
    latest: BTreeMap<RefName, CommitId>,
    found: Vec<Past>,
}

impl<'a> Pasts<'a> {
    fn of(trust: &'a Trust<'a>, entries: &[Entry]) -> Vec<Past> {
        let (lines, latest) = (BTreeMap::new(), BTreeMap::new());
        let mut pasts = Self { trust, lines, latest, found: Vec::new() };
        let mut known: BTreeMap<(&RefName, &CommitId), Option<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let (Ok(vouched), Some(event)) = (&entry.standing, &entry.event) else { continue };
            let target = &event.target.name;
            // By this alone people are told apart, no more.
            known.entry((target, &event.target.tip)).or_insert_with(|| pasts.find(target, &event.target.tip));
            let Some(tip) = &event.seen else { continue };
            let past = *known.entry((target, tip)).or_insert_with(|| pasts.find(target, tip));
            let Some(past) = past.filter(|_| *vouched == Vouched::Now && pasts.goes_on_to(target, tip))
            else {
                continue;
            };
            if let Some(past) = pasts.found.get_mut(past) {
                let by = (event.person.clone(), Side::of(event.role), goes_on(&event.transition));
                past.signed.insert(by, at);
            }
        }
        pasts.found
    }

    /// Whether that is no earlier than what was seen of the target before. Where that cannot be told it is taken for
    /// earlier.
    fn goes_on_to(&mut self, target: &RefName, tip: &CommitId) -> bool {
        let goes_on = match self.latest.get(target) {
            Some(latest) => latest == tip || self.trust.repository.is_ancestor(latest, tip) == Ok(true),
            None => true,
        };
        if goes_on {
            self.latest.insert(target.clone(), tip.clone());
        }
        goes_on
    }

    /// As the target was at that commit, if it ever was at it.
    fn find(&mut self, target: &RefName, tip: &CommitId) -> Option<usize> {
        let today = self.trust.rosters.iter().find(|roster| roster.target == *target)?;
        let repository = self.trust.repository;
        let line = self.lines.entry(target.clone()).or_insert_with(|| Line::of(repository, &today.tip));
        line.has(tip).ok().filter(|has| *has)?;
        let old = (self.trust.earlier)(today, tip).ok()?;
        let revoked = join(&old.signers.revoked, &today.signers.revoked);
        // Where it was read is of no account.
        let (target, tip) = (today.target.clone(), today.tip.clone());
        let signers = Signers { allowed: old.signers.allowed, revoked };
        let roster = Roster { target, tip, people: old.people, signers };
        let same = self.found.iter().position(|past| past.roster == roster);
        Some(same.unwrap_or_else(|| {
            let mut persons = Persons::of(&today.people);
            persons.add(&roster.people);
            self.found.push(Past { roster, persons, signed: BTreeMap::new() });
            self.found.len() - 1
        }))
    }
}

/// The lines of both.
fn join(old: &str, today: &str) -> String {
    let gone: Vec<&str> = old.lines().filter(|line| !today.lines().any(|one| one == *line)).collect();
    match gone.is_empty() {
        true => today.to_owned(),
        false => format!("{today}\n{}\n", gone.join("\n")),
    }
}
