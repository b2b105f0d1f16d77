use git2::Signature;

use super::{
    Chain, EVIDENCE, LARGEST, LARGEST_EVIDENCE, LARGEST_SIGNATURE, SIGNATURE, STATEMENT, check_name,
};
use crate::domain::track::{CommitId, Signed};
use crate::git::GitError;
use crate::git::repository::{commit_id, oid};

const FILE: i32 = 0o100_644;
const FOLDER: i32 = 0o040_000;

/// For `git log`; the statement is what counts.
const MESSAGE: &str = "An entry of a release track\n";

impl Chain<'_> {
    /// Writes the next entry, and moves no ref. `evidence`: names and contents.
    ///
    /// # Errors
    /// Also where something is larger than it may be: a statement 1 MiB, a signature 16 KiB, a piece of evidence 64 MiB.
    pub fn append(
        &self,
        parent: Option<&CommitId>,
        signed: &Signed,
        evidence: &[(String, Vec<u8>)],
    ) -> Result<CommitId, GitError> {
        let wrong = GitError::of("write an entry of the ledger");
        let git = &self.repository.git;
        let blob = |name: &str, content: &[u8], limit: usize| match content.len() > limit {
            true => Err(GitError::TooLarge {
                path: name.into(),
                bytes: content.len() as u64,
                limit: limit as u64,
            }),
            false => git.blob(content).map_err(&wrong),
        };
        let mut tree = git.treebuilder(None).map_err(&wrong)?;
        let parts =
            [(STATEMENT, &signed.statement, LARGEST), (SIGNATURE, &signed.signature, LARGEST_SIGNATURE)];
        for (name, content, limit) in parts {
            tree.insert(name, blob(name, content, limit)?, FILE).map_err(&wrong)?;
        }
        if !evidence.is_empty() {
            let mut folder = git.treebuilder(None).map_err(&wrong)?;
            for (name, content) in evidence {
                check_name(name)?;
                folder.insert(name, blob(name, content, LARGEST_EVIDENCE)?, FILE).map_err(&wrong)?;
            }
            tree.insert(EVIDENCE, folder.write().map_err(&wrong)?, FOLDER).map_err(&wrong)?;
        }
        let tree = git.find_tree(tree.write().map_err(&wrong)?).map_err(&wrong)?;
        let parent = parent.map(|id| git.find_commit(oid(id.as_str())?).map_err(&wrong)).transpose()?;
        let who = git.signature().or_else(|_| Signature::now("Greenroom", "greenroom@localhost"));
        let who = who.map_err(&wrong)?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        commit_id(git.commit(None, &who, &who, MESSAGE, &tree, &parents).map_err(&wrong)?)
    }
}
