use std::collections::BTreeSet;
use std::path::Path;

use crate::domain::escape::escape;
use crate::domain::track::{CommitId, Link, Merge, Signed, TreeChange, TreeChangeKind, TreeContent, TreeId};
use crate::git::ssh::Verifier;
use crate::git::{self, Chain, ChangeKind, ContentKind, FileChange, FileSide, GitError, LineCommit, Who};
use crate::review::{CommitFacts, LONGEST_LINE, Ledger, Mail, PortError, Repository, Signers, TargetCommit};

/// What git's own signatures are for.
const COMMITS: &str = "git";

/// What the room `review` asks of a repository, by the room `git`.
pub(super) struct Git<'a>(pub &'a git::Repository);

fn told(error: GitError) -> PortError {
    PortError(error.to_string())
}

impl Ledger for Git<'_> {
    fn links(&self, tip: &CommitId) -> Result<Vec<Link>, PortError> {
        Chain::of(self.0).read(tip).map_err(told)
    }

    fn append(
        &self,
        parent: Option<&CommitId>,
        signed: &Signed,
        evidence: &[(String, Vec<u8>)],
    ) -> Result<CommitId, PortError> {
        Chain::of(self.0).append(parent, signed, evidence).map_err(told)
    }

    fn evidence(&self, entry: &CommitId, name: &str) -> Result<Option<Vec<u8>>, PortError> {
        Chain::of(self.0).evidence(entry, name).map_err(told)
    }
}

impl Repository for Git<'_> {
    fn file(&self, commit: &CommitId, path: &str) -> Result<Option<Vec<u8>>, PortError> {
        self.0.file(commit, Path::new(path)).map_err(told)
    }

    fn commits(
        &self,
        base: &CommitId,
        head: &CommitId,
        signers: &Signers,
    ) -> Result<Vec<CommitFacts>, PortError> {
        let commits = self.0.commits(base, head).map_err(told)?;
        let verifier = Verifier::new(&signers.allowed, signers.revoked.as_bytes()).map_err(told)?;
        let mail = |who: Who| Mail { name: who.name, email: who.email };
        let facts = commits.into_iter().map(|commit| {
            let signed_by = match commit.signed {
                true => self.signed_by(&commit.id, &verifier)?,
                false => None,
            };
            Ok(CommitFacts {
                id: commit.id,
                author: mail(commit.author),
                committer: mail(commit.committer),
                co_authors: commit.co_authors.into_iter().map(mail).collect(),
                signed_by,
            })
        });
        facts.collect()
    }

    fn line(&self, base: &CommitId, tip: &CommitId) -> Result<Vec<TargetCommit>, PortError> {
        let line = self.0.first_parents(base, tip, LONGEST_LINE + 1).map_err(told)?;
        if line.len() > LONGEST_LINE {
            return Err(PortError(format!("the branch has more than {LONGEST_LINE} commits since then")));
        }
        Ok(line.into_iter().map(target_commit).collect())
    }

    fn paths(&self, from: &TreeId, to: &TreeId) -> Result<BTreeSet<String>, PortError> {
        Ok(self.0.paths(from, to).map_err(told)?.iter().map(|path| escape(path)).collect())
    }

    fn changes(&self, from: &TreeId, to: &TreeId) -> Result<Vec<TreeChange>, PortError> {
        Ok(self.0.changes(from, to).map_err(told)?.iter().map(|change| tree_change(change, None)).collect())
    }

    fn tree(&self, commit: &CommitId) -> Result<TreeId, PortError> {
        self.0.tree(commit).map_err(told)
    }

    fn target_commit(&self, id: &CommitId) -> Result<TargetCommit, PortError> {
        Ok(target_commit(self.0.line_commit(id).map_err(told)?))
    }

    fn is_ancestor(&self, old: &CommitId, new: &CommitId) -> Result<bool, PortError> {
        self.0.is_ancestor(old, new).map_err(told)
    }

    fn distance(&self, base: &CommitId, head: &CommitId) -> Result<u64, PortError> {
        Ok(self.0.distance(base, head).map_err(told)?.ahead as u64)
    }

    fn merge_tree(&self, base: &CommitId, head: &CommitId) -> Result<Merge, PortError> {
        self.0.merge_tree(base, head).map_err(told)
    }
}

impl Git<'_> {
    /// Whose signature a commit bears, if it is good.
    pub(super) fn signed_by(
        &self,
        commit: &CommitId,
        verifier: &Verifier,
    ) -> Result<Option<Vec<String>>, PortError> {
        let Some(signed) = self.0.signature(commit).map_err(told)? else { return Ok(None) };
        let good = verifier.verify(COMMITS, &signed.content, &signed.signature).map_err(told)?;
        Ok(good.ok().map(|good| good.principals))
    }
}

fn target_commit(commit: LineCommit) -> TargetCommit {
    let LineCommit { id, parent, tree } = commit;
    TargetCommit { id, parent, tree }
}

/// `lines`: that came and went, where they were counted.
pub(super) fn tree_change(change: &FileChange, lines: Option<(u64, u64)>) -> TreeChange {
    let (kind, was) = match &change.kind {
        ChangeKind::Added => (TreeChangeKind::Added, None),
        ChangeKind::Removed => (TreeChangeKind::Removed, None),
        ChangeKind::Modified => (TreeChangeKind::Modified, None),
        ChangeKind::Renamed { from } => (TreeChangeKind::Renamed, Some(escape(from))),
    };
    // What it becomes tells more than what it was.
    let side: Option<&FileSide> = change.new.as_ref().or(change.old.as_ref());
    let content = match side.map(|side| side.kind) {
        Some(ContentKind::Binary) => TreeContent::Binary,
        Some(ContentKind::LfsPointer) => TreeContent::LfsPointer,
        Some(ContentKind::Link) => TreeContent::Link,
        Some(ContentKind::Submodule) => TreeContent::Submodule,
        Some(ContentKind::Text) | None => TreeContent::Text,
    };
    TreeChange { path: escape(&change.path), was, kind, content, lines }
}
