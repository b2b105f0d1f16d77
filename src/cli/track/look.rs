use jiff::Timestamp;

use super::bearing::OfPackage;
use super::came::Came;
use super::closures::closures;
use super::desk::Desk;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::domain::text::safe;
use crate::domain::track::{
    CommitId, Entry, Event, LedgerState, Link, Merge, Package, Present, RefName, Seen, Track, TrackId,
    Transition,
};
use crate::git::RemoteTrack;
use crate::review::{
    self, Bearing, Checked, Circumstances, Closure, Ledger as _, Repository as _, Roster, Trust, fold,
    gather, settle, unpack, verify,
};

/// A track as its ledger tells it now.
pub struct Looked {
    pub track: Track,
    /// Where the remote keeps it, and its tip there.
    pub kept: RemoteTrack,
    pub(super) checked: Checked,
    pub(super) known: Circumstances,
}

impl Looked {
    /// The entry that opened the track, and what it says.
    pub fn opened(&self) -> Option<(CommitId, &Event)> {
        self.events().find(|(_, event)| matches!(event.transition, Transition::Opened(_)))
    }

    /// What one side has signed and the other has not, to be signed alike.
    pub fn half(&self, transition: &str) -> Option<&Event> {
        let pending = self.track.pending.iter().find(|pending| pending.transition == transition)?;
        self.events().find(|(entry, _)| *entry == pending.entry).map(|(_, event)| event)
    }

    fn events(&self) -> impl Iterator<Item = (CommitId, &Event)> {
        self.checked.entries.iter().filter_map(|entry| Some((entry.commit.clone(), entry.valid()?)))
    }
}

impl Desk {
    /// Reads the ledger as it was last fetched, and what it stands on. The branches of its packages have to be here.
    pub fn look(&self, id: &TrackId, kept: RemoteTrack, roster: &Roster) -> Result<Looked, UserError> {
        self.as_far_as_known(self.read(id, kept, roster))
    }

    fn read(&self, id: &TrackId, kept: RemoteTrack, roster: &Roster) -> Result<Looked, UserError> {
        let links = self.git().links(&kept.tip).map_err(|error| of_review(&error.into()))?;
        let mut seen = self.memory.read(id)?;
        let mut checked = self.verify(id, &links, roster, &mut seen);
        if let Some(parted) = &kept.parted {
            checked.state = LedgerState::Parted(parted.clone());
        }
        checked.remember(&mut seen);
        self.memory.write(id, &seen)?;
        let known = self.circumstances(&checked.entries, roster, &roster.tip)?;
        let track = fold(id, &checked, &known);
        Ok(Looked { track, kept, checked, known })
    }

    pub(super) fn verify(&self, id: &TrackId, links: &[Link], roster: &Roster, seen: &mut Seen) -> Checked {
        // What a target said at some time, and nobody who could had signed, makes no key one that counted.
        let earlier = |_: &Roster, tip: &CommitId| {
            self.trusted_at(tip).map(|trusted| trusted.roster).map_err(|error| error.what)
        };
        let trust = Trust {
            track: id,
            rosters: std::slice::from_ref(roster),
            earlier: &earlier,
            signatures: &self.keys,
            repository: &self.git(),
            now: Timestamp::now(),
        };
        verify(links, &trust, seen)
    }

    /// `tip`: the target's, or what it is about to be.
    pub(super) fn circumstances(
        &self,
        entries: &[Entry],
        roster: &Roster,
        tip: &CommitId,
    ) -> Result<Circumstances, UserError> {
        let given = Circumstances {
            now: Timestamp::now(),
            people: roster.people.clone(),
            signers: roster.signers.clone(),
            required: review::checks::required(),
            tip: Some(tip.clone()),
            released_from: self.released_from()?,
            ..Circumstances::default()
        };
        let git = self.git();
        // Also what is rightly signed may be refused: only the package that counts says what is looked at.
        let (mut known, package) = settle(entries, &git, given);
        let Some(package) = package else { return Ok(gather(entries, &git, &Vec::new(), known)) };
        for (entry, manifest) in entries.iter().filter_map(|entry| Some((&entry.commit, sealed(entry)?))) {
            if *manifest == package {
                let told = unpack(&git, entry, manifest).map_err(|error| of_review(&error))?;
                known.broken.insert(entry.clone(), told.broken);
            }
        }
        known.present = self.present(&package, &roster.tip)?;
        let mut bearing: Box<dyn Bearing + '_> = Box::new(Vec::new());
        if needs_closures(entries, &package, &roster.tip) {
            let span = (package.base.clone(), package.head.clone());
            bearing = match known.merges.get(&span) {
                Some(Ok(_)) => Box::new(self.bearing(&package)?),
                // Its branch was deleted or rewritten before this clone fetched it, or cannot be merged here: what its
                // steps depend on nobody can tell, so any file may be meant.
                _ => {
                    let all = Closure::new("whatever it has", &[String::new()]);
                    Box::new(vec![all.map_err(|error| of_review(&error))?])
                }
            };
        }
        // Where that cannot be told, whoever promotes hears why.
        if self.may_have_come(entries, &package, &known, tip)?
            && let Ok(Some(Came(promoted))) = self.came_to(&package, tip, &*bearing)
        {
            known.came = Some(promoted.commit);
        }
        if known.present.is_none() && known.came.is_none() {
            known.gone = self.gone_branch(entries, &package, &roster.tip)?;
        }
        Ok(gather(entries, &git, &*bearing, known))
    }

    /// What the remote has of a package's branch and its target; None where the branch is gone there.
    fn present(&self, package: &Package, base: &CommitId) -> Result<Option<Present>, UserError> {
        let Some(head) = self.tip_there(&package.branch)? else { return Ok(None) };
        // As it was sealed: whether that is right is looked at anyway.
        let merge = match head == package.head && *base == package.base {
            true => Merge::Tree(package.merge_tree.clone()),
            false => self.git().merge_tree(base, &head).map_err(|error| of_review(&error.into()))?,
        };
        Ok(Some(Present { head, base: base.clone(), merge }))
    }

    /// Whether what was approved can be on its target and nobody has said so: its branch is gone, or has nothing left that
    /// would come by a merge.
    fn may_have_come(
        &self,
        entries: &[Entry],
        package: &Package,
        known: &Circumstances,
        tip: &CommitId,
    ) -> Result<bool, UserError> {
        let said = |is: fn(&Transition) -> bool| {
            let mut valid = entries.iter().filter_map(Entry::valid);
            valid.any(|event| event.head == package.head && is(&event.transition))
        };
        let approved = said(|transition| matches!(transition, Transition::Approved(_)));
        let span = (package.base.clone(), package.head.clone());
        if !approved
            || said(|transition| matches!(transition, Transition::Promoted(_)))
            || package.base == *tip
            || !matches!(known.merges.get(&span), Some(Ok(_)))
        {
            return Ok(false);
        }
        let Some(present) = &known.present else { return Ok(true) };
        let base = self.repository.tree(&present.base).map_err(|error| of_git(&error))?;
        Ok(present.head == package.head && present.merge == Merge::Tree(base))
    }

    /// None: the target has its commits, and so has everybody.
    fn gone_branch(
        &self,
        entries: &[Entry],
        package: &Package,
        base: &CommitId,
    ) -> Result<Option<String>, UserError> {
        let git = &self.repository;
        let head = &package.head;
        if git.has(head) && git.is_ancestor(head, base).map_err(|error| of_git(&error))? {
            return Ok(None);
        }
        let (branch, remote) = (safe(package.branch.short()).into_owned(), &self.remote);
        let short = head.short();
        // Squashed or rebased: what the branch comes to on the target tells whether a commit there is that.
        let told = entries.iter().rev().filter_map(Entry::valid).find_map(|event| match &event.transition {
            Transition::Promoted(body) if event.head == *head => Some((&event.person, &body.commit)),
            _ => None,
        });
        let came = told.filter(|_| !git.has(head)).map_or_else(String::new, |(person, commit)| {
            format!(
                " ({person} says that it came to its target as {}, and without {short} nobody can tell here)",
                commit.short()
            )
        });
        Ok(Some(format!(
            "`{branch}` is gone from {remote}, and with it {short}, of which the package is{came}; whoever has that \
             brings it back: git push {remote} {short}:refs/heads/{branch}"
        )))
    }

    /// The tips of the branches that environments run, as far as they were fetched.
    fn released_from(&self) -> Result<Vec<CommitId>, UserError> {
        let environments = self.workspace.project.environments.values();
        let named =
            environments.filter_map(|environment| RefName::branch(environment.branch.as_deref()?).ok());
        let tips = named.map(|branch| self.tip_there(&branch)).collect::<Result<Vec<_>, _>>()?;
        Ok(tips.into_iter().flatten().collect())
    }

    /// What the steps of a package depend on, as the specs of its merge result have them and not as the package claims.
    pub(super) fn bearing(&self, package: &Package) -> Result<OfPackage<'_>, UserError> {
        let (workflow, tree) = (package.track.workflow().to_owned(), &package.merge_tree);
        let base = self.repository.tree(&package.base).map_err(|error| of_git(&error))?;
        let changed = self.git().changes(&base, tree).map_err(|error| of_review(&error.into()))?;
        let changed = self.parted(&changed, (&base, tree))?;
        let version = self.version(tree)?;
        let closures = closures(&version, &workflow, &self.folder(), &changed);
        Ok(OfPackage { desk: self, workflow, closures: closures.map_err(|error| of_review(&error))? })
    }
}

/// They are read off the whole project, and asked for only where the target went on or something was promoted.
fn needs_closures(entries: &[Entry], package: &Package, base: &CommitId) -> bool {
    let promoted = |entry: &Entry| {
        entry.valid().is_some_and(|event| matches!(event.transition, Transition::Promoted(_)))
    };
    *base != package.base || entries.iter().any(promoted)
}

/// The manifest that an entry seals, if it counts.
fn sealed(entry: &Entry) -> Option<&Package> {
    match &entry.valid()?.transition {
        Transition::Sealed(sealing) => Some(&sealing.manifest),
        _ => None,
    }
}
