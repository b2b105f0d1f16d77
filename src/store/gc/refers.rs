use camino::Utf8Path;

use super::super::runs::Broken;
use super::super::{Recorded, is_fetched, manifests, read_plan};
use super::error::{GarbageError, or_torn};
use crate::domain::{RunLayout, Token};

/// The runs that one was made of, as far as it says so.
#[derive(Debug, Default)]
pub(super) struct Refers {
    pub to: Vec<Token>,
    /// The one that it goes on from with other parameters, whether it took something over or not.
    pub forked_from: Option<Token>,
    /// Why it does not say all.
    pub torn: Option<String>,
}

impl Refers {
    pub fn of(recorded: &Recorded) -> Result<Self, GarbageError> {
        let mut refers = Self::of_directory(&recorded.path, Some(recorded.run.token))?;
        refers.to.extend(&recorded.run.inputs_from);
        refers.forked_from = recorded.run.forked_from;
        Ok(refers)
    }

    /// Of a directory that is no whole run.
    pub fn of_broken(broken: &Broken) -> Result<Self, GarbageError> {
        let token = broken.path.file_name().and_then(|name| name.parse().ok());
        Self::of_directory(&broken.path, token)
    }

    fn of_directory(dir: &Utf8Path, token: Option<Token>) -> Result<Self, GarbageError> {
        let (layout, mut refers) = (RunLayout::at(dir), Self::default());
        // Of a run in a bucket only the record is fetched that lists it, until somebody looks at it; that tells what it was
        // made of too.
        if is_fetched(&layout) && !layout.plan_json().exists() {
            return Ok(refers);
        }
        if let Some(plan) = or_torn(read_plan(&layout), &mut refers.torn)? {
            let taken = plan.nodes.into_iter().filter_map(|node| node.taken);
            refers.to.extend(taken.flat_map(|taken| std::iter::once(taken.token).chain(taken.older)));
        }
        let Some(token) = token else { return Ok(refers) };
        for (_, manifest) in or_torn(manifests(&layout, token), &mut refers.torn)?.unwrap_or_default() {
            refers.to.extend(or_torn(manifest, &mut refers.torn)?.and_then(|manifest| manifest.taken_from));
        }
        Ok(refers)
    }
}
