use super::desk::Desk;
use super::look::Looked;
use super::wrong::of_review;
use crate::cli::UserError;
use crate::cli::nearest::nearest;
use crate::cli::report::Patience;
use crate::domain::text::safe;
use crate::domain::track::{RefName, TrackId, Transition};
use crate::git::RemoteTrack;
use crate::review::{Ledger as _, Roster, decode};

/// Branches that are fetched for one ledger: of its newest entries that name one.
const BRANCHES: usize = 4;

impl Desk {
    /// Fetches, and looks at the track that a person means.
    pub fn visit(&self, text: &str) -> Result<(TrackId, Looked), UserError> {
        let _patience = Patience::start(&format!("asking {}", self.remote));
        self.fetch(&[])?;
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

    /// Brings all ledgers here, with the branches of their packages.
    pub fn fetch_tracks(&self) -> Result<(), UserError> {
        self.fetch(&[])?;
        self.fetch_branches(&self.ledgers()?)
    }

    /// At all tracks, as they were last fetched; those among them that were there before, and are gone.
    pub fn look_at_all(&self) -> Result<(Roster, Vec<Looked>), UserError> {
        let roster = self.roster()?;
        let looked = self.ledgers()?.into_iter().map(|(id, kept)| self.look(&id, kept, &roster));
        let gone = self.gone()?.into_iter().map(|(id, tip)| self.look_at_gone(&id, tip, &roster));
        let mut looked = looked.chain(gone).collect::<Result<Vec<_>, _>>()?;
        looked.sort_by(|one, other| one.track.id.cmp(&other.track.id));
        Ok((roster, looked))
    }

    /// As it was last fetched: by its name, the beginning of it, or the workflow where that has only one.
    pub fn find(&self, text: &str) -> Result<(TrackId, RemoteTrack), UserError> {
        let all = self.ledgers()?;
        let shown = safe(text);
        if let Some(found) = all.iter().find(|(id, _)| id.as_str() == text) {
            return Ok(found.clone());
        }
        let fits: Vec<_> = all.iter().filter(|(id, _)| id.as_str().starts_with(text)).collect();
        let exact: Vec<_> = fits.iter().filter(|(id, _)| id.workflow() == text).collect();
        match (fits.as_slice(), exact.as_slice()) {
            (_, [one]) => Ok((**one).clone()),
            ([one], _) => Ok((*one).clone()),
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

    /// Those of their packages, which have to be here for a track to be looked at.
    fn fetch_branches(&self, tracks: &[(TrackId, RemoteTrack)]) -> Result<(), UserError> {
        let mut wanted = Vec::new();
        for (_, kept) in tracks {
            wanted.extend(self.branches(kept)?);
        }
        wanted.sort();
        wanted.dedup();
        match wanted.is_empty() {
            true => Ok(()),
            false => self.fetch(&wanted),
        }
    }

    /// What its entries name, whoever has signed them: to fetch a branch does nothing but bring it here.
    pub(super) fn branches(&self, kept: &RemoteTrack) -> Result<Vec<RefName>, UserError> {
        let links = self.git().links(&kept.tip).map_err(|error| of_review(&error.into()))?;
        let mut named = Vec::new();
        for link in links.iter().rev() {
            let event = link.content.as_ref().ok().and_then(|signed| decode(&signed.statement).ok());
            if let Some(Transition::Sealed(sealing)) = event.map(|decoded| decoded.event.transition)
                && !named.contains(&sealing.manifest.branch)
                && sealing.manifest.branch.branch_name().is_some()
            {
                named.push(sealing.manifest.branch);
            }
            if named.len() == BRANCHES {
                break;
            }
        }
        Ok(named)
    }
}
