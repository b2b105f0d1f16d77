use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use include_dir::{Dir, DirEntry, include_dir};

use super::Draft;
use crate::cli::args::NewKind;
use crate::cli::{Exit, UserError};
use crate::domain::Name;

/// Each a folder that mirrors a project's; right as they stand, as the tests check.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/cli/patterns");

/// That of a workflow for which no other is asked.
pub const SIMPLEST: &str = "script";

/// The pattern to start from where nobody says which.
pub fn simplest(kind: NewKind) -> &'static str {
    match kind {
        NewKind::Workflow => SIMPLEST,
        NewKind::Blueprint => "components",
        NewKind::Operator => "python",
    }
}

/// What becomes the new file's name, in texts and paths.
const PLACEHOLDER: &str = "pattern_name";

/// Something to start a file from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub name: String,
    pub kind: NewKind,
    /// The spec's first comment.
    pub about: String,
    /// It is the project's, from `templates/`.
    pub own: bool,
    files: Draft,
}

impl Pattern {
    fn of(name: &str, own: bool, files: Draft) -> Option<Self> {
        let (kind, text) = files.files.iter().find_map(|(path, content)| {
            let kind = match path.components().next()?.as_str() {
                "workflows" => NewKind::Workflow,
                "blueprints" => NewKind::Blueprint,
                "operators" if path.extension() == Some("yaml") => NewKind::Operator,
                _ => return None,
            };
            Some((kind, String::from_utf8_lossy(content).into_owned()))
        })?;
        let about = text.lines().next().and_then(|line| line.strip_prefix('#')).unwrap_or_default();
        Some(Self { name: name.to_owned(), kind, about: about.trim().to_owned(), own, files })
    }

    /// Its files under a name of their own.
    pub fn named(&self, name: &Name) -> Draft {
        let mut draft = Draft::default();
        for (path, content) in &self.files.files {
            let path = path.as_str().replace(PLACEHOLDER, name.as_str());
            match std::str::from_utf8(content) {
                Ok(text) => draft.add(path, text.replace(PLACEHOLDER, name.as_str())),
                Err(_) => draft.add(path, content.clone()),
            }
        }
        draft
    }
}

/// All patterns of a kind: the project's own first, which also stand in for a built-in one of their name.
pub fn patterns(root: &Utf8Path, kind: NewKind) -> Result<Vec<Pattern>, UserError> {
    let mut all = own(&root.join("templates"))
        .map_err(|error| UserError::from_error(Exit::NotReady, "templates/ cannot be read", &error))?;
    for folder in BUILT_IN.dirs() {
        let name = folder.path().to_string_lossy().into_owned();
        let mut files = Draft::default();
        embedded(folder, folder, &mut files);
        if !all.iter().any(|pattern| pattern.name == name) {
            all.extend(Pattern::of(&name, false, files));
        }
    }
    all.retain(|pattern| pattern.kind == kind);
    Ok(all)
}

fn embedded(top: &Dir<'_>, folder: &Dir<'_>, files: &mut Draft) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(below) => embedded(top, below, files),
            DirEntry::File(file) => {
                let path = file.path().strip_prefix(top.path()).ok().and_then(|path| path.to_str());
                if let Some(path) = path {
                    files.add(path, file.contents());
                }
            }
        }
    }
}

/// `templates/NAME/…`, laid out as a project, with `pattern_name` in place of the name; or one `templates/NAME.yaml`.
fn own(folder: &Utf8Path) -> io::Result<Vec<Pattern>> {
    let mut entries = match folder.read_dir_utf8() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?.collect::<io::Result<Vec<_>>>()?,
    };
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    let mut patterns = Vec::new();
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let mut files = Draft::default();
        let name = match path.file_name().and_then(|name| name.strip_suffix(".yaml")) {
            Some(name) if kind.is_file() => {
                single(&fs_err::read_to_string(path)?, &mut files);
                name
            }
            _ if kind.is_dir() => {
                below(path, &mut files)?;
                entry.file_name()
            }
            _ => continue,
        };
        patterns.extend(Pattern::of(name, true, files));
    }
    Ok(patterns)
}

/// A spec as it was written for one purpose: its own name gives way.
fn single(text: &str, files: &mut Draft) {
    let kind = text.lines().find_map(|line| line.strip_prefix("kind:")).map(str::trim);
    let Some(folder) = kind.and_then(|kind| match kind {
        "workflow" => Some("workflows"),
        "blueprint" => Some("blueprints"),
        "operator" => Some("operators"),
        _ => None,
    }) else {
        return;
    };
    let lines = text.lines().map(|line| match line.starts_with("name:") {
        true => format!("name: {PLACEHOLDER}\n"),
        false => format!("{line}\n"),
    });
    files.add(format!("{folder}/{PLACEHOLDER}.yaml"), lines.collect::<String>());
}

fn below(folder: &Utf8Path, files: &mut Draft) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if let (true, Some(path)) = (entry.file_type().is_file(), Utf8Path::from_path(path)) {
            files.add(Utf8PathBuf::from(path), fs_err::read(entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(root: &Utf8Path, kind: NewKind) -> Vec<String> {
        patterns(root, kind).unwrap().into_iter().map(|pattern| pattern.name).collect()
    }

    #[test]
    fn every_pattern_says_what_it_is_and_takes_a_name() {
        let nowhere = Utf8Path::new("/nowhere");
        let names = ["consolidate", "daily_aggregation", "export", "load", "script", "snapshot"];
        assert_eq!(all(nowhere, NewKind::Workflow), names);
        assert_eq!(all(nowhere, NewKind::Operator), ["python"]);
        assert_eq!(all(nowhere, NewKind::Blueprint), ["components"]);
        let name = Name::new("mine").unwrap();
        for kind in [NewKind::Workflow, NewKind::Blueprint, NewKind::Operator] {
            for pattern in patterns(nowhere, kind).unwrap() {
                assert!(pattern.about.len() > 20, "{pattern:?}");
                for (path, content) in pattern.named(&name).files {
                    let text = String::from_utf8(content).unwrap();
                    assert!(path.as_str().contains("mine") && !text.contains(PLACEHOLDER), "{path}");
                }
            }
        }
    }

    #[test]
    fn a_project_brings_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let write = |path: &str, text: &str| {
            let path = root.join("templates").join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        };
        write("export/workflows/pattern_name.yaml", "# Ours\nname: pattern_name\n");
        write("export/sql/pattern_name.sql", "select 1");
        write("weekly.yaml", "greenroom: 1\nkind: workflow\nname: sales_weekly\nsteps: {}\n");
        write("chart.yaml", "kind: operator\nname: chart\n");
        write("notes.txt", "");
        let found = patterns(root, NewKind::Workflow).unwrap();
        let names: Vec<_> = found.iter().map(|pattern| (pattern.name.as_str(), pattern.own)).collect();
        assert_eq!(names[..3], [("export", true), ("weekly", true), ("consolidate", false)]);
        assert_eq!(found.iter().filter(|pattern| pattern.name == "export").count(), 1);
        assert_eq!(found[0].about, "Ours");
        let draft = found[1].named(&Name::new("mine").unwrap());
        assert_eq!(draft.files[0].0, "workflows/mine.yaml");
        let text = String::from_utf8(draft.files[0].1.clone()).unwrap();
        assert_eq!(text, "greenroom: 1\nkind: workflow\nname: mine\nsteps: {}\n");
        assert!(all(root, NewKind::Operator).contains(&"chart".to_owned()));
    }
}
