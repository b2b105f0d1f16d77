use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use camino::Utf8Path;

use crate::domain::Mentions;
use crate::snapshot::{Frozen, Snapshots};

/// What is larger is not looked through: it may ask for any.
const LONGEST: u64 = 16 << 20;

/// Looks into frozen files for the parameters that they name; into those of a step's `files:` once.
pub struct Mentioned<'a> {
    frozen: &'a Frozen,
    snapshots: Snapshots,
    known: RefCell<HashMap<Option<Vec<String>>, Mentions>>,
}

impl<'a> Mentioned<'a> {
    pub fn new(frozen: &'a Frozen, snapshots: Snapshots) -> Self {
        Self { frozen, snapshots, known: RefCell::default() }
    }

    pub fn text(&self, path: &Utf8Path) -> Option<String> {
        let bytes = self.snapshots.read(self.frozen, path.as_std_path()).ok()??;
        String::from_utf8(bytes).ok()
    }

    /// `globs`: None for all files.
    pub fn by(&self, globs: Option<&[String]>) -> Mentions {
        let key = globs.map(<[String]>::to_vec);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let mut found = Mentions::default();
        match globs.map(|globs| self.frozen.matched(globs)).transpose() {
            Ok(Some(files)) => {
                files.into_iter().for_each(|file| found.add(self.of_file(&file.path, file.bytes)))
            }
            // Specs are looked at step by step, and one step's is not another's.
            Ok(None) => {
                let files = self.frozen.files.iter().filter(|file| !is_spec(&file.path));
                files.for_each(|file| found.add(self.of_file(&file.path, file.bytes)));
            }
            Err(_) => found = Mentions::Any,
        }
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn of_file(&self, path: &Path, bytes: u64) -> Mentions {
        if bytes > LONGEST {
            return Mentions::Any;
        }
        match self.snapshots.read(self.frozen, path) {
            Ok(Some(content)) => {
                let text = String::from_utf8_lossy(&content);
                if is_script(path, &text) { Mentions::of_script(&text) } else { Mentions::of(&text) }
            }
            Ok(None) => Mentions::default(),
            Err(_) => Mentions::Any,
        }
    }
}

fn is_script(path: &Path, text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    path.extension().is_some_and(|extension| extension == "sh" || extension == "bash")
        || first.starts_with("#!") && first.ends_with("sh")
}

fn is_spec(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::to_str);
    path.extension().is_some_and(|extension| extension == "yaml")
        && matches!(folder, Some("" | "workflows" | "blueprints" | "operators"))
}
