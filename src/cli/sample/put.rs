use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::record::{Record, replace};
use super::{File, PROJECT_FILE, SampleError};
use crate::domain::Digest;

/// What was done to a sample project's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// There was none before.
    pub new: bool,
    /// Files that were written, also where this version has them otherwise than the one that wrote them before.
    pub written: Vec<Utf8PathBuf>,
    /// Files that somebody changed, and so were left as they are, though this version has them otherwise.
    pub kept: Vec<Utf8PathBuf>,
}

/// Brings `dir` to this version of the sample. What somebody changed there stays; a file that is missing comes back;
/// a directory that is something else is refused.
pub fn put(dir: &Utf8Path, files: &[File<'_>]) -> Result<Put, SampleError> {
    let before = claim(dir, files)?;
    let mut put = Put { new: before.is_none(), ..Put::default() };
    let before = before.unwrap_or_default();
    let mut record = Record::default();
    let mut todo = Vec::new();
    for (path, bytes) in files {
        let wanted = Digest::of(bytes);
        let known = before.files.get(*path);
        match state(dir, path)? {
            State::Has(there) if there == wanted => {}
            State::Missing => todo.push((*path, *bytes)),
            State::Has(there) if Some(&there) == known => todo.push((*path, *bytes)),
            State::Has(_) | State::Foreign => {
                // The next version must know it for changed too.
                put.kept.push(path.into());
                record.files.extend(known.map(|known| ((*path).to_owned(), known.clone())));
                continue;
            }
        }
        record.files.insert((*path).to_owned(), wanted);
    }
    // Before its first file: so a folder that was left half written is known for ours. Later files are known by their
    // content whether they were replaced or not.
    if put.new {
        record.write(dir)?;
    }
    for (path, bytes) in todo {
        replace(&dir.join(path), bytes)?;
        put.written.push(path.into());
    }
    if record != before {
        record.write(dir)?;
    }
    Ok(put)
}

/// What was written there before; None: nothing is there.
fn claim(dir: &Utf8Path, files: &[File<'_>]) -> Result<Option<Record>, SampleError> {
    match fs_err::metadata(dir) {
        Ok(found) if !found.is_dir() => return Err(SampleError::NotADirectory(dir.to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    if fs_err::read_dir(dir)?.next().is_none() {
        return Ok(None);
    }
    if let Some(record) = Record::read(dir) {
        return Ok(Some(record));
    }
    // Its record is lost with `.greenroom`, or it was cloned: its first file tells.
    let own = files.iter().find(|(path, _)| *path == PROJECT_FILE).map(|(_, bytes)| Digest::of(bytes));
    match state(dir, PROJECT_FILE)? {
        State::Has(there) if Some(&there) == own.as_ref() => Ok(Some(Record::default())),
        _ => Err(SampleError::SomethingElse(dir.to_owned())),
    }
}

enum State {
    Missing,
    Has(Digest),
    /// A link, a folder, or below one that is a link: whoever made it so wants it so.
    Foreign,
}

fn state(dir: &Utf8Path, path: &str) -> io::Result<State> {
    let mut at = dir.to_owned();
    let mut parts = Utf8Path::new(path).components().peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let found = match fs_err::symlink_metadata(&at) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Missing),
            Err(error) => return Err(error),
        };
        let fits = if parts.peek().is_some() { found.is_dir() } else { found.is_file() };
        if !fits {
            return Ok(State::Foreign);
        }
    }
    Ok(State::Has(Digest::of(&fs_err::read(&at)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [File<'_>; 3] = [("greenroom.yaml", b"1"), ("sql/a.sql", b"select 1"), ("b.py", b"b")];
    const NEW: [File<'_>; 3] = [("greenroom.yaml", b"1"), ("sql/a.sql", b"select 2"), ("b.py", b"better")];

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let kept = tempfile::tempdir().unwrap();
        let dir = Utf8PathBuf::from_path_buf(kept.path().join("demo")).unwrap();
        (kept, dir)
    }

    fn text(dir: &Utf8Path, path: &str) -> String {
        fs_err::read_to_string(dir.join(path)).unwrap()
    }

    #[test]
    fn it_is_written_once_and_again_without_doing_anything() {
        let (_kept, dir) = folder();
        let first = put(&dir, &OLD).unwrap();
        assert!(first.new && first.written.len() == 3);
        assert_eq!(text(&dir, "sql/a.sql"), "select 1");
        assert_eq!(put(&dir, &OLD).unwrap(), Put::default());
    }

    #[test]
    fn a_new_version_replaces_only_what_nobody_changed() {
        let (_kept, dir) = folder();
        put(&dir, &OLD).unwrap();
        fs_err::write(dir.join("b.py"), "mine").unwrap();
        let put_again = put(&dir, &NEW).unwrap();
        assert_eq!(put_again.written, ["sql/a.sql"]);
        assert_eq!(put_again.kept, ["b.py"]);
        assert_eq!((text(&dir, "sql/a.sql").as_str(), text(&dir, "b.py").as_str()), ("select 2", "mine"));
        assert_eq!(put(&dir, &NEW).unwrap().kept, ["b.py"], "and says so each time");
    }

    #[test]
    fn what_was_deleted_or_never_written_comes_back() {
        let (_kept, dir) = folder();
        put(&dir, &OLD).unwrap();
        fs_err::remove_file(dir.join("b.py")).unwrap();
        assert_eq!(put(&dir, &OLD).unwrap().written, ["b.py"]);
    }

    #[test]
    fn without_its_record_nothing_is_replaced() {
        let (_kept, dir) = folder();
        put(&dir, &OLD).unwrap();
        fs_err::remove_dir_all(dir.join(".greenroom")).unwrap();
        let again = put(&dir, &NEW).unwrap();
        assert_eq!((again.written.len(), again.kept.len()), (0, 2));
    }

    #[test]
    fn something_else_is_left_alone() {
        let (_kept, dir) = folder();
        fs_err::create_dir_all(&dir).unwrap();
        fs_err::write(dir.join("thesis.tex"), "").unwrap();
        assert!(matches!(put(&dir, &OLD), Err(SampleError::SomethingElse(_))));
        fs_err::write(dir.join("greenroom.yaml"), "another project").unwrap();
        assert!(matches!(put(&dir, &OLD), Err(SampleError::SomethingElse(_))));
        assert!(matches!(put(&dir.join("thesis.tex"), &OLD), Err(SampleError::NotADirectory(_))));
        assert_eq!(fs_err::read_dir(&dir).unwrap().count(), 2);
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let (kept, dir) = folder();
        let elsewhere = kept.path().join("elsewhere");
        fs_err::create_dir_all(&elsewhere).unwrap();
        fs_err::create_dir_all(&dir).unwrap();
        fs_err::write(dir.join("greenroom.yaml"), "1").unwrap();
        std::os::unix::fs::symlink(&elsewhere, dir.join("sql")).unwrap();
        assert_eq!(put(&dir, &OLD).unwrap().kept, ["sql/a.sql"]);
        assert_eq!(fs_err::read_dir(&elsewhere).unwrap().count(), 0);
    }
}
