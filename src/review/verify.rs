use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::keys::Keys;
use super::roster::same_person;
use super::{Repository, Roster, Signatures, decode};
use crate::domain::Name;
use crate::domain::track::{
    CommitId, Entry, Event, Fault, LedgerState, Link, Seen, Side, Signed, TrackId, Vouched,
};

/// How far two people's clocks may be apart.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// What verification goes by.
pub struct Trust<'a> {
    pub track: &'a TrackId,
    /// One for each branch that a track may lead to, at its present tip.
    pub rosters: &'a [Roster],
    /// The roster of a target at an earlier commit of it.
    pub earlier: &'a dyn Fn(&Roster, &CommitId) -> Result<Roster, String>,
    pub signatures: &'a dyn Signatures,
    pub repository: &'a dyn Repository,
    pub now: Timestamp,
}

/// A ledger whose every link has been looked at, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub entries: Vec<Entry>,
    pub state: LedgerState,
}

/// Tells which links count as what somebody has signed; whether they may do what they say is the fold's to tell. Nothing is
/// dropped. Of `seen` only the known signatures grow.
pub fn verify(links: &[Link], trust: &Trust<'_>, seen: &mut Seen) -> Checked {
    let state = match &seen.tip {
        Some(tip) if !links.iter().any(|link| link.commit == *tip) => {
            LedgerState::Rewritten { seen: tip.clone() }
        }
        _ => LedgerState::Intact,
    };
    let mut look = Look { trust, keys: Keys::new(trust.signatures, &mut seen.signatures), latest: None };
    let mut entries: Vec<Entry> = links.iter().map(|link| look.entry(link, &seen.events)).collect();
    look.cover(links, &mut entries);
    Checked { entries, state }
}

struct Look<'a, 's> {
    trust: &'a Trust<'a>,
    keys: Keys<'a, 's>,
    /// Of the entries so far that count.
    latest: Option<Timestamp>,
}

impl<'a> Look<'a, '_> {
    fn entry(&mut self, link: &Link, pinned: &BTreeSet<CommitId>) -> Entry {
        let mut entry = Entry {
            commit: link.commit.clone(),
            event: None,
            unknown: Vec::new(),
            key: None,
            standing: Ok(Vouched::Now),
        };
        let signed = match &link.content {
            Ok(signed) => signed,
            Err(why) => return Entry { standing: Err(Fault::Malformed(why.clone())), ..entry },
        };
        let event = match decode(&signed.statement) {
            Ok(decoded) => {
                entry.unknown = decoded.unknown;
                decoded.event
            }
            Err(fault) => return Entry { standing: Err(fault), ..entry },
        };
        entry.standing = self.in_place(&event, link).and_then(|roster| {
            self.in_time(&event)?;
            match vouch(&mut self.keys, roster, &event, signed) {
                Ok(key) => {
                    entry.key = Some(key);
                    Ok(Vouched::Now)
                }
                Err(_) if pinned.contains(&link.commit) => {
                    entry.key = self.keys.known(signed);
                    Ok(Vouched::Pinned)
                }
                Err(fault) => Err(fault),
            }
        });
        if entry.standing.is_ok() {
            self.latest = self.latest.max(Some(event.at));
        }
        entry.event = Some(event);
        entry
    }

    /// It was signed for this place of this ledger, and for a target that counts.
    fn in_place(&self, event: &Event, link: &Link) -> Result<&'a Roster, Fault> {
        if event.track != *self.trust.track {
            return Err(Fault::OtherTrack(event.track.clone()));
        }
        if event.previous != link.parent {
            let name = |id: &Option<CommitId>| match id {
                Some(id) => id.short().to_owned(),
                None => "nothing".to_owned(),
            };
            return Err(Fault::OutOfPlace { signed: name(&event.previous), found: name(&link.parent) });
        }
        let roster = self.trust.rosters.iter().find(|roster| roster.target == event.target.name);
        roster.ok_or_else(|| Fault::OtherTarget(event.target.name.clone()))
    }

    fn in_time(&self, event: &Event) -> Result<(), Fault> {
        if event.at > later(self.trust.now) {
            return Err(Fault::Future);
        }
        if self.latest.is_some_and(|latest| later(event.at) < latest) {
            return Err(Fault::Backdated);
        }
        if event.expires.is_some_and(|end| end <= event.at) {
            return Err(Fault::Expired);
        }
        Ok(())
    }

    /// A key that is the target's no more still counts for what was signed before a later entry of another person who is
    /// valid today, if the target had it when that person signed. What an engineer alone may sign only an engineer vouches
    /// for: who wrote a package could otherwise bring an approval about with an engineer's old key.
    fn cover(&mut self, links: &[Link], entries: &mut [Entry]) {
        let rosters: RefCell<BTreeMap<CommitId, Option<Roster>>> = RefCell::default();
        for at in 0..entries.len() {
            let (Some(event), Err(fault)) = (&entries[at].event, &entries[at].standing) else { continue };
            let (true, Ok(signed)) = (by_person(fault), &links[at].content) else { continue };
            let covered = entries[at + 1..]
                .iter()
                .filter(|entry| entry.standing == Ok(Vouched::Now))
                .find_map(|entry| {
                    let later = entry.valid().filter(|later| self.may_cover(event, later))?;
                    let mut rosters = rosters.borrow_mut();
                    let old = rosters.entry(later.target.tip.clone()).or_insert_with(|| self.earlier(later));
                    let key = vouch(&mut self.keys, old.as_ref()?, event, signed).ok()?;
                    Some((later.person.clone(), key))
                });
            if let Some((person, key)) = covered {
                entries[at].standing = Ok(Vouched::Covered(person));
                entries[at].key = Some(key);
            }
        }
    }

    fn may_cover(&self, event: &Event, later: &Event) -> bool {
        let people = self.trust.rosters.iter().find(|roster| roster.target == later.target.name);
        let other = people.is_some_and(|roster| !same_person(&roster.people, &event.person, &later.person));
        let side = |event: &Event| Side::of(event.role);
        other
            && event.target.name == later.target.name
            && (side(event) == Side::Analyst || side(later) == Side::Engineer)
    }

    /// As the target was when that was signed, if it ever was so.
    fn earlier(&self, later: &Event) -> Option<Roster> {
        let roster = self.trust.rosters.iter().find(|roster| roster.target == later.target.name)?;
        let part = self.trust.repository.is_ancestor(&later.target.tip, &roster.tip);
        part.ok().filter(|part| *part)?;
        (self.trust.earlier)(roster, &later.target.tip).ok()
    }
}

fn later(at: Timestamp) -> Timestamp {
    at.saturating_add(SKEW).unwrap_or(at)
}

/// Faults that are the signer's, not the entry's.
fn by_person(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Signature(_) | Fault::UnknownPerson(_) | Fault::OtherRole { .. } | Fault::OtherPerson { .. }
    )
}

/// The key, if it is that of the person who is said to have signed, and no one else's.
fn vouch(keys: &mut Keys<'_, '_>, roster: &Roster, event: &Event, signed: &Signed) -> Result<String, Fault> {
    let claimed = &event.person;
    let person = roster.people.get(claimed).ok_or_else(|| Fault::UnknownPerson(claimed.clone()))?;
    if person.role != event.role {
        return Err(Fault::OtherRole { person: claimed.clone(), claimed: event.role, is: person.role });
    }
    let verified = keys.verify(roster, signed).map_err(Fault::Signature)?;
    let persons: BTreeSet<&Name> = verified
        .principals
        .iter()
        .flat_map(|listed| listed.split(','))
        .flat_map(|one| roster.persons(one))
        .collect();
    if !persons.contains(claimed) {
        let principals = verified.principals.join(", ");
        return Err(Fault::OtherPerson { claimed: claimed.clone(), principals });
    }
    // People with one address are one person, and so may share a key.
    match persons.iter().all(|person| same_person(&roster.people, person, claimed)) {
        true => Ok(verified.key),
        false => {
            let names: Vec<&str> = persons.iter().map(|name| name.as_str()).collect();
            Err(Fault::SharedKey(names.join(", ")))
        }
    }
}

impl Checked {
    /// To be remembered once the ledger is known to be everybody's: its tip, and which entries counted. A rewritten ledger
    /// is not taken for the known one.
    pub fn remember(&self, seen: &mut Seen) {
        if self.state != LedgerState::Intact {
            return;
        }
        seen.tip = self.entries.last().map(|entry| entry.commit.clone()).or(seen.tip.take());
        let valid = self.entries.iter().filter(|entry| entry.standing.is_ok());
        seen.events.extend(valid.map(|entry| entry.commit.clone()));
    }
}
