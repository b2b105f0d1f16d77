//! What may go of the storage of an environment, and letting it go.
//!
//! Nothing is believed of the index here: each run is read from its directory.

mod keep;
mod measure;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

pub use keep::{Policy, Why};
pub use standing::Standing;

use self::keep::{Past, Stays};
use self::measure::Measure;
use super::error::failed;
use super::remove_tree::remove_tree;
use super::runs::{Broken, Runs};
use super::{OwnRuns, Recorded, manifests, read_notes, read_plan};
use crate::domain::{Plan, RunLayout, Token};
use crate::engine::StoreError;

/// What would go, and why the rest stays.
#[derive(Debug, Default)]
pub struct Garbage {
    /// Whole runs, newest first, with the bytes of each that no other run has.
    pub runs: Vec<(Recorded, u64)>,
    /// What failed tries left, of runs that stay: its folder and bytes.
    pub work: Vec<(Token, Utf8PathBuf, u64)>,
    pub kept: Vec<(Recorded, Why)>,
    /// Directories of which nobody knows what they are: they stay.
    pub broken: Vec<Broken>,
    /// All that would be free; a file that several of these runs share counts once, and one that a run which stays shares
    /// not at all.
    pub bytes: u64,
}

/// What goes and what stays, before anything is measured.
struct Judged {
    gone: Vec<Recorded>,
    kept: Vec<Stays>,
    broken: Vec<Broken>,
}

impl Runs {
    /// What may go by this policy.
    ///
    /// # Errors
    /// What a run that stays was made of, or which runs have aliases, cannot be told: then nobody knows what may go.
    pub fn garbage(&self, policy: &Policy) -> Result<Garbage, StoreError> {
        let Judged { gone, kept, broken } = self.judged(policy)?;
        let mut measure = Measure::default();
        let mut garbage = Garbage { broken, ..Garbage::default() };
        for recorded in gone {
            let bytes = measure.add(&recorded.path);
            garbage.runs.push((recorded, bytes));
        }
        for stays in kept {
            if let Some(work) = stays.spare_work() {
                let bytes = measure.add(&work);
                garbage.work.push((stays.recorded.run.token, work, bytes));
            }
            garbage.kept.push((stays.recorded, stays.why));
        }
        garbage.bytes = measure.freed();
        Ok(garbage)
    }

    fn judged(&self, policy: &Policy) -> Result<Judged, StoreError> {
        let (runs, broken) = self.all_recorded();
        let aliases = self.aliases_by_token()?;
        let past = runs.into_iter().map(|recorded| {
            let called = aliases.get(&recorded.run.token).cloned();
            let pinned = read_notes(&RunLayout::at(&recorded.path))?.is_pinned();
            Ok(Past { recorded, pinned, called })
        });
        let past = past.collect::<Result<Vec<Past>, StoreError>>()?;
        // What a damaged run was made of stays too, as far as it says so.
        let held: Vec<Token> = broken.iter().flat_map(|broken| held_by(&broken.path)).collect();
        let (gone, kept) = keep::part(past, policy, &held, references)?;
        Ok(Judged { gone, kept, broken })
    }

    /// Lets go what may go by this policy; of what was shown before, only that: `shown`. Answers what has gone.
    ///
    /// Nobody starts a run meanwhile, goes on with one, or says anything of one, so that none goes that is needed.
    pub fn collect(&self, policy: &Policy, shown: &Garbage) -> Result<Garbage, StoreError> {
        let alone =
            Standing::alone([self.root.as_path()]).map_err(failed("cannot tell whether a run is being started"))?;
        // As they were measured then: nobody waits for that while nothing may be started.
        let runs: HashMap<Token, u64> =
            shown.runs.iter().map(|(found, bytes)| (found.run.token, *bytes)).collect();
        let folders: HashMap<&Utf8Path, u64> =
            shown.work.iter().map(|(_, path, bytes)| (path.as_path(), *bytes)).collect();
        // Somebody may have pinned one since, given it a name, or taken something over.
        let now = self.judged(policy)?;
        let mut gone = Garbage { broken: now.broken, ..Garbage::default() };
        let aside = self.base().join(GONE);
        for recorded in now.gone {
            let Some(bytes) = runs.get(&recorded.run.token) else { continue };
            put_aside(&recorded.path, &aside, &recorded.run.token.to_string())?;
            OwnRuns::of_user().forget(recorded.run.token);
            gone.runs.push((recorded, *bytes));
        }
        for stays in now.kept {
            if let Some(work) = stays.spare_work()
                && let Some(bytes) = folders.get(work.as_path())
            {
                let token = stays.recorded.run.token;
                put_aside(&work, &aside, &format!("{token}.work"))?;
                gone.work.push((token, work, *bytes));
            }
            gone.kept.push((stays.recorded, stays.why));
        }
        drop(alone);
        // Out of sight of all, also what one that was killed has left there.
        let mut measure = Measure::default();
        measure.add(&aside);
        gone.bytes = measure.freed();
        remove_tree(&aside).map_err(failed(format!("cannot remove {aside}")))?;
        Ok(gone)
    }

    fn aliases_by_token(&self) -> Result<HashMap<Token, String>, StoreError> {
        let mut called = HashMap::new();
        for (name, alias) in self.known_aliases()? {
            if let Some(moved) = self.alias(&name, &alias)? {
                called.insert(moved.token, format!("{name}@{alias}"));
            }
        }
        Ok(called)
    }
}

/// Where what goes waits for its end; no name is called so.
const GONE: &str = ".gone";

/// Nobody ever sees half a run.
fn put_aside(path: &Utf8Path, aside: &Utf8Path, name: &str) -> Result<(), StoreError> {
    let put = || {
        fs_err::create_dir_all(aside)?;
        let to = aside.join(name);
        // Left by one that was killed.
        remove_tree(&to)?;
        fs_err::rename(path, &to)
    };
    put().map_err(failed(format!("cannot remove {path}")))
}

/// The runs that one was made of.
fn references(recorded: &Recorded) -> Result<Vec<Token>, StoreError> {
    let layout = RunLayout::at(&recorded.path);
    let mut tokens = recorded.run.inputs_from.clone();
    tokens.extend(recorded.run.forked_from);
    tokens.extend(taken_by(&read_plan(&layout)?));
    for (_, manifest) in manifests(&layout, recorded.run.token)? {
        tokens.extend(manifest?.taken_from);
    }
    Ok(tokens)
}

fn taken_by(plan: &Plan) -> impl Iterator<Item = Token> {
    let taken = plan.nodes.iter().filter_map(|node| node.taken.as_ref());
    taken.flat_map(|taken| std::iter::once(taken.token).chain(taken.older))
}

/// The same of a directory that is no whole run.
fn held_by(dir: &Utf8Path) -> Vec<Token> {
    let layout = RunLayout::at(dir);
    let token = dir.file_name().and_then(|name| name.parse::<Token>().ok());
    let mut tokens: Vec<Token> = read_plan(&layout).iter().flat_map(taken_by).collect();
    let kept = token.and_then(|token| manifests(&layout, token).ok()).unwrap_or_default();
    tokens.extend(kept.into_iter().filter_map(|(_, manifest)| manifest.ok()?.taken_from));
    tokens
}

impl Policy {
    /// Keeps so many of each name; a run that is newer than this stays whatever its place.
    pub fn new(newest: usize, before: Option<Timestamp>) -> Self {
        Self { newest, before }
    }
}
