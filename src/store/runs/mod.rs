//! All runs of an environment: listed, referred to, and looked through for outputs to take over.
//!
//! The run directories are the truth. Which there are is read from the folders each time; what is in a run that has
//! finished is remembered in an index, which may be missing, old, broken or read-only: then it is read again.

mod aliases;
mod earlier;
mod find;
mod fitting;
mod index;
mod list;
mod maker;
mod origin;
mod reference;
mod scan;
#[cfg(test)]
mod tests;

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

pub use aliases::AliasMove;
pub use earlier::{Params, Sought, changed_file, named_with, never_had, taken};
pub use find::{FindError, run_at};
pub use fitting::{Unfit, Wanted, has_all};
pub(in crate::store) use list::AllRecorded;
pub use list::{Broken, Listing, MeasuredListing, Older, lacks};
pub use maker::Maker;
pub use reference::{ReferenceError, RunRef};

use crate::domain::{Name, RunLayout, Token, Version};

/// Clocks of disks go on in steps, some by two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// The runs of one environment of one project.
#[derive(Clone, Debug)]
pub struct Runs {
    pub(super) root: Utf8PathBuf,
    project: Name,
    env: Name,
    /// How long ago a folder has to have changed for its next change to be told from it by the disk's clock.
    settled: Duration,
}

impl Runs {
    /// `root` of the storage on this machine, absolute.
    pub fn new(root: &Utf8Path, project: &Name, env: &Name) -> Self {
        Self { root: root.to_owned(), project: project.clone(), env: env.clone(), settled: SETTLED }
    }

    /// For who waits himself until the disk's clock has gone on.
    #[cfg(test)]
    pub(super) fn settled_at_once(self) -> Self {
        Self { settled: Duration::ZERO, ..self }
    }

    pub(super) fn base(&self) -> Utf8PathBuf {
        self.root.join(self.project.as_str()).join(self.env.as_str())
    }

    fn layout(&self, name: &Name, version: Version, token: Token) -> RunLayout {
        RunLayout::new(&self.root, &self.project, &self.env, name, version, token)
    }
}
