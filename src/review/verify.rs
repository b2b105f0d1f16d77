use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::cover::cover;
use super::keys::Keys;
use super::persons::Persons;
use super::{Repository, Roster, Signatures, Unverified, decode};
use crate::domain::Name;
use crate::domain::track::{
    CommitId, Entry, Event, Fault, LedgerState, Link, Seen, Signed, TrackId, Vouched,
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
    /// The people of earlier rosters by which some of the entries count.
    pub former: Persons,
}

/// Tells which links count as what somebody has signed; whether they may do what they say is the fold's to tell. Nothing is
/// dropped. Of `seen` only the known signatures grow.
pub fn verify(links: &[Link], trust: &Trust<'_>, seen: &mut Seen) -> Checked {
    let state = match &seen.tip {
        Some(tip) if links.is_empty() => LedgerState::Gone { seen: tip.clone() },
        Some(tip) if !links.iter().any(|link| link.commit == *tip) => {
            LedgerState::Rewritten { seen: tip.clone() }
        }
        _ => LedgerState::Intact,
    };
    let mut look = Look { trust, keys: Keys::new(trust.signatures, &mut seen.signatures) };
    let mut entries: Vec<Entry> = links.iter().map(|link| look.entry(link, &seen.events)).collect();
    let former = cover(trust, &mut look.keys, links, &mut entries);
    Checked { entries, state, former }
}

struct Look<'a, 's> {
    trust: &'a Trust<'a>,
    keys: Keys<'a, 's>,
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
            if event.at > later(self.trust.now) {
                return Err(Fault::Future);
            }
            match vouch(&mut self.keys, roster, &event, signed) {
                Ok(key) => {
                    entry.key = Some(key);
                    Ok(Vouched::Now)
                }
                // To have seen it here does not outlive that its key was revoked, whatever else is told first.
                Err(_) if self.keys.is_revoked(roster, signed) => Err(Fault::Revoked),
                Err(_) if pinned.contains(&link.commit) => {
                    entry.key = self.keys.known(signed);
                    Ok(Vouched::Pinned)
                }
                Err(fault) => Err(fault),
            }
        });
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
}

fn later(at: Timestamp) -> Timestamp {
    at.saturating_add(SKEW).unwrap_or(at)
}

/// The key, if it is that of the person who is said to have signed, and no one else's.
pub(super) fn vouch(
    keys: &mut Keys<'_, '_>,
    roster: &Roster,
    event: &Event,
    signed: &Signed,
) -> Result<String, Fault> {
    let claimed = &event.person;
    let person = roster.people.get(claimed).ok_or_else(|| Fault::UnknownPerson(claimed.clone()))?;
    if person.role != event.role {
        return Err(Fault::OtherRole { person: claimed.clone(), claimed: event.role, is: person.role });
    }
    let verified = keys.verify(roster, signed).map_err(|why| match why {
        Unverified::Revoked => Fault::Revoked,
        Unverified::Other(why) => Fault::Signature(why),
    })?;
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
    let one = || {
        let humans = Persons::of(&roster.people);
        persons.iter().all(|person| humans.same(person, claimed))
    };
    match persons.len() == 1 || one() {
        true => Ok(verified.key),
        false => {
            let names: Vec<&str> = persons.iter().map(|name| name.as_str()).collect();
            Err(Fault::SharedKey(names.join(", ")))
        }
    }
}

impl Checked {
    /// To be remembered once the ledger is known to be everybody's: its tip, and which entries counted. A rewritten ledger,
    /// or one of two, is not taken for the known one.
    pub fn remember(&self, seen: &mut Seen) {
        if self.state != LedgerState::Intact {
            return;
        }
        seen.tip = self.entries.last().map(|entry| entry.commit.clone()).or(seen.tip.take());
        let valid = self.entries.iter().filter(|entry| entry.standing.is_ok());
        seen.events.extend(valid.map(|entry| entry.commit.clone()));
    }

    /// The entries, and after them an event as if it were signed: what it would need is gathered with these, to be told by
    /// `refusal` whether it would count.
    pub fn entries_and(&self, event: &Event) -> Vec<Entry> {
        let commit = event.previous.clone().unwrap_or_else(|| event.head.clone());
        let standing = Ok(Vouched::Now);
        let next = Entry { commit, event: Some(event.clone()), unknown: Vec::new(), key: None, standing };
        self.entries.iter().cloned().chain([next]).collect()
    }

    /// Goes on with a rewritten ledger, once a person has looked into who rewrote it and why: it is the known one from now
    /// on, and what is no part of it any more is forgotten. Gives how many remembered entries those are. What counts has
    /// to be verified anew then.
    pub fn accept_rewritten(&self, seen: &mut Seen) -> usize {
        let part: BTreeSet<&CommitId> = self.entries.iter().map(|entry| &entry.commit).collect();
        let before = seen.events.len();
        seen.events.retain(|entry| part.contains(entry));
        seen.tip = self.entries.last().map(|entry| entry.commit.clone());
        before - seen.events.len()
    }
}
