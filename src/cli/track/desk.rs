use indexmap::IndexMap;
use jiff::Timestamp;

use super::closures::closures;
use super::keys::Keys;
use super::memory::Memory;
use super::ports::Git;
use super::remote::remote;
use super::target::target;
use super::wrong::{of_git, of_review};
use crate::cli::{Exit, Invocation, UserError, Workspace};
use crate::domain::track::{
    CommitId, Entry, Event, LedgerState, Link, Merge, Package, Present, RefName, Seen, Track, TrackId,
    Transition,
};
use crate::domain::{Name, Person};
use crate::git::ssh::SigningKey;
use crate::git::{Outline, Prompt, RemoteTrack, Repository};
use crate::operators;
use crate::review::{
    self, Checked, Circumstances, Closure, Ledger as _, Repository as _, Roster, Trust, fold, gather,
    read_roster, verify,
};
use crate::spec;

/// Where somebody sits who has something reviewed, or reviews it: the project, its repository, the remote with the
/// ledgers, and the branch that tracks lead to.
pub struct Desk {
    pub workspace: Workspace,
    pub repository: Repository,
    pub remote: String,
    pub target: RefName,
    pub(super) keys: Keys,
    pub(super) memory: Memory,
}

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
    /// Nobody is asked for a passphrase or a password unless `prompt` says so.
    pub fn open(invocation: &Invocation, prompt: Prompt) -> Result<Self, UserError> {
        let workspace = Workspace::open(invocation.project())?;
        let repository = Repository::open(workspace.root()).map_err(|error| of_git(&error))?;
        let repository = if prompt == Prompt::Terminal { repository.asking() } else { repository };
        let remote = remote(&repository)?;
        let (target, other) = target(&workspace, &repository, &remote)?;
        if let Some(other) = other {
            invocation.warn(&other);
        }
        let own = SigningKey::configured(workspace.root()).map_err(|error| of_git(&error))?;
        let memory = Memory::of(&repository)?;
        Ok(Self { workspace, repository, remote, target, keys: Keys::new(own, prompt), memory })
    }

    /// Brings the ledgers, the target and these branches here; what is the person's own stays as it is.
    pub fn fetch(&self, branches: &[RefName]) -> Result<(), UserError> {
        let mut wanted = vec![self.target.clone()];
        wanted.extend(branches.iter().filter(|branch| **branch != self.target).cloned());
        wanted.dedup();
        self.repository.fetch_ledgers(&self.remote, &wanted).map(drop).map_err(|error| of_git(&error))
    }

    /// The ledgers that the last fetch brought. A ref whose name is no track's is nobody's.
    pub fn ledgers(&self) -> Result<Vec<(TrackId, RemoteTrack)>, UserError> {
        let all = self.repository.remote_tracks(&self.remote).map_err(|error| of_git(&error))?;
        Ok(all.into_iter().filter_map(|kept| Some((TrackId::new(&kept.id).ok()?, kept))).collect())
    }

    /// Nobody works on it: it is what an environment runs, or the remote's main branch.
    pub fn is_shared(&self, branch: &RefName) -> bool {
        let environments = self.workspace.project.environments.values();
        let mut named = environments.filter_map(|environment| environment.branch.as_deref());
        let main = self.repository.main_branch(&self.remote);
        *branch == self.target
            || named.any(|named| branch.branch_name() == Some(named))
            || main.is_some_and(|main| main == *branch)
    }

    /// The tip that a branch had on the remote when it was last fetched.
    pub fn tip_there(&self, branch: &RefName) -> Result<Option<CommitId>, UserError> {
        let name = format!("refs/greenroom/remotes/{}/heads/{}", self.remote, branch.short());
        let Ok(name) = name.parse() else { return Ok(None) };
        self.repository.tip(&name).map_err(|error| of_git(&error))
    }

    /// Who may sign what, as the target's tip has it.
    pub fn roster(&self) -> Result<Roster, UserError> {
        let tip = self.tip_there(&self.target)?.ok_or_else(|| {
            let branch = self.target.short();
            UserError::not_ready(format!("{} has no branch `{branch}`, to which tracks lead", self.remote))
                .to_do("make it, with greenroom.yaml and .greenroom-signers in it: greenroom track setup")
        })?;
        self.roster_at(&self.target, &tip).map_err(|error| {
            of_review(&error).to_do(format!(
                "set it up, and have it merged to {}: greenroom track setup",
                self.target.short()
            ))
        })
    }

    fn roster_at(&self, target: &RefName, tip: &CommitId) -> Result<Roster, review::ReviewError> {
        let people = |text: &[u8]| -> Result<IndexMap<Name, Person>, String> {
            let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
            Ok(spec::policy(text)?.people)
        };
        read_roster(&Git(&self.repository), &people, &self.folder(), target, tip)
    }

    /// The project's folder, from the repository's root.
    pub fn folder(&self) -> String {
        self.repository.prefix().to_string_lossy().into_owned()
    }

    pub(super) fn git(&self) -> Git<'_> {
        Git(&self.repository)
    }

    /// Reads the ledger as it was last fetched, and what it stands on. The branches of its packages have to be here.
    pub fn look(&self, id: &TrackId, kept: RemoteTrack, roster: &Roster) -> Result<Looked, UserError> {
        let links = self.git().links(&kept.tip).map_err(|error| of_review(&error.into()))?;
        let mut seen = self.memory.read(id)?;
        let checked = self.verify(id, &links, roster, &mut seen);
        if checked.state == LedgerState::Intact {
            checked.remember(&mut seen);
        }
        self.memory.write(id, &seen)?;
        let known = self.circumstances(&checked, roster)?;
        let track = fold(id, &checked, &known);
        Ok(Looked { track, kept, checked, known })
    }

    pub(super) fn verify(&self, id: &TrackId, links: &[Link], roster: &Roster, seen: &mut Seen) -> Checked {
        let earlier = |roster: &Roster, tip: &CommitId| {
            self.roster_at(&roster.target, tip).map_err(|error| error.to_string())
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

    fn circumstances(&self, checked: &Checked, roster: &Roster) -> Result<Circumstances, UserError> {
        let sealed = checked.entries.iter().rev().find_map(sealed);
        let present = match sealed {
            Some(package) => self.present(package, &roster.tip)?,
            None => None,
        };
        let given = Circumstances {
            now: Timestamp::now(),
            people: roster.people.clone(),
            required: review::checks::required(),
            tip: Some(roster.tip.clone()),
            present,
            ..Circumstances::default()
        };
        let closures = match sealed {
            Some(package) if self.needs_closures(checked, package, &roster.tip) => self.closures(package)?,
            _ => Vec::new(),
        };
        Ok(gather(&checked.entries, &self.git(), &closures, given))
    }

    /// What the remote has of a package's branch and its target; None where the branch is gone there.
    fn present(&self, package: &Package, base: &CommitId) -> Result<Option<Present>, UserError> {
        let Some(head) = self.tip_there(&package.branch)? else { return Ok(None) };
        // As it was sealed, and so as it was checked when it was.
        let merge = match head == package.head && *base == package.base {
            true => Merge::Tree(package.merge_tree.clone()),
            false => self.git().merge_tree(base, &head).map_err(|error| of_review(&error.into()))?,
        };
        Ok(Some(Present { head, base: base.clone(), merge }))
    }

    /// They are read off the whole project, and asked for only where the target went on or something was promoted.
    fn needs_closures(&self, checked: &Checked, package: &Package, base: &CommitId) -> bool {
        let promoted = |entry: &Entry| {
            entry.valid().is_some_and(|event| matches!(event.transition, Transition::Promoted(_)))
        };
        *base != package.base || checked.entries.iter().any(promoted)
    }

    /// Of the steps at a package's head, as the spec there has them and not as the package claims.
    pub(super) fn closures(&self, package: &Package) -> Result<Vec<Closure>, UserError> {
        let outline = Outline::of(&self.repository, &package.head).map_err(|error| of_git(&error))?;
        let specs = spec::load(outline.path(), operators::builtin());
        let git = self.git();
        let changed = git.tree(&package.base).and_then(|base| git.changes(&base, &package.merge_tree));
        let changed = changed.map_err(|error| of_review(&error.into()))?;
        closures(&specs, package.track.workflow(), &self.folder(), &changed)
            .map_err(|error| of_review(&error))
    }
}

/// The manifest that an entry seals, if it counts.
pub(super) fn sealed(entry: &Entry) -> Option<&Package> {
    match &entry.valid()?.transition {
        Transition::Sealed(sealing) => Some(&sealing.manifest),
        _ => None,
    }
}

/// Who is at the keyboard: whom git's `user.email` is of.
impl Desk {
    pub fn person(&self, roster: &Roster) -> Result<(Name, Person), UserError> {
        let email = self.repository.config("user.email").map_err(|error| of_git(&error))?;
        let email = email.ok_or_else(|| {
            UserError::not_ready("git does not know who you are")
                .to_do("git config user.email you@example.com, as greenroom.yaml has you among `people:`")
        })?;
        let found = roster.people.iter().find(|(_, person)| person.email.eq_ignore_ascii_case(&email));
        found.map(|(name, person)| (name.clone(), person.clone())).ok_or_else(|| {
            let known: Vec<&str> = roster.people.keys().map(Name::as_str).collect();
            let people = if known.is_empty() { "nobody".to_owned() } else { known.join(", ") };
            UserError::new(
                Exit::NotReady,
                format!("{email} is nobody of `people:` on {}", self.target.short()),
            )
            .because(format!("there are {people}"))
            .to_do("greenroom track setup adds you; an engineer brings that to the branch")
        })
    }
}
