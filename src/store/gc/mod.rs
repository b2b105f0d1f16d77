//! What may go of the storage of an environment, and letting it go.
//!
//! Nothing is believed of the index here: each run is read from its directory.

mod keep;
mod measure;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

pub use keep::{Policy, Why};
pub use standing::Standing;

use self::keep::Past;
use self::measure::Measure;
use super::error::failed;
use super::remove_tree::remove_tree;
use super::runs::{Broken, Runs};
use super::{OwnRuns, Recorded, manifests, read_notes, read_plan};
use crate::domain::{RunLayout, Token};
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

impl Runs {
    /// What may go by this policy.
    pub fn garbage(&self, policy: &Policy) -> Result<Garbage, StoreError> {
        let (runs, broken) = self.all_recorded();
        let aliases = self.aliases_by_token()?;
        let past = runs.into_iter().map(|recorded| {
            let layout = RunLayout::at(&recorded.path);
            let called = aliases.get(&recorded.run.token).cloned();
            let pinned = read_notes(&layout)?.is_pinned();
            let refers_to = references(&layout, &recorded);
            Ok(Past { recorded, pinned, called, refers_to })
        });
        let past = past.collect::<Result<Vec<Past>, StoreError>>()?;
        let (gone, kept) = keep::part(past, policy);
        let mut measure = Measure::default();
        let mut garbage = Garbage { broken, ..Garbage::default() };
        for recorded in gone {
            let bytes = measure.add(&recorded.path);
            garbage.runs.push((recorded, bytes));
        }
        for (recorded, why, is_recent) in kept {
            let work = RunLayout::at(&recorded.path).record().join("work");
            let is_filled = work.read_dir_utf8().is_ok_and(|mut left| left.next().is_some());
            if !is_recent && why.lets_work_go() && is_filled {
                let bytes = measure.add(&work);
                garbage.work.push((recorded.run.token, work, bytes));
            }
            garbage.kept.push((recorded, why));
        }
        garbage.bytes = measure.freed();
        Ok(garbage)
    }

    /// Lets go what may go by this policy; of what was shown before, only that: `shown`. Answers what has gone.
    ///
    /// Nobody starts a run meanwhile, so that no run takes over from one that goes.
    pub fn collect(&self, policy: &Policy, shown: &Garbage) -> Result<Garbage, StoreError> {
        let _alone =
            Standing::alone(&self.root).map_err(failed("cannot tell whether a run is being started"))?;
        let shown_runs: HashSet<Token> = shown.runs.iter().map(|(found, _)| found.run.token).collect();
        let shown_work: HashSet<&Utf8Path> = shown.work.iter().map(|(_, path, _)| path.as_path()).collect();
        // Somebody may have pinned one since, given it a name, or taken something over.
        let mut now = self.garbage(policy)?;
        now.runs.retain(|(found, _)| shown_runs.contains(&found.run.token));
        now.work.retain(|(_, path, _)| shown_work.contains(path.as_path()));
        for (found, _) in &now.runs {
            self.let_go(&found.path, found.run.token)?;
        }
        for (_, path, _) in &now.work {
            remove_tree(path).map_err(failed(format!("cannot remove {path}")))?;
        }
        Ok(now)
    }

    /// Out of sight first: nobody ever sees half a run.
    fn let_go(&self, dir: &Utf8Path, token: Token) -> Result<(), StoreError> {
        let wrong = || failed(format!("cannot remove {dir}"));
        let gone = self.base().join(".gone");
        fs_err::create_dir_all(&gone).map_err(wrong())?;
        let aside = gone.join(token.to_string());
        // Left by one that was killed.
        remove_tree(&aside).map_err(wrong())?;
        fs_err::rename(dir, &aside).map_err(wrong())?;
        OwnRuns::of_user().forget(token);
        remove_tree(&aside).map_err(wrong())?;
        fs_err::remove_dir(&gone).ok();
        Ok(())
    }

    fn aliases_by_token(&self) -> Result<HashMap<Token, String>, StoreError> {
        let mut called = HashMap::new();
        for (name, alias) in self.aliases() {
            if let Some(moved) = self.alias(&name, &alias)? {
                called.insert(moved.token, format!("{name}@{alias}"));
            }
        }
        Ok(called)
    }
}

/// The runs that one was made of, as far as its records tell.
fn references(layout: &RunLayout, recorded: &Recorded) -> Vec<Token> {
    let mut tokens = recorded.run.inputs_from.clone();
    if let Ok(plan) = read_plan(layout) {
        let taken = plan.nodes.iter().filter_map(|node| node.taken.as_ref());
        tokens.extend(taken.flat_map(|taken| std::iter::once(taken.token).chain(taken.older)));
    }
    let kept = manifests(layout, recorded.run.token).unwrap_or_default();
    tokens.extend(kept.into_iter().filter_map(|(_, manifest)| manifest.ok()?.taken_from));
    tokens
}

impl Policy {
    /// Keeps so many of each name; a run that is newer than this stays whatever its place.
    pub fn new(newest: usize, before: Option<Timestamp>) -> Self {
        Self { newest, before }
    }
}
