use std::cell::RefCell;
use std::collections::HashMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// What a path of the project is, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    File,
    Dir,
    /// Neither: a pipe, a device.
    Odd,
    Missing,
    /// It is absolute, climbs out, is a file of `.greenroom`, or a link on the way leads there or out.
    Outside,
}

/// What this machine alone knows of a project.
const LOCAL: &str = ".greenroom";
const GIT: &str = ".git";
/// Of that, what no step may see or change.
const PRIVATE: [&str; 4] = ["secrets.env", "snapshots", "cache", "scratch"];

/// Would whoever sees a folder see what this machine keeps to itself: the project's secrets, or those of another one, or
/// what git knows of remotes? Both without links.
pub fn is_private(root: &Utf8Path, folder: &Utf8Path) -> bool {
    let local = root.join(LOCAL);
    let below = folder.strip_prefix(root).unwrap_or(folder);
    let mut parts = below.components().map(|part| part.as_str());
    let within = parts.next() == Some(GIT) || parts.any(|part| [GIT, LOCAL].contains(&part));
    let holds = |name: &str| folder.join(name).symlink_metadata().is_ok();
    local.starts_with(folder)
        || PRIVATE.iter().any(|name| folder.starts_with(local.join(name)))
        || within
        || holds(GIT)
        || holds(".greenroom/secrets.env")
}

/// The project's folder, asked about each path once.
#[derive(Debug)]
pub(super) struct Files {
    /// Without links.
    root: Utf8PathBuf,
    known: RefCell<HashMap<String, Found>>,
}

impl Files {
    pub fn of(root: &Utf8Path) -> Self {
        let root = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
        Self { root, known: RefCell::default() }
    }

    pub fn look(&self, path: &str) -> Found {
        if let Some(found) = self.known.borrow().get(path) {
            return *found;
        }
        let found = self.find(Utf8Path::new(path));
        self.known.borrow_mut().insert(path.to_owned(), found);
        found
    }

    fn find(&self, path: &Utf8Path) -> Found {
        if !stays_inside(path) {
            return Found::Outside;
        }
        let full = self.root.join(path);
        let Ok(real) = full.canonicalize() else {
            // It may still lie behind a link that leads out.
            return match full.parent().and_then(nearest_real) {
                Some(parent) if !parent.starts_with(&self.root) => Found::Outside,
                _ => match full.symlink_metadata() {
                    // A link to nothing: where it would lead nobody knows.
                    Ok(meta) if meta.is_symlink() => Found::Outside,
                    _ => Found::Missing,
                },
            };
        };
        // Those files are no part of the project: a spec would hand the secrets out.
        let below = real.strip_prefix(&self.root).unwrap_or(&real);
        let mut parts = below.components();
        let local =
            real.is_file() && parts.any(|part| [LOCAL, GIT].iter().any(|name| part.as_os_str() == *name));
        if !real.starts_with(&self.root) || local {
            return Found::Outside;
        }
        match real.metadata() {
            Ok(meta) if meta.is_file() => Found::File,
            Ok(meta) if meta.is_dir() => Found::Dir,
            Ok(_) => Found::Odd,
            Err(_) => Found::Missing,
        }
    }
}

impl Files {
    /// See `is_private`.
    pub fn is_private(&self, path: &str) -> bool {
        let full = self.root.join(path);
        let real = full.canonicalize_utf8().unwrap_or_else(|_| full.components().collect());
        is_private(&self.root, &real)
    }

    /// What is in a folder of the project, for a "did you mean".
    pub fn names(&self, dir: &Utf8Path) -> Vec<String> {
        let inside = dir.as_str().is_empty() || self.look(dir.as_str()) == Found::Dir;
        let entries = inside.then(|| self.root.join(dir).read_dir_utf8().ok()).flatten();
        entries.into_iter().flatten().flatten().take(1000).map(|entry| entry.file_name().to_owned()).collect()
    }
}

/// The nearest folder above that exists, without links.
fn nearest_real(path: &Utf8Path) -> Option<std::path::PathBuf> {
    path.ancestors().find_map(|above| above.canonicalize().ok())
}

/// By its letters alone: relative, and never above where it is relative to.
pub(super) fn stays_inside(path: &Utf8Path) -> bool {
    let mut depth = 0usize;
    for part in path.components() {
        match part {
            Utf8Component::Normal(_) => depth += 1,
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}
