use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};

use crate::cli::{Exit, UserError};

/// Files to be written into a project, none of which is there yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Relative to the project's root.
    pub files: Vec<(Utf8PathBuf, Vec<u8>)>,
}

impl Draft {
    pub fn add(&mut self, path: impl Into<Utf8PathBuf>, content: impl Into<Vec<u8>>) {
        self.files.push((path.into(), content.into()));
    }

    pub fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }

    /// Where the files first name a table of the lake that nobody has yet: what has to be put in before it can run. A
    /// comment's or a description's mention counts for nothing, and neither does the table that the files make.
    pub fn first_unknown_table(&self, known: impl Fn(&str) -> bool) -> Option<Unknown> {
        let lines =
            self.files.iter().filter_map(|(path, content)| Some((path, std::str::from_utf8(content).ok()?)));
        let lines =
            lines.flat_map(|(path, text)| (1..).zip(text.lines()).map(move |(at, line)| (path, at, line)));
        let code = lines.filter(|(_, _, line)| {
            let line = line.trim_start();
            !line.starts_with(['#', '-']) && !line.starts_with("description:")
        });
        code.flat_map(|(path, line, text)| {
            tables(text).map(move |table| Unknown { path: path.clone(), line, table })
        })
        .find(|unknown| !known(&unknown.table))
    }

    /// Writes all of them, or, where one is there already, none.
    pub fn write(&self, root: &Utf8Path) -> Result<(), UserError> {
        let there: Vec<&str> = self
            .paths()
            .filter(|path| root.join(path).symlink_metadata().is_ok())
            .map(Utf8Path::as_str)
            .collect();
        if !there.is_empty() {
            return Err(UserError::wrong(format!("{} would be overwritten", there.join(", ")))
                .because("they are there already, and nothing was changed")
                .to_do("choose another name, or move them away first"));
        }
        for (path, content) in &self.files {
            write_new(root, path, content).map_err(|error| {
                UserError::from_error(Exit::NotReady, format!("{path} cannot be written"), &error)
            })?;
        }
        Ok(())
    }
}

/// A table that is not there, and where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Relative to the project's root.
    pub path: Utf8PathBuf,
    pub line: usize,
    pub table: String,
}

/// `lake.events` wherever it stands in a line.
fn tables(line: &str) -> impl Iterator<Item = String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    line.split(move |c| !word(c)).filter(|word| word.starts_with("lake.")).map(str::to_owned)
}

fn write_new(root: &Utf8Path, path: &Utf8Path, content: &[u8]) -> io::Result<()> {
    let full = root.join(path);
    let folder = full.parent().unwrap_or(root);
    // A project that somebody else made may hold a link where a folder is expected.
    let there = folder.ancestors().find(|above| above.exists()).unwrap_or(root);
    if !there.canonicalize()?.starts_with(root.canonicalize()?) {
        let why = format!("{folder} leads out of the project");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    fs_err::create_dir_all(folder)?;
    let mut file = std::fs::File::create_new(&full)?;
    file.write_all(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_written_or_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let mut draft = Draft::default();
        draft.add("workflows/a.yaml", "one");
        draft.write(root).unwrap();
        let mut draft = Draft::default();
        draft.add("new/b.yaml", "two");
        draft.add("workflows/a.yaml", "two");
        let error = draft.write(root).unwrap_err();
        assert_eq!(error.what, "workflows/a.yaml would be overwritten");
        assert!(!root.join("new").exists());
        assert_eq!(fs_err::read_to_string(root.join("workflows/a.yaml")).unwrap(), "one");
    }

    #[test]
    fn a_link_leads_no_file_out() {
        let (dir, away) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(away.path(), dir.path().join("workflows")).unwrap();
        let mut draft = Draft::default();
        draft.add("workflows/deep/a.yaml", "");
        let error = draft.write(Utf8Path::from_path(dir.path()).unwrap()).unwrap_err();
        assert!(error.why[0].contains("leads out of the project"), "{error:?}");
        assert_eq!(away.path().read_dir().unwrap().count(), 0);
    }
}
