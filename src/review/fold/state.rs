use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::Timestamp;

use super::both::Both;
use crate::domain::track::bodies::{Armed, Opened, StageRan};
use crate::domain::track::{
    Approval, CommitId, Event, FailedBefore, Fault, InvalidEntry, Promotion, Remark, SealedPackage, Side,
    TrackStep, Transition,
};
use crate::domain::{Name, Person};
use crate::review::{Circumstances, Persons};

/// Something that was done at a time by somebody.
#[derive(Clone, Debug)]
pub(super) struct Done<T> {
    pub what: T,
    pub by: Name,
    pub at: Timestamp,
}

/// An entry that is rightly signed, as it is taken.
pub(super) struct Taken<'e> {
    pub entry: &'e CommitId,
    pub event: &'e Event,
    /// Who vouches for it, where its own key counts no more.
    pub vouchers: &'e [Name],
    /// Those of today.
    pub people: &'e IndexMap<Name, Person>,
    /// When it counts as done: what it says, but never before what it follows.
    pub at: Timestamp,
}

impl Taken<'_> {
    /// Those who vouch for it and are of this side: one side alone must not sign for both. None, where it needs nobody.
    pub(super) fn vouchers_of(&self, side: Side) -> Result<Vec<Name>, Fault> {
        let of_side =
            |name: &&Name| self.people.get(*name).is_some_and(|person| Side::of(person.role) == side);
        let vouchers: Vec<Name> = self.vouchers.iter().filter(of_side).cloned().collect();
        match vouchers.is_empty() && !self.vouchers.is_empty() {
            true => Err(Fault::OtherVoucher { person: self.event.person.clone(), side }),
            false => Ok(vouchers),
        }
    }
}

/// What the entries so far come to.
pub(super) struct State<'a> {
    pub known: &'a Circumstances,
    /// Of today, and of earlier rosters by which an entry counts.
    pub persons: Persons,
    /// The latest that an entry so far tells of.
    pub latest: Option<Timestamp>,
    pub design: Option<Done<(CommitId, Opened)>>,
    pub agreed: Both,
    /// The head and base of the newest local run of a clean tree.
    pub run: Option<Done<(CommitId, CommitId)>>,
    pub package: Option<SealedPackage>,
    /// Heads of packages that changes were requested for, ever: another run of the same commit changes nothing.
    pub requested: BTreeSet<CommitId>,
    /// Checks that failed when they were last made, for whichever package: to leave one out makes it no greener, nor does a
    /// commit that says nothing of it.
    pub failed: BTreeMap<String, FailedBefore>,
    /// As it was given; how it stands is found at the end.
    pub approval: Option<Approval>,
    /// It would stand, had it not been given for a time only.
    pub ran_out: bool,
    pub promotion: Option<Promotion>,
    /// Why there is none any more, found at the end too.
    pub taken_back: Option<String>,
    pub stage_run: Option<Done<StageRan>>,
    pub verified: Both,
    pub armed: Both,
    pub release: Option<Armed>,
    pub executed: Option<Done<()>>,
    pub rolled_back: Option<Done<String>>,
    pub monitoring: Option<Done<()>>,
    pub co_owned: Both,
    /// Done by one alone, and whether the other side has signed it: `rolled_back`, `abandoned`.
    pub hasty: BTreeMap<&'static str, Both>,
    pub abandoned: Option<Done<String>>,
    pub remarks: Vec<Remark>,
    pub unknown: Vec<String>,
    pub invalid: Vec<InvalidEntry>,
    /// By entries that are rightly signed, of steps about which nothing that counts was said since.
    pub last_refused: BTreeMap<TrackStep, Fault>,
}

impl<'a> State<'a> {
    pub(super) fn new(known: &'a Circumstances, former: &Persons) -> Self {
        let mut persons = Persons::of(&known.people);
        persons.join(former);
        Self {
            known,
            persons,
            latest: None,
            design: None,
            agreed: Both::default(),
            run: None,
            package: None,
            requested: BTreeSet::new(),
            failed: BTreeMap::new(),
            approval: None,
            ran_out: false,
            promotion: None,
            taken_back: None,
            stage_run: None,
            verified: Both::default(),
            armed: Both::default(),
            release: None,
            executed: None,
            rolled_back: None,
            monitoring: None,
            co_owned: Both::default(),
            hasty: BTreeMap::new(),
            abandoned: None,
            remarks: Vec::new(),
            unknown: Vec::new(),
            invalid: Vec::new(),
            last_refused: BTreeMap::new(),
        }
    }

    /// Goes on by an entry that is rightly signed, or says why it may not be; then nothing has changed.
    pub(super) fn take(&mut self, entry: &CommitId, event: &Event, vouchers: &[Name]) -> Result<(), Fault> {
        let at = self.latest.map_or(event.at, |latest| latest.max(event.at));
        self.latest = Some(at);
        let known = self.known;
        let taken = Taken { entry, event, vouchers, people: &known.people, at };
        let what = event.transition.title();
        if event.expires.is_some_and(|end| end <= at) {
            return Err(Fault::Expired);
        }
        if let Some(side) = event.transition.side().filter(|side| *side != Side::of(event.role)) {
            return Err(Fault::OtherSide { what, needs: side, person: event.person.clone() });
        }
        let opens = matches!(event.transition, Transition::Opened(_));
        match &self.design {
            None if !opens => return Err(early(event, "nobody has opened the track")),
            Some(_) if opens => return Err(Fault::AlreadyOpen),
            _ => {}
        }
        let after_the_end = matches!(event.transition, Transition::Said(_) | Transition::Abandoned(_));
        if self.abandoned.is_some() && !after_the_end {
            return Err(Fault::Ended);
        }
        self.step(&taken)?;
        if let Some(step) = event.transition.step() {
            self.last_refused.remove(&step);
        }
        Ok(())
    }

    fn step(&mut self, taken: &Taken<'_>) -> Result<(), Fault> {
        let (entry, event) = (taken.entry, taken.event);
        match &event.transition {
            Transition::Opened(body) => {
                self.design = Some(done(event, (entry.clone(), body.clone())));
            }
            Transition::Agreed(body) => {
                let design = self.design.as_ref().map(|design| design.what.0.clone());
                if design.as_ref() != Some(&body.design) {
                    return Err(Fault::Inconsistent(
                        "it agrees to a design that this track has not".to_owned(),
                    ));
                }
                if self.agreed.complete() {
                    return Err(Fault::Repeated);
                }
                self.agreed.sign(taken, &self.persons)?;
            }
            Transition::Recorded(body) => {
                if !body.clean {
                    let why = "the run was of files that the commit has not".to_owned();
                    return Err(Fault::Inconsistent(why));
                }
                self.run = Some(done(event, (event.head.clone(), event.target.tip.clone())));
            }
            Transition::Sealed(sealing) => self.seal(taken, &sealing.manifest)?,
            Transition::Approved(body) => self.approve(taken, &body.note)?,
            Transition::Requested(body) => self.request(taken, &body.reason)?,
            Transition::Said(body) => self.say(taken, body)?,
            Transition::Promoted(body) => self.promote(taken, body)?,
            Transition::StageRan(body) => self.ran_in_stage(taken, body)?,
            Transition::StageVerified(body) => self.verify_stage(taken, &body.run)?,
            Transition::Armed(body) => self.arm(taken, body)?,
            Transition::Executed(body) => self.release(taken, body)?,
            Transition::Monitoring(body) => self.monitor(taken, body)?,
            Transition::CoOwned(body) => self.co_own(taken, body)?,
            Transition::RolledBack(body) => self.roll_back(taken, &body.reason)?,
            Transition::Abandoned(body) => {
                let both = self.hasty.entry("abandoned").or_default();
                if self.abandoned.is_some() && !both.goes_on(event)? {
                    return Err(Fault::Ended);
                }
                both.sign(taken, &self.persons)?;
                self.abandoned.get_or_insert_with(|| done(event, body.reason.clone()));
            }
        }
        Ok(())
    }
}

pub(super) fn done<T>(event: &Event, what: T) -> Done<T> {
    Done { what, by: event.person.clone(), at: event.at }
}

pub(super) fn early(event: &Event, missing: &'static str) -> Fault {
    Fault::TooEarly { what: event.transition.title(), missing }
}
