use super::desk::Desk;
use super::look::Looked;
use super::wrong::{of_git, of_review};
use crate::cli::UserError;
use crate::domain::track::bodies::Promoted;
use crate::domain::track::{Present, Standing};
use crate::review::{PortError, ReviewError, TargetCommit, recognise, taken_back};

/// How a package came to its target, whoever merged it.
pub struct Came(pub Promoted);

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
        let git = &self.repository;
        let line = git.first_parents(&manifest.base, tip, LINE).map_err(|error| of_git(&error))?;
        let line: Vec<TargetCommit> = line
            .into_iter()
            .map(|commit| TargetCommit { id: commit.id, parent: commit.parent, tree: commit.tree })
            .collect();
        let wrong = |error: PortError| of_review(&ReviewError::from(error));
        let found = recognise(&self.git(), manifest, &self.bearing(manifest)?, &line).map_err(wrong)?;
        let Some(found) = found else { return Ok(None) };
        // What was taken back since is not there.
        let commit = line.iter().find(|commit| commit.id == found.commit);
        match commit.map(|commit| taken_back(&self.git(), commit, tip)).transpose().map_err(wrong)? {
            Some(true) => Ok(None),
            _ => Ok(Some(Came(found))),
        }
    }
}
