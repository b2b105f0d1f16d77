//! What review needs from the world. The room `git` has it all; `cli` hands it in.

use std::collections::BTreeSet;

use crate::domain::track::{CommitId, Link, Merge, Signed, TreeChange, TreeId};

/// What went wrong, as a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PortError(pub String);

/// The chain of commits that is a track's ledger.
pub trait Ledger {
    /// All links up to this tip, oldest first; one that is malformed is among them, with why.
    fn links(&self, tip: &CommitId) -> Result<Vec<Link>, PortError>;
    /// Writes the commit and moves no ref. `evidence`: name of a file below `evidence/`, and its bytes.
    fn append(
        &self,
        parent: Option<&CommitId>,
        signed: &Signed,
        evidence: &[(String, Vec<u8>)],
    ) -> Result<CommitId, PortError>;
    fn evidence(&self, entry: &CommitId, name: &str) -> Result<Option<Vec<u8>>, PortError>;
}

/// Who may sign, in the format of ssh's allowed signers; and keys that may not any more, one a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signers {
    pub allowed: String,
    pub revoked: String,
}

/// A good signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// All that the signers' file lists the key for.
    pub principals: Vec<String>,
    /// `SHA256:…`
    pub key: String,
}

/// Why a signature does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// Its key is one of those that may not sign any more, whether or not it is listed among the signers still.
    #[error("its key was revoked")]
    Revoked,
    /// Broken, of another namespace, of a key that is not allowed or has expired; or it could not be told.
    #[error("{0}")]
    Other(String),
}

/// Signatures in Greenroom's own namespace.
pub trait Signatures {
    /// As of now, never as of a time that the signed tells.
    ///
    /// # Errors
    /// Why it does not count.
    fn verify(&self, signers: &Signers, statement: &[u8], signature: &[u8]) -> Result<Verified, Unverified>;
    /// With the person's own key.
    fn sign(&self, statement: &[u8]) -> Result<Vec<u8>, PortError>;
}

/// A person as a commit names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFacts {
    pub id: CommitId,
    pub author: Mail,
    pub committer: Mail,
    /// Of its `Co-authored-by` lines.
    pub co_authors: Vec<Mail>,
    /// The principals whose signature it carries, as far as that is verified by the signers asked for; None: it has none,
    /// or one that is not good.
    pub signed_by: Option<Vec<String>>,
}

/// A commit of the target's own line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetCommit {
    pub id: CommitId,
    /// Its first.
    pub parent: CommitId,
    pub tree: TreeId,
}

/// How many commits of a target are looked at.
pub const LONGEST_LINE: usize = 20_000;

pub trait Repository {
    /// None: the commit has no such file. `path` is from the repository's root.
    fn file(&self, commit: &CommitId, path: &str) -> Result<Option<Vec<u8>>, PortError>;
    /// Those of `head` that `base` has not, their own signatures verified by `signers`. An error where some are missing, as
    /// in a shallow clone.
    fn commits(
        &self,
        base: &CommitId,
        head: &CommitId,
        signers: &Signers,
    ) -> Result<Vec<CommitFacts>, PortError>;
    /// The commits of a branch's own line, along first parents from `tip`, that `base` has not, oldest first: so the parent
    /// of the first is `base` where that is on the line itself. An error where some are missing, or more than
    /// [`LONGEST_LINE`].
    fn line(&self, base: &CommitId, tip: &CommitId) -> Result<Vec<TargetCommit>, PortError>;
    fn changes(&self, from: &TreeId, to: &TreeId) -> Result<Vec<TreeChange>, PortError>;
    /// The paths in which two trees differ; of a renamed file both. Cheap: it is asked about every commit of a target.
    fn paths(&self, from: &TreeId, to: &TreeId) -> Result<BTreeSet<String>, PortError> {
        let changes = self.changes(from, to)?;
        Ok(changes.into_iter().flat_map(|change| [Some(change.path), change.was]).flatten().collect())
    }
    fn tree(&self, commit: &CommitId) -> Result<TreeId, PortError>;
    /// An error where it is not here, or is the very first.
    fn target_commit(&self, id: &CommitId) -> Result<TargetCommit, PortError>;
    /// Whether `new` is `old` or goes on from it.
    fn is_ancestor(&self, old: &CommitId, new: &CommitId) -> Result<bool, PortError>;
    /// How many commits `head` has that `base` has not.
    fn distance(&self, base: &CommitId, head: &CommitId) -> Result<u64, PortError>;
    fn merge_tree(&self, base: &CommitId, head: &CommitId) -> Result<Merge, PortError>;
}
