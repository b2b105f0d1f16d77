use super::desk::Desk;
use super::look::Looked;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::cli::nearest::nearest;
use crate::cli::report::Patience;
use crate::domain::text::safe;
use crate::domain::track::{Entry, Event, RefName, TrackId, Transition};
use crate::git::RemoteTrack;
use crate::review::{Ledger as _, Roster, decode};

/// Branches that are fetched for one ledger: of its newest entries that are rightly signed and name one.
const BRANCHES: usize = 20;
/// And of those that are not, which may count by a roster that is not known here yet.
const OTHERS: usize = 4;

impl Desk {
    /// Fetches, and looks at the track that a person means.
    pub fn visit(&self, text: &str) -> Result<(TrackId, Looked), UserError> {
        let _patience = Patience::start(&format!("asking {}", self.remote));
        self.fetch(&[])?;
        self.tell_no_ledgers()?;
        let (id, kept) = self.find(text)?;
        self.fetch_branches(std::slice::from_ref(&(id.clone(), kept.clone())))?;
        let looked = self.look(&id, kept, &self.roster()?)?;
        Ok((id, looked))
    }

    /// The same once more. The inner error: the remote did not answer, and may do so later.
    pub fn visit_again(&self, id: &TrackId) -> Result<Result<Looked, UserError>, UserError> {
        if let Err(error) = self.fetch(&[]) {
            return Ok(Err(error));
        }
        let (id, kept) = self.find(id.as_str())?;
        if let Err(error) = self.fetch_branches(std::slice::from_ref(&(id.clone(), kept.clone()))) {
            return Ok(Err(error));
        }
        self.look(&id, kept, &self.roster()?).map(Ok)
    }

    /// Fetches, and looks at all there are, in order of their names.
    pub fn visit_all(&self) -> Result<(Roster, Vec<Looked>), UserError> {
        let _patience = Patience::start(&format!("asking {}", self.remote));
        self.fetch_tracks()?;
        self.look_at_all()
    }

    /// What stands where a ledger should, and is none, would look as if there were nothing.
    fn tell_no_ledgers(&self) -> Result<(), UserError> {
        let remote = &self.remote;
        for name in self.repository.no_ledgers(remote).map_err(|error| of_git(&error))? {
            self.warn(&format!(
                "{remote} has {} that is no ledger: it leads to no commit. Ask who pushed that",
                safe(&name)
            ));
        }
        Ok(())
    }

    /// Brings all ledgers here, with the branches of their packages.
    pub fn fetch_tracks(&self) -> Result<(), UserError> {
        self.fetch(&[])?;
        self.tell_no_ledgers()?;
        self.fetch_branches(&self.ledgers()?)
    }

    /// At all tracks, as they were last fetched; those among them that were there before, and are gone. One that cannot be
    /// looked at is told, and keeps nobody from the others.
    pub fn look_at_all(&self) -> Result<(Roster, Vec<Looked>), UserError> {
        let roster = self.roster()?;
        let looked = self.ledgers()?.into_iter().map(|(id, kept)| {
            let looked = self.look(&id, kept, &roster);
            looked.map_err(|error| UserError { what: format!("{id} is left out: {}", error.what), ..error })
        });
        let gone = self.gone()?.into_iter().map(|(id, tip)| self.look_at_gone(&id, tip, &roster));
        let (looked, failed): (Vec<_>, Vec<_>) = looked.chain(gone).partition(Result::is_ok);
        let mut looked: Vec<Looked> = looked.into_iter().flatten().collect();
        for error in failed.into_iter().filter_map(Result::err) {
            if looked.is_empty() {
                return Err(error);
            }
            self.warn(&std::iter::once(error.what).chain(error.why).collect::<Vec<_>>().join(": "));
        }
        looked.sort_by(|one, other| one.track.id.cmp(&other.track.id));
        Ok((roster, looked))
    }

    /// As it was last fetched: by its name, the beginning of it, or the workflow where only one of that is
    /// under way.
    pub fn find(&self, text: &str) -> Result<(TrackId, RemoteTrack), UserError> {
        let all = self.ledgers()?;
        let shown = safe(text);
        if let Some(found) = all.iter().find(|(id, _)| id.as_str() == text) {
            return Ok(found.clone());
        }
        let fits: Vec<_> = all.iter().filter(|(id, _)| id.as_str().starts_with(text)).collect();
        let mut exact: Vec<_> = fits.iter().copied().filter(|(id, _)| id.workflow() == text).collect();
        if exact.len() > 1 {
            let under_way: Vec<_> = exact.iter().copied().filter(|track| self.is_under_way(track)).collect();
            exact = if under_way.len() == 1 { under_way } else { exact };
        }
        match (fits.as_slice(), exact.as_slice()) {
            (_, [one]) | ([one], _) => Ok((*one).clone()),
            ([], _) => {
                if let Some((id, tip)) = self.gone_named(text)? {
                    return Err(self.is_gone(&id, &tip));
                }
                let error = UserError::wrong(format!("{} has no track `{shown}`", self.remote));
                let names: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
                Err(match (nearest(text, names.iter().copied()), names.is_empty()) {
                    (Some(near), _) => error.to_do(format!("did you mean {near}?")),
                    (None, true) => {
                        error.to_do("there is none yet: greenroom track open WORKFLOW --need TEXT")
                    }
                    (None, false) => error.to_do("greenroom track list shows all there are"),
                })
            }
            (many, _) => {
                let names: Vec<&str> = many.iter().map(|(id, _)| id.as_str()).collect();
                Err(UserError::wrong(format!("`{shown}` is more than one track"))
                    .to_do(format!("name one of {}", names.join(", "))))
            }
        }
    }

    /// It is neither on its target nor given up. One that cannot be looked at may be.
    fn is_under_way(&self, (id, kept): &(TrackId, RemoteTrack)) -> bool {
        let looked = self.roster().and_then(|roster| self.look(id, kept.clone(), &roster));
        looked.map_or(true, |looked| looked.track.promotion.is_none() && !looked.track.abandoned)
    }

    /// Those of their packages, which have to be here for a track to be looked at.
    fn fetch_branches(&self, tracks: &[(TrackId, RemoteTrack)]) -> Result<(), UserError> {
        let mut wanted = Vec::new();
        for (id, kept) in tracks {
            wanted.extend(self.branches(id, kept)?);
        }
        wanted.sort();
        wanted.dedup();
        match wanted.is_empty() {
            true => Ok(()),
            false => self.fetch(&wanted),
        }
    }

    /// What its entries name. Those that count come first: else whoever can push could keep a branch from being fetched.
    pub(super) fn branches(&self, id: &TrackId, kept: &RemoteTrack) -> Result<Vec<RefName>, UserError> {
        let links = self.git().links(&kept.tip).map_err(|error| of_review(&error.into()))?;
        let signed = match self.roster() {
            Ok(roster) => {
                let mut seen = self.memory.read(id)?;
                let checked = self.verify(id, &links, &roster, &mut seen);
                // So that no signature is looked at twice.
                self.memory.write(id, &seen)?;
                checked.entries
            }
            Err(_) => Vec::new(),
        };
        let signed = signed.iter().rev().filter_map(Entry::valid).cloned();
        let decoded = links.iter().rev().filter_map(|link| {
            let signed = link.content.as_ref().ok()?;
            Some(decode(&signed.statement).ok()?.event)
        });
        let mut named = Vec::new();
        name(signed, BRANCHES, &mut named);
        let most = named.len() + OTHERS;
        name(decoded, most, &mut named);
        Ok(named)
    }
}

fn name(events: impl Iterator<Item = Event>, most: usize, named: &mut Vec<RefName>) {
    for event in events {
        if named.len() == most {
            break;
        }
        if let Transition::Sealed(sealing) = event.transition
            && !named.contains(&sealing.manifest.branch)
            && sealing.manifest.branch.branch_name().is_some()
        {
            named.push(sealing.manifest.branch);
        }
    }
}
