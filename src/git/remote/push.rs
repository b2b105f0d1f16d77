use super::outcome::outcome;
use super::{GitError, Repository, TrackRefs};
use crate::domain::track::{CommitId, RefName};

/// What a remote's ref has to be for it to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// An ancestor of the new commit, or not there: how a branch is pushed.
    FastForward,
    /// Not there.
    New,
    /// Exactly this commit.
    At(CommitId),
}

/// A ref that a remote is to move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    pub local: CommitId,
    pub remote_ref: RefName,
    pub lease: Lease,
}

/// How a push went. Whatever it was, no local ref but git's own record of the remote's branches has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// All of it; also where it was there already, as after an answer that got lost.
    Done,
    /// Nothing: that ref is not what the lease says. To be fetched, looked at, and tried again a bounded number of times:
    /// a host that hides its refs answers so for ever.
    Moved { remote_ref: RefName, landed: Vec<RefName> },
    /// A hook of the remote or of the person's own, or the rules of a host, said no. `remote_ref`: to which, as far as
    /// it is told.
    Refused { remote_ref: Option<RefName>, said: String, landed: Vec<RefName> },
    /// The host takes nothing but branches and tags: to be repeated with [`TrackRefs::Branches`].
    RefsRefused { said: String, landed: Vec<RefName> },
    /// The remote cannot take all of it or nothing, and has taken nothing.
    NotAtomic,
    /// No answer, or it broke off: it may have landed or not, and a push of the same tells.
    Unreachable { said: String },
}

impl Repository {
    /// All or nothing, by `git push --atomic`, with the person's hooks and credentials. Some remotes are not as good as
    /// their word: `landed` names what they took all the same.
    ///
    /// Where a remote keeps ledgers is remembered in `greenroom.trackRefs`, once one has landed.
    pub fn push(&self, remote: &str, updates: &[Update]) -> Result<Pushed, GitError> {
        self.known(remote)?;
        // Told of no ref, git would push whatever it is configured to.
        if updates.is_empty() {
            return Ok(Pushed::Done);
        }
        let mut args = vec!["push".to_owned()];
        args.extend(
            ["--atomic", "--porcelain", "--no-follow-tags", "--recurse-submodules=no"].map(str::to_owned),
        );
        args.extend(updates.iter().filter_map(|Update { remote_ref, lease, .. }| match lease {
            Lease::FastForward => None,
            Lease::New => Some(format!("--force-with-lease={remote_ref}:")),
            Lease::At(commit) => Some(format!("--force-with-lease={remote_ref}:{commit}")),
        }));
        args.extend(["--".to_owned(), remote.to_owned()]);
        args.extend(updates.iter().map(|update| format!("{}:{}", update.local, update.remote_ref)));
        let ended = self.own().run(args, b"")?;
        let kept = |refs: TrackRefs| {
            let is = |update: &&Update| update.remote_ref.as_str().starts_with(refs.prefix());
            updates.iter().find(is)
        };
        let pushed = outcome(&ended, kept(TrackRefs::Custom).filter(|update| update.lease == Lease::New));
        if pushed == Pushed::Done
            && let Some(refs) = TrackRefs::ALL.into_iter().find(|refs| kept(*refs).is_some())
        {
            self.remember(refs)?;
        }
        Ok(pushed)
    }
}
