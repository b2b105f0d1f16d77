use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::list::NO_RECORD;
use super::scan::Found;
use super::{Broken, RunRef, Runs};
use crate::domain::{Name, RunLayout, RunQuery, Status, Token};
use crate::engine::StoreError;
use crate::store::{Recorded, is_ahead, recorded};

/// Candidates that an error names.
const SHOWN: usize = 5;

/// Why no run was found, or none that can be read.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    #[error("no run of this environment has the token {0}")]
    NoToken(Token),
    #[error("no run's token ends with `{0}`")]
    NoEnding(String),
    /// The newest of them first, and how many there are.
    #[error("`{ending}` is the end of {count} tokens")]
    Ambiguous { ending: String, count: usize, candidates: Vec<(Token, Name)> },
    /// Somebody put a copy beside it, under another name or version.
    #[error("{} runs have the token {token}, and nobody can tell which is meant", places.len())]
    Several { token: Token, places: Vec<Utf8PathBuf> },
    /// `names`: what has runs.
    #[error("{}", match name {
        Some(name) => format!("nothing called `{name}` has run here"),
        None => "nothing has run here yet".to_owned(),
    })]
    NoRuns { name: Option<Name>, names: Vec<Name> },
    #[error("{}{}", match there {
        1 => "there is only one run".to_owned(),
        there => format!("there are only {there} runs"),
    }, name.as_ref().map(|name| format!(" of `{name}`")).unwrap_or_default())]
    TooFar { name: Option<Name>, there: usize },
    #[error("no run{} has failed", name.as_ref().map(|name| format!(" of `{name}`")).unwrap_or_default())]
    NoneFailed { name: Option<Name> },
    /// `there`: the aliases that there are, as they can be typed. `names`: what has runs.
    #[error("no run{} is called `{alias}`", name.as_ref().map(|name| format!(" of `{name}`")).unwrap_or_default())]
    NoAlias { name: Option<Name>, alias: Name, there: Vec<String>, names: Vec<Name> },
    #[error("`{alias}` is an alias of more than one algorithm")]
    ManyAliases { alias: Name, names: Vec<Name> },
    #[error("the alias `{alias}` cannot be read: {why}")]
    BadAlias { alias: Name, why: String },
    #[error("{0} is not the directory of a run: it has no _run/run.json")]
    NoDirectory(Utf8PathBuf),
    #[error("the run in {path} cannot be read: {why}")]
    Broken { path: Utf8PathBuf, why: String },
}

impl From<Broken> for FindError {
    fn from(Broken { path, why, .. }: Broken) -> Self {
        Self::Broken { path, why }
    }
}

impl Runs {
    /// The run that is meant, as it stands now.
    pub fn find(&self, reference: &RunRef) -> Result<Recorded, FindError> {
        match reference {
            RunRef::Token(token) => match self.of_token(*token).as_slice() {
                [] => Err(FindError::NoToken(*token)),
                [only] => self.read(only),
                many => Err(self.several(*token, many)),
            },
            RunRef::Ending(ending) => self.read(&self.ending_with(ending)?),
            RunRef::Newest { name, back } => self.newest(name.as_ref(), *back),
            RunRef::Failed { name } => self.failed(name.as_ref()),
            RunRef::Alias { name, alias } => self.called(name.as_ref(), alias),
            RunRef::Directory(dir) => run_at(dir),
        }
    }

    fn called(&self, name: Option<&Name>, alias: &Name) -> Result<Recorded, FindError> {
        let mut all = self.aliases();
        // One that was taken away is none.
        all.retain(|(of, alias)| !matches!(self.alias(of, alias), Ok(None)));
        let is_meant = |of: &Name, called: &Name| called == alias && name.is_none_or(|name| name == of);
        let meant: Vec<&Name> =
            all.iter().filter(|(of, called)| is_meant(of, called)).map(|(of, _)| of).collect();
        let of = match meant.as_slice() {
            [of] => *of,
            [] => {
                let there = all.iter().map(|(of, alias)| format!("{of}@{alias}")).collect();
                let (name, alias) = (name.cloned(), alias.clone());
                return Err(FindError::NoAlias { name, alias, there, names: self.names_with_runs() });
            }
            many => {
                let names = many.iter().map(|name| (*name).clone()).collect();
                return Err(FindError::ManyAliases { alias: alias.clone(), names });
            }
        };
        let wrong = |why: String| FindError::BadAlias { alias: alias.clone(), why };
        match self.alias(of, alias) {
            Ok(Some(moved)) => self.find(&RunRef::Token(moved.token)),
            Ok(None) => Err(wrong("nothing has been called so yet".to_owned())),
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    fn ending_with(&self, ending: &str) -> Result<Found, FindError> {
        let (mut found, _) = self.scan(None);
        found.retain(|run| run.token.to_string().ends_with(ending));
        match found.as_slice() {
            [] => Err(FindError::NoEnding(ending.to_owned())),
            [only] => Ok(only.clone()),
            [first, others @ ..] if others.iter().all(|run| run.token == first.token) => {
                Err(self.several(first.token, &found))
            }
            many => Err(FindError::Ambiguous {
                ending: ending.to_owned(),
                count: many.len(),
                candidates: many.iter().take(SHOWN).map(|run| (run.token, run.name.clone())).collect(),
            }),
        }
    }

    fn several(&self, token: Token, found: &[Found]) -> FindError {
        let places = found.iter().map(|found| found.layout(self).dir().to_owned()).collect();
        FindError::Several { token, places }
    }

    fn newest(&self, name: Option<&Name>, back: usize) -> Result<Recorded, FindError> {
        let (mut found, _) = self.scan(name);
        found.retain(|run| !is_ahead(&run.layout(self), run.token));
        // One that cannot be read, or has no record yet, keeps nobody from those before it; `runs` tells of it.
        let mut readable = found.iter().filter_map(|run| self.read(run).ok());
        if let Some(run) = readable.nth(back - 1) {
            return Ok(run);
        }
        let there = found.iter().filter(|run| self.read(run).is_ok()).count();
        match found.iter().find(|run| run.layout(self).run_json().exists()) {
            None => Err(self.no_runs(name)),
            Some(broken) if there == 0 => self.read(broken),
            Some(_) => Err(FindError::TooFar { name: name.cloned(), there }),
        }
    }

    fn failed(&self, name: Option<&Name>) -> Result<Recorded, FindError> {
        let (found, _) = self.scan(name);
        if found.is_empty() {
            return Err(self.no_runs(name));
        }
        // One that cannot be read is not known to have failed; `runs` tells of it.
        let query = RunQuery { statuses: vec![Status::Failed], ..RunQuery::of(name) };
        let is_meant = |found: &Recorded| !is_ahead(&RunLayout::at(&found.path), found.run.token);
        let failed = self.find_all(&query, 1).runs.into_iter().find(is_meant);
        let failed = failed.or_else(|| self.find_all(&query, usize::MAX).runs.into_iter().find(is_meant));
        failed.ok_or_else(|| FindError::NoneFailed { name: name.cloned() })
    }

    fn no_runs(&self, name: Option<&Name>) -> FindError {
        FindError::NoRuns { name: name.cloned(), names: self.names_with_runs() }
    }

    fn read(&self, found: &Found) -> Result<Recorded, FindError> {
        let layout = found.layout(self);
        let recorded = read(&layout)?;
        match recorded.run.token == found.token {
            true => Ok(recorded),
            false => Err(FindError::Broken {
                path: layout.dir().to_owned(),
                why: format!("its run.json is that of another run, {}", recorded.run.token),
            }),
        }
    }
}

/// A run by its directory alone, such as one that was copied from another machine.
pub fn run_at(dir: &Utf8Path) -> Result<Recorded, FindError> {
    let absolute = camino::absolute_utf8(dir).unwrap_or_else(|_| dir.to_owned());
    let layout = RunLayout::at(&absolute);
    match layout.run_json().try_exists() {
        Ok(false) => Err(FindError::NoDirectory(dir.to_owned())),
        // Nor is one that may not be looked into missing.
        Ok(true) | Err(_) => read(&layout),
    }
}

fn read(layout: &RunLayout) -> Result<Recorded, FindError> {
    recorded(layout).map_err(|error| FindError::Broken {
        path: layout.dir().to_owned(),
        why: match error {
            StoreError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => NO_RECORD.to_owned(),
            error => error.to_string(),
        },
    })
}
