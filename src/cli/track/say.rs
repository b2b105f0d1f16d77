use jiff::Timestamp;

use super::desk::Desk;
use super::look::Looked;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::cli::report::Patience;
use crate::domain::text::safe;
use crate::domain::track::{
    BRING_AGAIN, CommitId, Event, Fault, LedgerState, RefName, Side, Target, TrackId, Transition, TreeId,
};
use crate::domain::{Digest, Name, Person};
use crate::git::{Lease, Pushed, RemoteTrack, TrackRefs, Update};
use crate::review::{Ledger as _, Roster, record, refusal};

/// What somebody says next in a ledger.
pub struct Draft {
    pub transition: Transition,
    pub head: CommitId,
    pub merge_tree: Option<TreeId>,
    /// The target's commit that it is said over.
    pub base: CommitId,
    pub package: Option<Digest>,
    pub expires: Option<Timestamp>,
    /// Names below `evidence/`, and contents.
    pub evidence: Vec<(String, Vec<u8>)>,
    /// Refs that move along with the ledger, or it does not move either.
    pub along: Vec<Update>,
}

impl Draft {
    /// Over the same as another entry, so that both are signed alike.
    pub fn like(event: &Event, transition: Transition) -> Self {
        Self {
            transition,
            head: event.head.clone(),
            merge_tree: event.merge_tree.clone(),
            base: event.target.tip.clone(),
            package: event.package.clone(),
            expires: event.expires,
            evidence: Vec::new(),
            along: Vec::new(),
        }
    }
}

/// A track that nobody has opened yet has no ledger.
pub enum On<'a> {
    New,
    Known(&'a Looked),
}

/// Why nothing was said.
pub struct Unsaid {
    pub error: Box<UserError>,
    /// The ref that the remote's rules, or a hook, would not have moved; the target, where it went down with the ledger.
    pub refused: Option<RefName>,
}

impl From<UserError> for Unsaid {
    fn from(error: UserError) -> Self {
        Self { error: Box::new(error), refused: None }
    }
}

impl From<Unsaid> for UserError {
    fn from(unsaid: Unsaid) -> Self {
        *unsaid.error
    }
}

/// How often what has moved may turn out not to have: locks that others hold look so for a moment.
const UNMOVED: u8 = 3;

/// How often it is tried again where somebody else was faster.
const TRIES: usize = 5;

impl Desk {
    /// Signs what `draft` makes of the track as it is now, and pushes it. Where somebody else was faster, their entry is
    /// fetched, and `draft` is asked anew: what it was about may not be so any more.
    ///
    /// # Errors
    /// Where it would not count, nothing is signed; where the remote does not take it, nothing has happened.
    pub fn say(
        &self,
        id: &TrackId,
        mut draft: impl FnMut(&Self, On<'_>, &Roster) -> Result<Draft, UserError>,
    ) -> Result<Looked, Unsaid> {
        // Of two commands of one clone the second would find its ref moved by the first, again and again.
        let _turn =
            self.repository.say_in_turn(|| Patience::start("waiting for another command of this clone"));
        let mut moved = None;
        // What was told to have moved, and had not: once it may be about to.
        let mut unmoved = 0;
        for _ in 0..TRIES {
            let roster = self.roster()?;
            let (who, person) = self.person(&roster)?;
            let before = self.find_here(id)?;
            let looked = before.map(|kept| self.look(id, kept, &roster)).transpose()?;
            let said = draft(self, looked.as_ref().map_or(On::New, On::Known), &roster)?;
            let event = self.event(id, &said, looked.as_ref(), (&who, &person), &roster.tip);
            self.refuse(looked.as_ref(), &event, &said.along, &roster)?;
            let kept = looked.as_ref().map(|looked| &looked.kept);
            let entry = record(&self.git(), &self.keys, &event, &said.evidence)
                .map_err(|error| of_review(&error).to_do("greenroom doctor tells what signing needs"))?;
            self.counts(id, &entry, &roster)?;
            match self.push(id, kept, &entry, &said.along)? {
                Ok(kept) => return Ok(self.look(id, kept, &self.roster()?)?),
                Err(name) => {
                    self.is_not_behind(&name, &said.along)?;
                    let before = self.leased(looked.as_ref(), &name, &said.along)?;
                    self.fetch_all(id)?;
                    unmoved += u8::from(self.tip_of(id, &name)? == before);
                    if unmoved == UNMOVED {
                        return Err(self.unmovable(&name).into());
                    }
                    moved = Some(name);
                }
            }
        }
        let name = moved.map(|name| name.to_string()).unwrap_or_default();
        let error =
            UserError::not_ready(format!("{} was moved by others {TRIES} times in a row", safe(&name)));
        Err(error.to_do("nothing of it was written: try again").into())
    }

    /// Where a ref was taken to be that was to be moved. Not what is known of it now: another command of this clone may have
    /// moved it, and noted that down.
    fn leased(
        &self,
        looked: Option<&Looked>,
        name: &RefName,
        along: &[Update],
    ) -> Result<Option<CommitId>, UserError> {
        match along.iter().find(|update| update.remote_ref == *name).map(|update| &update.lease) {
            Some(Lease::At(tip)) => Ok(Some(tip.clone())),
            Some(Lease::New) => Ok(None),
            Some(Lease::FastForward) => self.tip_there(name),
            None => Ok(looked.map(|looked| looked.kept.tip.clone())),
        }
    }

    /// Somebody has pushed to the person's own branch: that is not mended by trying again.
    fn is_not_behind(&self, moved: &RefName, along: &[Update]) -> Result<(), UserError> {
        let own = |update: &&Update| update.remote_ref == *moved && *moved != self.target;
        along.iter().find(own).map_or(Ok(()), |update| Err(self.behind(&update.remote_ref)))
    }

    /// What the last fetch brought of a ref that was to be moved.
    fn tip_of(&self, id: &TrackId, name: &RefName) -> Result<Option<CommitId>, UserError> {
        match is_ledger(name) {
            true => Ok(self.find_here(id)?.map(|kept| kept.tip)),
            false => self.tip_there(name),
        }
    }

    fn unmovable(&self, name: &RefName) -> UserError {
        let (name, remote) = (safe(name.as_str()).into_owned(), &self.remote);
        UserError::not_ready(format!("{remote} does not let {name} be moved"))
            .because(
                "it says that somebody else has moved it, and nobody has: it hides it from whoever pushes",
            )
            .to_do(format!(
                "ask who runs {remote} to take it out of receive.hideRefs, or whatever protects it"
            ))
            .to_do("nothing of it has landed")
    }

    fn find_here(&self, id: &TrackId) -> Result<Option<RemoteTrack>, UserError> {
        Ok(self.ledgers()?.into_iter().find(|(known, _)| known == id).map(|(_, kept)| kept))
    }

    /// The ledgers, and the branch of the track's package.
    fn fetch_all(&self, id: &TrackId) -> Result<(), UserError> {
        self.fetch(&[])?;
        let branches = self.find_here(id)?.map(|kept| self.branches(id, &kept)).transpose()?;
        match branches {
            Some(branches) if !branches.is_empty() => self.fetch(&branches),
            _ => Ok(()),
        }
    }

    fn event(
        &self,
        id: &TrackId,
        said: &Draft,
        looked: Option<&Looked>,
        (who, person): (&Name, &Person),
        tip: &CommitId,
    ) -> Event {
        Event {
            track: id.clone(),
            transition: said.transition.clone(),
            person: who.clone(),
            role: person.role,
            at: Timestamp::now(),
            expires: said.expires,
            previous: looked.map(|looked| looked.kept.tip.clone()),
            target: Target { name: self.target.clone(), tip: said.base.clone() },
            seen: Some(tip.clone()),
            head: said.head.clone(),
            merge_tree: said.merge_tree.clone(),
            package: said.package.clone(),
        }
    }

    /// What would not count is not signed.
    fn refuse(
        &self,
        looked: Option<&Looked>,
        event: &Event,
        along: &[Update],
        roster: &Roster,
    ) -> Result<(), UserError> {
        let what = event.transition.title();
        let fault = match looked {
            Some(looked) => {
                // What it says of commits is looked up as if it were written, and the target moved, already.
                let moved = along.iter().find(|update| update.remote_ref == self.target);
                let tip = moved.map_or(&roster.tip, |update| &update.local);
                let known = self.circumstances(&looked.checked.entries_and(event), roster, tip)?;
                refusal(&looked.checked, &known, event)
            }
            None => {
                let side = event.transition.side().filter(|side| *side != Side::of(event.role));
                side.map(|needs| Fault::OtherSide { what, needs, person: event.person.clone() })
            }
        };
        let rewritten = looked.is_some_and(|looked| looked.checked.state != LedgerState::Intact);
        let Some(fault) = fault else { return Ok(()) };
        let error = match &fault {
            Fault::Promoted | Fault::TakenBack(_) => UserError::wrong(fault.to_string()),
            _ => UserError::wrong(format!("your {what} would not count")).because(fault.to_string()),
        };
        Err(match &fault {
            Fault::Parted(parted) => parted.to_do().into_iter().fold(error, UserError::to_do),
            _ if rewritten => {
                error.to_do("ask who rewrote the ledger; greenroom track show tells what is gone")
            }
            Fault::AfterRequest | Fault::Checks(_) => {
                error.to_do("mend it, commit, and seal it again, without --once: greenroom package")
            }
            Fault::Promoted => error.to_do(format!(
                "what has to change is another track: greenroom track open {}",
                event.track.workflow()
            )),
            Fault::TakenBack(_) => error.to_do(BRING_AGAIN),
            Fault::Outdated(_) => error.to_do(format!(
                "have the branch packaged again, with `{0}` in it: git merge {1}/{0}, run it, and greenroom package",
                safe(self.target.short()),
                self.remote
            )),
            Fault::OwnWork { .. } => error.to_do("ask an engineer who has no hand in it"),
            Fault::OtherSide { needs, .. } => {
                let able: Vec<&str> = roster
                    .people
                    .iter()
                    .filter(|(_, person)| Side::of(person.role) == *needs)
                    .map(|(name, _)| name.as_str())
                    .collect();
                error.to_do(format!("ask one who is: {}", able.join(", ")))
            }
            _ => error.to_do("greenroom track show tells how it stands"),
        })
    }

    /// What was signed by a key that is not this person's would be shown to everybody as invalid, for ever.
    fn counts(&self, id: &TrackId, entry: &CommitId, roster: &Roster) -> Result<(), UserError> {
        let links = self.git().links(entry).map_err(|error| of_review(&error.into()))?;
        let mut seen = self.memory.read(id)?;
        let checked = self.verify(id, &links, roster, &mut seen);
        match checked.entries.into_iter().next_back().map(|entry| entry.standing) {
            Some(Err(fault)) => {
                let error = UserError::not_ready("your signature would not count").because(fault.to_string());
                let me = self.person(roster).ok().map(|(name, _)| name);
                let mut owners = self.owners_of_key(roster);
                owners.retain(|owner| Some(owner) != me.as_ref());
                if !owners.is_empty() {
                    let owners = owners.iter().map(Name::as_str).collect::<Vec<_>>().join(" and ");
                    let target = safe(self.target.short());
                    return Err(error
                        .because(format!("on `{target}` the key that git signs with here is of {owners}"))
                        .to_do("git config user.signingKey KEY, with a key of your own")
                        .to_do(format!("or git config user.email, if you are {owners}")));
                }
                Err(error.to_do(format!("your key has to be in .greenroom-signers on {}", self.target.short()))
                .to_do("greenroom track setup --role ROLE writes it down, to be brought there, and an engineer signs for it: greenroom track vouch"))
            }
            _ => Ok(()),
        }
    }

    fn push(
        &self,
        id: &TrackId,
        kept: Option<&RemoteTrack>,
        entry: &CommitId,
        along: &[Update],
    ) -> Result<Result<RemoteTrack, RefName>, Unsaid> {
        let known = self.repository.track_refs().map_err(|error| of_git(&error))?;
        let refs = kept.map(|kept| kept.kept).or(known).unwrap_or(TrackRefs::Custom);
        let lease = kept.map_or(Lease::New, |kept| Lease::At(kept.tip.clone()));
        let pushed = self.push_as(refs, id, lease.clone(), entry, along)?;
        let other = TrackRefs::Branches;
        let (refs, pushed) = match pushed {
            Pushed::RefsRefused { .. } if kept.is_none() => {
                (other, self.push_as(other, id, lease, entry, along)?)
            }
            // It took such refs once: the ledger goes on as a branch, with all that it was.
            Pushed::Refused { remote_ref: Some(name), said, landed }
                if refs == TrackRefs::Custom && is_ledger(&name) && landed.is_empty() =>
            {
                let lease = kept.and_then(|kept| kept.other.clone()).map_or(Lease::New, Lease::At);
                match self.push_as(other, id, lease, entry, along)? {
                    Pushed::Done => (other, Pushed::Done),
                    _ => (refs, Pushed::Refused { remote_ref: Some(name), said, landed }),
                }
            }
            pushed => (refs, pushed),
        };
        if let Some(moved) = self.outcome(pushed, along)? {
            return Ok(Err(moved));
        }
        let kept =
            RemoteTrack { id: id.to_string(), tip: entry.clone(), kept: refs, other: None, parted: None };
        self.note(&kept, along);
        Ok(Ok(kept))
    }

    fn push_as(
        &self,
        refs: TrackRefs,
        id: &TrackId,
        lease: Lease,
        entry: &CommitId,
        along: &[Update],
    ) -> Result<Pushed, UserError> {
        let remote_ref = refs.name(id.as_str()).map_err(|error| UserError::wrong(error.to_string()))?;
        let mut updates = along.to_vec();
        updates.push(Update { local: entry.clone(), remote_ref, lease });
        self.repository.push(&self.remote, &updates).map_err(|error| of_git(&error))
    }

    /// None: it has landed. Some: that ref has moved.
    fn outcome(&self, pushed: Pushed, along: &[Update]) -> Result<Option<RefName>, Unsaid> {
        let remote = &self.remote;
        let mut refused = None;
        let (error, landed) = match pushed {
            Pushed::Done => return Ok(None),
            Pushed::Moved { remote_ref, landed } if landed.is_empty() => return Ok(Some(remote_ref)),
            Pushed::Moved { remote_ref, landed } => {
                let name = safe(remote_ref.as_str()).into_owned();
                (UserError::not_ready(format!("{name} has moved on {remote} meanwhile")), landed)
            }
            Pushed::Refused { remote_ref, said, landed } => {
                let ledger = remote_ref.as_ref().is_some_and(is_ledger);
                // What looks at all refs together refuses all of them, whichever it guards; a target it is most often.
                let both = ledger && along.iter().any(|update| update.remote_ref == self.target);
                let what = match &remote_ref {
                    Some(_) if both => {
                        format!("{remote} refuses to move {}, and the ledger with it", safe(self.target.short()))
                    }
                    Some(name) => format!("{remote} refuses to move {}", safe(name.short())),
                    None => format!("the push to {remote} was refused"),
                };
                refused = if both { Some(self.target.clone()) } else { remote_ref };
                let error = UserError::not_ready(what).because(said);
                let asks = format!("ask who runs {remote} to let ledgers be gone on with: {}", TrackRefs::ALL.map(|refs| refs.prefix().to_owned() + "*").join(" and "));
                let error = match ledger {
                    true if both => error.to_do(format!("or, where it is the ledger that it guards, {asks}")),
                    true => error.to_do(asks),
                    false => error,
                };
                (error, landed)
            }
            Pushed::RefsRefused { said, landed } => (
                UserError::not_ready(format!("{remote} takes no ledger, as a ref of its own or as a branch"))
                    .because(said)
                    .to_do("ask who runs it to allow refs/greenroom/*, or branches below _greenroom/"),
                landed,
            ),
            Pushed::NotAtomic => (
                UserError::not_ready(format!("{remote} takes no atomic pushes"))
                    .because("branch and ledger are moved together, or neither is")
                    .to_do("ask who runs it to allow them: git config receive.advertiseAtomic true, where it is git"),
                Vec::new(),
            ),
            Pushed::Unreachable { said } => {
                let error = UserError::not_ready(format!("{remote} gave no answer that counts"));
                return Err(error
                    .because(said)
                    .to_do("whether it has landed, the same command tells once it can be reached")
                    .into());
            }
        };
        let error = match landed.is_empty() {
            true => error.to_do("nothing of it has landed"),
            false => {
                let names: Vec<String> = landed.iter().map(|name| safe(name.short()).into_owned()).collect();
                error.to_do(format!(
                    "it has taken {} all the same; the same command goes on from there",
                    names.join(", ")
                ))
            }
        };
        Err(Unsaid { error: Box::new(error), refused })
    }

    /// What has landed is known here without another fetch. It has landed: that this cannot be written down fails nothing.
    fn note(&self, kept: &RemoteTrack, along: &[Update]) {
        let ledger = || self.repository.note_ledger(&self.remote, (kept.kept, &kept.id), &kept.tip);
        let branches = || {
            let moved = along.iter().filter(|update| update.remote_ref.branch_name().is_some());
            let mut noted = moved
                .map(|update| self.repository.note_branch(&self.remote, &update.remote_ref, &update.local));
            noted.try_for_each(|noted| noted)
        };
        if let Err(error) = ledger().and_then(|()| branches()) {
            self.warn(&format!(
                "it has landed on {}, and this clone could not note that down: {error}\nThe next fetch tries it again.",
                self.remote
            ));
        }
    }
}

fn is_ledger(name: &RefName) -> bool {
    TrackRefs::ALL.iter().any(|refs| name.as_str().starts_with(refs.prefix()))
}
