use super::desk::Desk;
use super::look::Looked;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{CommitId, Package, Present, Standing};
use crate::git::GitError;
use crate::review::{Bearing, PortError, Repository as _, ReviewError, TargetCommit, recognise, taken_back};

/// How a package came to its target, whoever merged it.
pub struct Came(pub Promoted);

/// How it can be that a target holds all that a package changes, and yet did not get it by a commit that is the package.
pub enum There {
    TakenBack,
    /// A commit brought it, and this file that the package does not change.
    WithMore {
        commit: CommitId,
        besides: String,
    },
    Otherwise,
}

/// Commits of the target that are looked at: an approval does not last longer.
const LINE: usize = 10_000;

impl Looked {
    pub fn present(&self) -> Option<&Present> {
        self.known.present.as_ref()
    }

    /// For people.
    pub fn why_not_approved(&self) -> String {
        match self.track.approval.as_ref().map(|approval| &approval.standing) {
            None => "nobody has approved it".to_owned(),
            Some(Standing::Void { why, .. } | Standing::Unknown { why }) => why.clone(),
            Some(Standing::Holds | Standing::CarriedOver { .. }) => String::new(),
        }
    }
}

impl Desk {
    /// Whether the package of a track is in its target, merged, squashed or rebased.
    pub fn came(&self, looked: &Looked) -> Result<Option<Came>, UserError> {
        self.as_far_as_known(self.recognised(looked))
    }

    fn recognised(&self, looked: &Looked) -> Result<Option<Came>, UserError> {
        let (Some(package), Some(tip)) = (&looked.track.package, &looked.known.tip) else { return Ok(None) };
        let manifest = &package.manifest;
        // Where nobody can tell what it would make of its base, nobody can tell that this came.
        if manifest.base == *tip || package.merge.is_err() {
            return Ok(None);
        }
        self.came_to(manifest, tip, &self.bearing(manifest)?)
    }

    /// The same of what a package says it is, where its target is at `tip`.
    pub(super) fn came_to(
        &self,
        manifest: &Package,
        tip: &CommitId,
        bearing: &dyn Bearing,
    ) -> Result<Option<Came>, UserError> {
        let git = &self.repository;
        let line = git.first_parents(&manifest.base, tip, LINE).map_err(|error| of_git(&error))?;
        let line: Vec<TargetCommit> = line
            .into_iter()
            .map(|commit| TargetCommit { id: commit.id, parent: commit.parent, tree: commit.tree })
            .collect();
        let wrong = |error: PortError| of_review(&ReviewError::from(error));
        let found = recognise(&self.git(), manifest, bearing, &line).map_err(wrong)?;
        let Some(found) = found else { return Ok(None) };
        // What was taken back since is not there.
        match taken_back(&self.git(), &found, tip).map_err(wrong)? {
            true => Ok(None),
            false => Ok(Some(Came(found.promoted))),
        }
    }

    /// See `There`.
    pub fn how_it_is_there(&self, looked: &Looked) -> Result<There, UserError> {
        let (Some(package), Some(tip)) = (&looked.track.package, &looked.known.tip) else {
            return Ok(There::Otherwise);
        };
        let (git, manifest) = (&self.repository, &package.manifest);
        let wrong = |error: GitError| of_git(&error);
        if git.is_ancestor(&manifest.head, tip).map_err(wrong)? {
            return Ok(There::TakenBack);
        }
        let base = git.tree(&manifest.base).map_err(wrong)?;
        let told = |error: PortError| of_review(&ReviewError::from(error));
        let brought = self.git().paths(&base, &manifest.merge_tree).map_err(told)?;
        for commit in git.first_parents(&manifest.base, tip, LINE).map_err(wrong)?.into_iter().rev() {
            let before = git.tree(&commit.parent).map_err(wrong)?;
            let paths = self.git().paths(&before, &commit.tree).map_err(told)?;
            if paths.is_disjoint(&brought) {
                continue;
            }
            if let Some(besides) = paths.difference(&brought).next() {
                return Ok(There::WithMore { commit: commit.id, besides: besides.clone() });
            }
        }
        Ok(There::Otherwise)
    }
}
