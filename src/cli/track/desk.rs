use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use camino::Utf8Path;
use indexmap::IndexMap;

use super::keys::Keys;
use super::memory::Memory;
use super::ports::Git;
use super::remote::remote;
use super::target::{Ask, target};
use super::version::Kept;
use super::wrong::of_git;
use crate::cli::{Exit, Invocation, UserError, Workspace};
use crate::domain::text::safe;
use crate::domain::track::{CommitId, RefName, TrackId};
use crate::domain::{Name, Person};
use crate::git::ssh::SigningKey;
use crate::git::{GitError, MainBranch, Prompt, RemoteTrack, Repository};
use crate::review::{self, Roster, Trusted, read_roster};
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
    pub(super) versions: Kept,
    /// By the target's commit.
    pub(super) trusted: RefCell<BTreeMap<CommitId, Trusted>>,
    /// What is told of who may sign is told once.
    told: Cell<bool>,
    /// Tells what a person should know and what ends nothing.
    warn: Box<dyn Fn(&str)>,
    remote_is: Cell<RemoteIs>,
}

/// What becomes of a command when the remote does not answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RemoteIs {
    /// Without it nothing can be said.
    Needed,
    /// Whoever only looks sees what was there last.
    Welcome,
    /// It was asked, and has not answered.
    Silent,
}

impl Desk {
    /// Nobody is asked for a passphrase or a password unless `prompt` says so.
    pub fn open(invocation: &Invocation, prompt: Prompt) -> Result<Self, UserError> {
        let (mut desk, warning) = Self::at(invocation.project(), prompt)?;
        let invocation = invocation.clone();
        desk.warn = Box::new(move |text| invocation.warn(text));
        if let Some(warning) = warning {
            desk.warn(&warning);
        }
        Ok(desk)
    }

    /// The same, where nothing may be written to the terminal: what a person should know besides is handed back.
    pub fn at(project: Option<&Utf8Path>, prompt: Prompt) -> Result<(Self, Option<String>), UserError> {
        Self::asking(project, prompt, Ask::Remote)
    }

    /// The same, with nobody asked: as far as this clone knows.
    pub fn known(project: Option<&Utf8Path>) -> Result<(Self, Option<String>), UserError> {
        Self::asking(project, Prompt::Never, Ask::Nobody)
    }

    fn asking(
        project: Option<&Utf8Path>,
        prompt: Prompt,
        ask: Ask,
    ) -> Result<(Self, Option<String>), UserError> {
        let workspace = Workspace::open(project)?;
        let repository = Repository::open(workspace.root()).map_err(|error| of_git(&error))?;
        let repository = if prompt == Prompt::Terminal { repository.asking() } else { repository };
        let remote = remote(&repository)?;
        let (target, other) = target(&workspace, &repository, &remote, ask)?;
        let own = SigningKey::configured(workspace.root()).map_err(|error| of_git(&error))?;
        let memory = Memory::of(&repository)?;
        let keys = Keys::new(own, prompt);
        let warn = Box::new(|_: &str| {});
        let remote_is = Cell::new(RemoteIs::Needed);
        let versions = Kept::default();
        let (trusted, told) = (RefCell::default(), Cell::new(false));
        let desk = Self {
            workspace,
            repository,
            remote,
            target,
            keys,
            memory,
            versions,
            trusted,
            told,
            warn,
            remote_is,
        };
        Ok((desk, other))
    }

    /// For whoever only looks: that the remote does not answer is told, and all is as it was last fetched.
    pub fn looking(self) -> Self {
        self.remote_is.set(RemoteIs::Welcome);
        self
    }

    /// Tells it what a person should know.
    pub fn warning(self, warn: Box<dyn Fn(&str)>) -> Self {
        Self { warn, ..self }
    }

    pub(super) fn warn(&self, text: &str) {
        (self.warn)(text);
    }

    /// Brings the ledgers, the target and these branches here; what is the person's own stays as it is.
    pub fn fetch(&self, branches: &[RefName]) -> Result<(), UserError> {
        let mut wanted = vec![self.target.clone()];
        wanted.extend(branches.iter().filter(|branch| **branch != self.target).cloned());
        wanted.dedup();
        if self.remote_is.get() == RemoteIs::Silent {
            return Ok(());
        }
        match self.repository.fetch_ledgers(&self.remote, &wanted) {
            Ok(_) => {
                // What was approved may have come.
                self.trusted.borrow_mut().retain(|_, trusted| trusted.unvouched.is_none());
                Ok(())
            }
            Err(GitError::Unreachable { said, .. })
                if self.remote_is.get() == RemoteIs::Welcome && self.tip_there(&self.target)?.is_some() =>
            {
                self.remote_is.set(RemoteIs::Silent);
                self.warn(&format!(
                    "{} does not answer: {said}\nThis is as it was when it last did.",
                    self.remote
                ));
                Ok(())
            }
            Err(error) => Err(of_git(&error)),
        }
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
        // A clone that was made by hand was never told, and the remote knows.
        let main = self.repository.main_branch(&self.remote).or_else(|| {
            match self.repository.ask_main_branch(&self.remote) {
                Ok(MainBranch::Is(main)) => Some(main),
                _ => None,
            }
        });
        *branch == self.target
            || named.any(|named| branch.branch_name() == Some(named))
            || main.is_some_and(|main| main == *branch)
    }

    /// The tip that a branch had on the remote when it was last fetched.
    pub fn tip_there(&self, branch: &RefName) -> Result<Option<CommitId>, UserError> {
        self.repository.branch_tip(&self.remote, branch).map_err(|error| of_git(&error))
    }

    /// Who may sign what on the target: what it says, as far as somebody who could has signed for it.
    pub fn roster(&self) -> Result<Roster, UserError> {
        let tip = self.tip_there(&self.target)?.ok_or_else(|| {
            let branch = self.target.short();
            UserError::not_ready(format!("{} has no branch `{branch}`, to which tracks lead", self.remote))
                .to_do("make it, with greenroom.yaml and .greenroom-signers in it: greenroom track setup --role ROLE")
        })?;
        let trusted = self.as_far_as_known(self.trusted_at(&tip))?;
        if let Some(unvouched) = trusted.unvouched.as_ref().filter(|_| !self.told.replace(true)) {
            let told = self.told_of(&trusted.roster, unvouched);
            self.warn(&[told, self.how_to_vouch(&trusted.roster)].concat().join("\n"));
        }
        if let Some(unsaid) = self.unsaid(&trusted).filter(|_| !self.told.replace(true)) {
            self.warn(&unsaid);
        }
        Ok(trusted.roster)
    }

    pub(super) fn roster_at(&self, target: &RefName, tip: &CommitId) -> Result<Roster, review::ReviewError> {
        roster_at(&self.repository, target, tip)
    }

    /// The project's folder, from the repository's root.
    pub fn folder(&self) -> String {
        folder(&self.repository)
    }

    pub(super) fn git(&self) -> Git<'_> {
        Git(&self.repository)
    }
}

fn folder(repository: &Repository) -> String {
    repository.prefix().to_string_lossy().into_owned()
}

/// As a commit has it, of whatever branch.
pub(super) fn roster_at(
    repository: &Repository,
    target: &RefName,
    commit: &CommitId,
) -> Result<Roster, review::ReviewError> {
    let people = |text: &[u8]| -> Result<IndexMap<Name, Person>, String> {
        let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
        Ok(spec::policy(text)?.people)
    };
    read_roster(&Git(repository), &people, &folder(repository), target, commit)
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
            let error = UserError::new(
                Exit::NotReady,
                format!("{email} is nobody of `people:` on {}", self.target.short()),
            )
            .because(format!("there are {people}"));
            // Who has a key there is there already.
            let error = self.owners_of_key(roster).into_iter().fold(error, |error, owner| {
                let theirs = roster.people.get(&owner).map(|person| safe(&person.email));
                let theirs = theirs.unwrap_or_default();
                error
                    .because(format!("the key that git signs with here is of {owner}"))
                    .to_do(format!("if you are {owner}: git config user.email {theirs}"))
            });
            let if_not = if error.todo.is_empty() { "" } else { "or, with a key of your own, " };
            error.to_do(format!("{if_not}greenroom track setup --role ROLE adds you; an engineer signs for that, and brings it to the branch: greenroom track vouch"))
        })
    }
}
