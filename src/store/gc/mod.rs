//! What may go of the storage of an environment, and letting it go.
//!
//! Nothing is believed of the index here: each run is read from its directory.

mod error;
mod inside;
mod keep;
mod measure;
mod refers;
mod standing;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

pub use error::GarbageError;
pub use inside::Inside;
pub use keep::{Policy, Why};
pub use standing::Standing;

use self::error::or_torn;
use self::inside::is_entered;
use self::keep::{Owner, Past, Stays};
use self::measure::Measure;
use self::refers::Refers;
use super::archive::abandoned;
use super::error::failed;
use super::notes::read_whole_notes;
use super::remove_tree::remove_tree;
use super::runs::{AllRecorded, Broken, Runs};
use super::{Origin, OwnRuns, Recorded, is_driven};
use crate::domain::{Name, RunLayout, Token};
use crate::engine::StoreError;

/// What would go, and why the rest stays.
#[derive(Debug, Default)]
pub struct Garbage {
    /// Whole runs, newest first, with the bytes of each that no other run has.
    pub runs: Vec<(Recorded, u64)>,
    /// What failed tries left, of runs that stay: its folder and bytes.
    pub work: Vec<(Token, Utf8PathBuf, u64)>,
    /// What a gc or an import that was killed has left: folders, and the bytes of each.
    pub left: Vec<(Utf8PathBuf, u64)>,
    pub kept: Vec<(Recorded, Why)>,
    /// Directories that cannot be read as a whole: they stay.
    pub broken: Vec<Broken>,
    /// Links in place of run directories, here or of another environment: they stay, and what is behind them.
    pub linked: Vec<Utf8PathBuf>,
    /// Runs in directories that are called otherwise than a run's is, here or of another environment: they stay too.
    pub misnamed: Vec<Utf8PathBuf>,
    /// Runs that are not judged here and stay: of other environments, and behind links.
    pub elsewhere: Vec<Recorded>,
    /// All that would be free; a file that several of these runs share counts once, and one that a run which stays shares
    /// not at all.
    pub bytes: u64,
}

/// By what is judged which runs are needed.
pub struct Judging<'a> {
    pub policy: Policy,
    pub own: OwnRuns,
    /// The project's other environments: theirs may have been made of runs of this one.
    pub others: Vec<Runs>,
    /// The runs that a use case, if it were run now, would take over from what it does not make itself.
    pub feeding: &'a dyn Fn() -> Feeding,
}

/// What the use cases need of what was made before.
#[derive(Debug, Default)]
pub struct Feeding {
    pub runs: Vec<Token>,
    /// Names of which that cannot be told, and why not: all their runs stay.
    pub untold: Vec<(Name, String)>,
}

/// What goes and what stays, before anything is measured.
struct Judged {
    gone: Vec<Past>,
    kept: Vec<Stays>,
    broken: Vec<Broken>,
    linked: Vec<Utf8PathBuf>,
    misnamed: Vec<Utf8PathBuf>,
    elsewhere: Vec<Recorded>,
}

/// What is known of other runs than those that are judged.
#[derive(Default)]
struct Beside {
    /// Runs that stay, each with what holds it.
    held: Vec<(Token, Why)>,
    broken: Vec<Broken>,
    linked: Vec<Utf8PathBuf>,
    misnamed: Vec<Utf8PathBuf>,
    runs: Vec<Recorded>,
}

impl Beside {
    /// What it was made of stays.
    fn take(&mut self, recorded: Recorded) -> Result<(), GarbageError> {
        let (refers, token) = (Refers::of(&recorded)?, recorded.run.token);
        self.held.extend(refers.to.into_iter().map(|to| (to, Why::ReferredToBy(token))));
        self.held.extend(refers.forked_from.map(|to| (to, Why::ForkedBy(token))));
        self.broken.extend(torn(&recorded.path, refers.torn.as_ref()));
        self.runs.push(recorded);
        Ok(())
    }

    fn take_linked(&mut self, linked: Vec<(Utf8PathBuf, Recorded)>) -> Result<(), GarbageError> {
        for (path, recorded) in linked {
            // It may lie elsewhere in the same environment.
            self.held.push((recorded.run.token, Why::BehindLink));
            self.linked.push(path);
            self.take(recorded)?;
        }
        Ok(())
    }

    fn take_misnamed(&mut self, misnamed: Vec<Recorded>) -> Result<(), GarbageError> {
        for recorded in misnamed {
            self.misnamed.push(recorded.path.clone());
            self.take(recorded)?;
        }
        Ok(())
    }

    /// What a damaged run was made of stays too, as far as it says so.
    fn take_broken(&mut self, broken: Vec<Broken>) -> Result<(), GarbageError> {
        for broken in broken {
            let refers = Refers::of_broken(&broken)?;
            let called = broken.path.file_name().unwrap_or_default();
            let by = called.parse().map_or_else(|_| called.to_owned(), |token: Token| token.short());
            self.held.extend(refers.to.into_iter().map(|token| (token, Why::HeldByDamaged(by.clone()))));
            self.broken.push(broken);
        }
        Ok(())
    }
}

impl Runs {
    /// What may go.
    ///
    /// # Errors
    /// There are folders that cannot be looked into, or aliases that do not say what they mean: then nobody knows what may
    /// go. A run of which something is missing or torn stays, and what it still says it was made of.
    pub fn garbage(&self, judging: &Judging<'_>) -> Result<Garbage, GarbageError> {
        let Judged { gone, kept, broken, linked, misnamed, elsewhere } = self.judged(judging)?;
        let mut measure = Measure::default();
        let mut garbage = Garbage { broken, linked, misnamed, elsewhere, ..Garbage::default() };
        let aside =
            Some(self.base().join(GONE)).filter(|aside| aside.as_std_path().symlink_metadata().is_ok());
        for left in aside.into_iter().chain(abandoned(&self.root)) {
            let bytes = measure.add(&left);
            garbage.left.push((left, bytes));
        }
        for Past { recorded, .. } in gone {
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

    fn judged(&self, judging: &Judging<'_>) -> Result<Judged, GarbageError> {
        let AllRecorded { runs, broken, linked, misnamed, closed } = self.all_recorded();
        refuse_closed(closed)?;
        let aliases = self.aliases_by_token()?;
        let past = |recorded| self.past(recorded, &judging.own, &aliases);
        let past = runs.into_iter().map(past).collect::<Result<Vec<Past>, GarbageError>>()?;
        let mut beside = Beside::default();
        beside.take_broken(broken)?;
        beside.take_linked(linked)?;
        beside.take_misnamed(misnamed)?;
        for other in &judging.others {
            other.look_beside(&mut beside)?;
        }
        let Beside { mut held, mut broken, linked, misnamed, runs: elsewhere } = beside;
        let feeding = (judging.feeding)();
        held.extend(feeding.runs.into_iter().map(|token| (token, Why::Feeds)));
        for (name, why) in feeding.untold {
            let of_name = past.iter().filter(|past| past.recorded.run.name == name);
            held.extend(of_name.map(|past| (past.recorded.run.token, Why::Untold(why.clone()))));
        }
        broken.extend(past.iter().filter_map(|past| torn(&past.recorded.path, past.torn.as_ref())));
        let (gone, kept) = keep::part(past, &judging.policy, &held, |recorded| {
            let refers = Refers::of(recorded)?;
            let is_told = broken.iter().any(|broken| broken.path == recorded.path);
            broken.extend(torn(&recorded.path, refers.torn.as_ref()).filter(|_| !is_told));
            Ok::<_, GarbageError>(refers)
        })?;
        for Stays { recorded, why, .. } in &kept {
            if let Why::Torn(why) = why
                && broken.iter().all(|broken| broken.path != recorded.path)
            {
                broken.extend(torn(&recorded.path, Some(why)));
            }
        }
        Ok(Judged { gone, kept, broken, linked, misnamed, elsewhere })
    }

    /// What is asked of a run to tell whether it stays.
    fn past(
        &self,
        recorded: Recorded,
        own: &OwnRuns,
        aliases: &HashMap<Token, String>,
    ) -> Result<Past, GarbageError> {
        let (layout, mut torn) = (RunLayout::at(&recorded.path), None);
        let plan = or_torn(self.plan(own, &recorded), &mut torn)?;
        let notes = or_torn(read_whole_notes(&layout), &mut torn)?;
        let owner = match plan.as_ref().map(|(_, origin)| origin) {
            Some(Origin::Here) => Owner::Own,
            Some(Origin::Unpacked) => Owner::Archive,
            _ => Owner::Other(recorded.run.user.clone()),
        };
        let nodes = plan.into_iter().flat_map(|(plan, _)| plan.nodes);
        Ok(Past {
            owner,
            driven: is_driven(&layout.lock()).map_err(failed("cannot tell whether a run is driven"))?,
            entered: is_entered(&layout)
                .map_err(failed("cannot tell whether somebody is inside of a run"))?,
            pinned: notes.is_some_and(|notes| notes.is_pinned()),
            called: aliases.get(&recorded.run.token).cloned(),
            steps: nodes.map(|node| node.id.step).collect(),
            torn,
            damage: OnceCell::new(),
            recorded,
        })
    }

    /// What the runs here were made of; those that do not say all are told.
    fn look_beside(&self, beside: &mut Beside) -> Result<(), GarbageError> {
        let AllRecorded { runs, broken, linked, misnamed, closed } = self.all_recorded();
        refuse_closed(closed)?;
        runs.into_iter().try_for_each(|recorded| beside.take(recorded))?;
        beside.take_linked(linked)?;
        beside.take_misnamed(misnamed)?;
        beside.take_broken(broken)
    }

    /// Lets go what may go; of what was shown before, only that: `shown`. Answers what has gone.
    ///
    /// Nobody starts a run meanwhile, goes on with one, or says anything of one, so that none goes that is needed.
    pub fn collect(&self, judging: &Judging<'_>, shown: &Garbage) -> Result<Garbage, GarbageError> {
        let roots = std::iter::once(self).chain(&judging.others).map(|runs| runs.root.as_path());
        let alone = Standing::alone(roots).map_err(failed("cannot tell whether a run is being started"))?;
        // As they were measured then: nobody waits for that while nothing may be started.
        let runs: HashMap<&Utf8Path, u64> =
            shown.runs.iter().map(|(found, bytes)| (found.path.as_path(), *bytes)).collect();
        let folders: HashMap<&Utf8Path, u64> =
            shown.work.iter().map(|(_, path, bytes)| (path.as_path(), *bytes)).collect();
        // Somebody may have pinned one since, given it a name, or taken something over.
        let now = self.judged(judging)?;
        let Judged { broken, linked, misnamed, elsewhere, .. } = now;
        let mut gone =
            Garbage { broken, linked, misnamed, elsewhere, left: shown.left.clone(), ..Garbage::default() };
        let aside = self.base().join(GONE);
        for Past { recorded, owner, .. } in now.gone {
            let Some(bytes) = runs.get(recorded.path.as_path()) else { continue };
            put_aside(&recorded.path, &aside, &recorded.run.token.to_string())?;
            // What one of another's has the token of may still be there.
            if owner == Owner::Own {
                judging.own.forget(&RunLayout::at(&recorded.path), recorded.run.token);
            }
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
        let left = [vec![aside], abandoned(&self.root)].concat();
        for left in &left {
            measure.add(left);
        }
        gone.bytes = measure.freed();
        for left in left {
            remove_tree(&left).map_err(failed(format!("cannot remove {left}")))?;
        }
        Ok(gone)
    }

    fn aliases_by_token(&self) -> Result<HashMap<Token, String>, GarbageError> {
        let mut called = HashMap::new();
        for (name, alias) in self.known_aliases()? {
            let moved = self.alias(&name, &alias).map_err(|error| GarbageError::Alias {
                alias: format!("{name}@{alias}"),
                file: self.alias_file(&name, &alias),
                why: error.to_string(),
            })?;
            called.extend(moved.map(|moved| (moved.token, format!("{name}@{alias}"))));
        }
        Ok(called)
    }
}

fn refuse_closed(closed: Vec<Broken>) -> Result<(), GarbageError> {
    let refused = |Broken { path, why, .. }| Err(GarbageError::Closed { path, why });
    closed.into_iter().next().map_or(Ok(()), refused)
}

fn torn(path: &Utf8Path, why: Option<&String>) -> Option<Broken> {
    why.map(|why| Broken { path: path.to_owned(), why: why.clone(), no_record: false })
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

impl Policy {
    /// Keeps so many of each name; a run that is newer than this stays whatever its place, and so does what came as an archive.
    pub fn new(newest: usize, before: Option<Timestamp>) -> Self {
        Self { newest, before, archives: false }
    }

    /// Runs that came as archives go as others do.
    #[must_use]
    pub fn with_archives(self, archives: bool) -> Self {
        Self { archives, ..self }
    }
}
