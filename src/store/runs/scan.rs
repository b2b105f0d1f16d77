use std::io;
use std::os::unix::fs::DirEntryExt;

use camino::{Utf8Path, Utf8PathBuf};

use super::aliases::FOLDER as ALIASES;
use super::{Broken, Runs};
use crate::domain::{Name, RunLayout, Token, Version};

/// A directory that a run may be in: its name says so.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub token: Token,
    pub name: Name,
    pub version: Version,
}

impl Found {
    pub fn layout(&self, runs: &Runs) -> RunLayout {
        runs.layout(&self.name, self.version, self.token)
    }
}

impl Runs {
    /// The run directories that are there, newest first, and folders that could not be looked into. Only names are
    /// read: `$name/$version/$token`, and what is called otherwise is nobody's run.
    pub(super) fn scan(&self, name: Option<&Name>) -> (Vec<Found>, Vec<Broken>) {
        let (mut found, mut broken) = (Vec::new(), Vec::new());
        for (name, version) in self.versions(name, &mut broken) {
            let tokens = self.tokens(&name, version, &mut broken);
            found.extend(tokens.into_iter().map(|token| Found { token, name: name.clone(), version }));
        }
        found.sort_unstable_by_key(|run| std::cmp::Reverse(run.token));
        (found, broken)
    }

    /// The folders that runs may lie in, of one name or all.
    pub(super) fn versions(&self, name: Option<&Name>, broken: &mut Vec<Broken>) -> Vec<(Name, Version)> {
        let names = match name {
            Some(name) => vec![name.clone()],
            None => folders(&self.base(), Name::new, broken),
        };
        let mut all = Vec::new();
        for name in names {
            let versions = folders(&self.base().join(name.as_str()), str::parse::<Version>, broken);
            all.extend(versions.into_iter().map(|version| (name.clone(), version)));
        }
        all
    }

    pub(super) fn tokens(&self, name: &Name, version: Version, broken: &mut Vec<Broken>) -> Vec<Token> {
        let dir = self.base().join(name.as_str()).join(version.to_string());
        folders(&dir, str::parse::<Token>, broken)
    }

    /// The same, each with the number that its disk knows its directory by: another one in its place has another.
    pub(super) fn directories(
        &self,
        name: &Name,
        version: Version,
        broken: &mut Vec<Broken>,
    ) -> Vec<(Token, u64)> {
        let dir = self.base().join(name.as_str()).join(version.to_string());
        let mut misnamed = Vec::new();
        let found = numbered(&dir, str::parse::<Token>, broken, |called| {
            let path = dir.join(called);
            if RunLayout::at(&path).run_json().symlink_metadata().is_ok() {
                misnamed.push(Broken { path, why: MISNAMED.to_owned(), no_record: false });
            }
        });
        broken.append(&mut misnamed);
        found
    }

    /// Directories that hold a run and lie where the runs do, but are called otherwise, or lie below a folder that is:
    /// copies, and what somebody has set aside. Nobody lists them; what they were made of is needed all the same.
    pub(super) fn strays(&self, closed: &mut Vec<Broken>) -> Vec<Utf8PathBuf> {
        let mut found = Vec::new();
        let is_name = |called: &str| Name::new(called).is_ok();
        let is_version = |called: &str| called.parse::<Version>().is_ok();
        let is_token = |called: &str| called.parse::<Token>().is_ok();
        for (base, called) in entries(&self.base(), closed) {
            // `.gone`: what goes waits there.
            if called.starts_with('.') {
                continue;
            }
            if !is_name(&called) {
                gather(&base, 0, &mut found, closed);
                continue;
            }
            for (of_name, called) in entries(&base, closed) {
                if called == ALIASES {
                    continue;
                }
                if !is_version(&called) {
                    gather(&of_name, 0, &mut found, closed);
                    continue;
                }
                let others = entries(&of_name, closed).into_iter().filter(|(_, called)| !is_token(called));
                others.for_each(|(path, _)| gather(&path, 0, &mut found, closed));
            }
        }
        found
    }

    /// Where runs of a token may lie: in more than one place where somebody put a copy beside it.
    pub(super) fn of_token(&self, token: Token) -> Vec<Found> {
        let versions = self.versions(None, &mut Vec::new()).into_iter();
        let places = versions.map(|(name, version)| Found { token, name, version });
        let is_there = |found: &Found| {
            found.layout(self).dir().as_std_path().symlink_metadata().is_ok_and(|meta| meta.is_dir())
        };
        places.filter(is_there).collect()
    }

    /// The same, as directories.
    pub(in crate::store) fn places_of(&self, token: Token) -> Vec<Utf8PathBuf> {
        self.of_token(token).iter().map(|found| found.layout(self).dir().to_owned()).collect()
    }

    /// Something of this name has run.
    pub fn has_run(&self, name: &Name) -> bool {
        self.base().join(name.as_str()).is_dir()
    }

    /// Whose names have runs.
    pub(super) fn names_with_runs(&self) -> Vec<Name> {
        let mut names = self.names();
        // A folder that somebody left there is nobody's name.
        names.retain(|name| {
            let versions = self.versions(Some(name), &mut Vec::new());
            versions
                .into_iter()
                .any(|(name, version)| !self.tokens(&name, version, &mut Vec::new()).is_empty())
        });
        names
    }

    /// The folders that could be of a name.
    pub(super) fn names(&self) -> Vec<Name> {
        let mut names = folders(&self.base(), Name::new, &mut Vec::new());
        names.sort();
        names
    }
}

/// Folders within folders in which something is looked for, and of them those where it may lie behind a link: further
/// down, links could lead round in circles.
const DEEPEST: u32 = 32;
const LINKED: u32 = 3;

/// The runs in a folder, or below it.
fn gather(dir: &Utf8Path, depth: u32, found: &mut Vec<Utf8PathBuf>, closed: &mut Vec<Broken>) {
    if RunLayout::at(dir).record().symlink_metadata().is_ok() {
        return found.push(dir.to_owned());
    }
    if depth < DEEPEST {
        let below = entries(dir, closed).into_iter().map(|(path, _)| path);
        let below = below.filter(|path| depth < LINKED || !path.is_symlink());
        below.for_each(|path| gather(&path, depth + 1, found, closed));
    }
}

/// The folders in one, and what each is called; also those that a link leads to. None there is no error.
fn entries(dir: &Utf8Path, closed: &mut Vec<Broken>) -> Vec<(Utf8PathBuf, String)> {
    let read = || -> io::Result<Vec<(Utf8PathBuf, String)>> {
        let mut all = Vec::new();
        for entry in dir.read_dir_utf8()? {
            let entry = entry?;
            if entry.path().is_dir() {
                all.push((entry.path().to_owned(), entry.file_name().to_owned()));
            }
        }
        Ok(all)
    };
    match read() {
        Ok(all) => all,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            closed.push(Broken { path: dir.to_owned(), why: error.to_string(), no_record: false });
            Vec::new()
        }
    }
}

/// What lies behind it, nobody looks at: it may be anything, anywhere. That it is there is told.
const LINK: &str = "it is a link: put the directory itself there, or remove the link";

/// It may be a copy that somebody made with `cp -r`, or a run that was set aside.
const MISNAMED: &str =
    "it holds a run, and its name is not that run's token: give it that name, or open it by its path";

/// The folders whose name can be read as one. None there is no error: nothing has run yet. A link of such a name is
/// broken.
pub(super) fn folders<T, E>(
    dir: &Utf8Path,
    parse: impl Fn(&str) -> Result<T, E>,
    broken: &mut Vec<Broken>,
) -> Vec<T> {
    numbered(dir, parse, broken, |_| {}).into_iter().map(|(name, _)| name).collect()
}

/// `other`: told of each entry with another name.
fn numbered<T, E>(
    dir: &Utf8Path,
    parse: impl Fn(&str) -> Result<T, E>,
    broken: &mut Vec<Broken>,
    mut other: impl FnMut(&str),
) -> Vec<(T, u64)> {
    let mut read = |broken: &mut Vec<Broken>| -> io::Result<Vec<(T, u64)>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let called = entry.file_name();
            let Some(called) = called.to_str() else { continue };
            let Ok(name) = parse(called) else {
                other(called);
                continue;
            };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                names.push((name, entry.ino()));
            } else if kind.is_symlink() {
                broken.push(Broken { path: dir.join(called), why: LINK.to_owned(), no_record: false });
            }
        }
        Ok(names)
    };
    match read(broken) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            broken.push(Broken { path: dir.to_owned(), why: error.to_string(), no_record: false });
            Vec::new()
        }
    }
}
