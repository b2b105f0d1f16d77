use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::{Move, PortError, ReviewError};
use crate::domain::track::{Touch, Touched, TreeChange};

/// What tells whether something that came to the target has a bearing on a package.
pub trait Bearing {
    /// `changes`: those of the step, from one merge result to the other.
    fn touched(&self, step: &Move, changes: &[TreeChange]) -> Result<Vec<Touched>, PortError>;
}

/// The files that a step's work depends on: its spec, operator, image, query and `files`.
pub struct Closure {
    step: String,
    files: GlobSet,
}

impl Closure {
    /// `globs`: from the repository's root, as a step's `files:` have them; a folder means all below it.
    pub fn new(step: &str, globs: &[String]) -> Result<Self, ReviewError> {
        let mut files = GlobSetBuilder::new();
        let bad = |glob: &str, why: String| ReviewError::Closure { glob: glob.to_owned(), why };
        for glob in globs {
            let plain = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
            let all = plain.is_empty() || plain == ".";
            let texts =
                if all { vec!["**".to_owned()] } else { vec![plain.to_owned(), format!("{plain}/**")] };
            for text in texts {
                let built = GlobBuilder::new(&text).literal_separator(true).build();
                files.add(built.map_err(|error| bad(glob, error.kind().to_string()))?);
            }
        }
        let files = files.build().map_err(|error| bad(step, error.kind().to_string()))?;
        Ok(Self { step: step.to_owned(), files })
    }

    pub fn step(&self) -> &str {
        &self.step
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.is_match(path)
    }

    /// A renamed file counts by both its names.
    pub fn touches(&self, change: &TreeChange) -> bool {
        self.touched_by(change).is_some()
    }

    /// The name by which it does: where a file was moved away, that is not the one it has now.
    fn touched_by<'c>(&self, change: &'c TreeChange) -> Option<&'c String> {
        [Some(&change.path), change.was.as_ref()].into_iter().flatten().find(|path| self.has(path))
    }
}

/// By their files alone; none of them: nothing has.
impl Bearing for Vec<Closure> {
    fn touched(&self, _: &Move, changes: &[TreeChange]) -> Result<Vec<Touched>, PortError> {
        let touched = changes.iter().flat_map(|change| {
            self.iter().filter_map(move |closure| {
                let file = closure.touched_by(change)?.clone();
                Some(Touched { step: closure.step().to_owned(), file, by: Touch::Closure })
            })
        });
        Ok(touched.collect())
    }
}
