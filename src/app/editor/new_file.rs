use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::Editor;

/// What can be chosen where a file is to be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChoice {
    Known(Utf8PathBuf),
    /// Of no file yet.
    New(Utf8PathBuf),
    /// None can be there, and why.
    No(String),
}

impl Editor {
    /// The files to turn to: those that are open, and the others once they are known.
    pub(in crate::app) fn file_choices(&self) -> Vec<(String, FileChoice)> {
        let open = self.files.iter().map(|file| {
            let mark = if file.unsaved { "*" } else { "" };
            (format!("{}{mark}", file.path), FileChoice::Known(file.path.clone()))
        });
        let is_open = |path: &Utf8PathBuf| self.files.iter().any(|file| file.path == *path);
        let others = self.known.files.iter().filter(|path| !is_open(path));
        open.chain(others.map(|path| (path.to_string(), FileChoice::Known(path.clone())))).collect()
    }

    /// What a name that is typed stands for, with what is said of it; None where a file has it, which is in the list.
    pub(in crate::app) fn new_file(&self, typed: &str) -> Option<(String, FileChoice)> {
        let typed = typed.trim();
        // Before the project's files are known, nobody knows what is new.
        if typed.is_empty() || self.known.files.is_empty() {
            return None;
        }
        Some(match self.new_path(typed) {
            Ok(path) if self.is_file(&path) => return None,
            Ok(path) => (format!("new file: {path}"), FileChoice::New(path)),
            Err(why) => (format!("no new file: {why}"), FileChoice::No(why)),
        })
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        let open = self.files.iter().any(|file| file.path == path);
        open || self.known.files.iter().any(|file| file == path)
    }

    /// Relative to the project, or why no file can be there. Where links lead is told when it is opened.
    fn new_path(&self, typed: &str) -> Result<Utf8PathBuf, String> {
        let typed_path = Utf8Path::new(typed);
        let mut path = Utf8PathBuf::new();
        for part in typed_path.components() {
            match part {
                Utf8Component::Normal(".git" | ".greenroom") => {
                    return Err(format!("{typed} lies in what git and Greenroom keep"));
                }
                Utf8Component::Normal(part) => path.push(part),
                Utf8Component::CurDir => {}
                _ => return Err(format!("{typed} leads out of the project")),
            }
        }
        let above = path.ancestors().skip(1).find(|above| self.is_file(above));
        if let Some(above) = above {
            return Err(format!("{above} is a file, and no folder"));
        }
        let folder = self.known.files.iter().any(|file| file.starts_with(&path) && *file != path);
        if folder || typed.ends_with('/') || path.as_str().is_empty() {
            return Err(format!("{typed} is a folder: go on with the name of a file in it"));
        }
        // Only so it is a workflow's, or a blueprint's.
        let of_spec =
            ["workflows", "blueprints"].iter().any(|folder| path.parent() == Some((*folder).into()));
        if of_spec && path.extension().is_none() {
            path.set_extension("yaml");
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::Known;

    #[test]
    fn a_new_file_lies_in_the_project_where_no_other_is() {
        let files = ["greenroom.yaml", "sql/a.sql"].map(Utf8PathBuf::from);
        let known = Arc::new(Known { files: files.into(), ..Known::default() });
        let editor = Editor { known, ..Editor::default() };
        let new = |typed: &str| editor.new_file(typed).map(|(_, choice)| choice);
        for (typed, path) in [
            ("b.sql", "b.sql"),
            (" ./sql//b.sql ", "sql/b.sql"),
            ("new/x/y", "new/x/y"),
            ("workflows/w", "workflows/w.yaml"),
            ("blueprints/b", "blueprints/b.yaml"),
        ] {
            assert_eq!(new(typed), Some(FileChoice::New(path.into())), "{typed}");
        }
        for there in ["", " ", "sql/a.sql", "./greenroom.yaml"] {
            assert_eq!(new(there), None, "{there}");
        }
        for (typed, why) in [
            ("../x", "leads out"),
            ("sql/../../x", "leads out"),
            ("/etc/x", "leads out"),
            (".git/x", "keep"),
            ("sql/.greenroom", "keep"),
            ("sql", "a folder"),
            ("new/", "a folder"),
            (".", "a folder"),
            ("greenroom.yaml/x", "is a file"),
        ] {
            let Some(FileChoice::No(told)) = new(typed) else { panic!("{typed}") };
            assert!(told.contains(why), "{told}");
        }
    }
}
