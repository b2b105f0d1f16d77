use std::io::{self, Read};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::app::{FileText, OnDisk, Over, SaveFile, Trouble};
use crate::cli::scaffold::{beside, skeleton};
use crate::cli::{Exit, UserError};
use crate::domain::Digest;
use crate::store;

/// Bytes; what is larger is data, and no text that somebody writes.
const LARGEST: u64 = 4 << 20;
/// More than an editor on a terminal counts.
const MOST_LINES: usize = 60_000;

/// The text of a file of the project; one that is not there yet is empty.
pub fn read(root: &Utf8Path, path: &Utf8Path) -> Result<FileText, Trouble> {
    let Some(bytes) = bytes(&inside(root, path)?).map_err(|error| unread(path, &error))? else {
        return Ok(FileText { path: path.to_owned(), text: String::new(), digest: None });
    };
    let refused = |why: &str| {
        let told = UserError::wrong(format!("{path} cannot be edited here")).because(why);
        told.to_do("open it in your own editor: V")
    };
    if bytes.len() as u64 > LARGEST || bytes.iter().filter(|byte| **byte == b'\n').count() > MOST_LINES {
        return Err(refused("it is larger than 4 MiB, or has more than 60,000 lines").into());
    }
    let digest = Some(Digest::of(&bytes));
    let text = String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8 text"))?;
    if text.contains('\0') {
        return Err(refused("it holds the character NUL: it is no text").into());
    }
    Ok(FileText { path: path.to_owned(), text, digest })
}

/// The same; one that is not there yet has the text that it begins with.
pub fn begin(root: &Utf8Path, path: &Utf8Path) -> Result<FileText, Trouble> {
    let mut file = read(root, path)?;
    if file.digest.is_none() {
        file.text = skeleton(root, path)?.unwrap_or_default();
    }
    Ok(file)
}

/// Those of some files that are not any more what they were.
pub fn look(root: &Utf8Path, files: &[(Utf8PathBuf, Option<Digest>)]) -> Vec<(Utf8PathBuf, OnDisk)> {
    let now = |(path, before): &(Utf8PathBuf, Option<Digest>)| {
        let found = match read(root, path) {
            Ok(read) if read.digest == *before => return None,
            Ok(FileText { digest: None, .. }) => OnDisk::Gone,
            Ok(read) => OnDisk::Text(read),
            // What was saved here may be larger than what is read.
            Err(_) if before.is_some() && digest_inside(root, path) == *before => return None,
            Err(_) => OnDisk::Unreadable,
        };
        Some((path.clone(), found))
    };
    files.iter().filter_map(now).collect()
}

/// Writes a file as a whole, if nothing is lost by it but what the person knows.
pub fn save(root: &Utf8Path, save: &SaveFile) -> Result<(), UserError> {
    let SaveFile { path, text, over } = save;
    let unwritten = |error: io::Error| {
        UserError::from_error(Exit::NotReady, format!("{path} cannot be written"), &error)
            .to_do("what you have typed is still in the editor; save it again when that is put right")
    };
    let real = inside(root, path)?;
    if let Over::Read(before) = over {
        let now = digest(&real).map_err(unwritten)?;
        if now != *before {
            return Err(UserError::wrong(format!("{path} is not saved: somebody else has changed it"))
                .to_do("take what is on disk: alt-r (undo brings back what you have typed)")
                .to_do("write yours in its place: alt-w"));
        }
    }
    if let Some(folder) = real.parent() {
        fs_err::create_dir_all(folder).map_err(unwritten)?;
    }
    store::atomic_replace(&real, text.as_bytes()).map_err(unwritten)?;
    if *over == Over::Read(None) {
        complete(root, path, text)?;
    }
    Ok(())
}

/// A new spec that began with a pattern gets the pattern's other files, where there are none of their names yet.
fn complete(root: &Utf8Path, path: &Utf8Path, text: &str) -> Result<(), UserError> {
    for (file, content) in beside(root, path, text)?.files {
        let unwritten =
            |error| UserError::from_error(Exit::NotReady, format!("{file} cannot be written"), &error);
        let real = inside(root, &file)?;
        if real.symlink_metadata().is_ok() {
            continue;
        }
        if let Some(folder) = real.parent() {
            fs_err::create_dir_all(folder).map_err(unwritten)?;
        }
        store::atomic_replace(&real, &content).map_err(unwritten)?;
    }
    Ok(())
}

/// Where a path of the project really lies: a link is followed, but not out of the project, nor into what git and
/// Greenroom keep there.
pub fn inside(root: &Utf8Path, path: &Utf8Path) -> Result<Utf8PathBuf, UserError> {
    let plain = path.components().all(|part| matches!(part, Utf8Component::Normal(_)));
    let full = root.join(path);
    // Of one that is not there yet, the nearest folder that is.
    let real = full.ancestors().find(|above| above.symlink_metadata().is_ok()).and_then(|above| {
        let rest = full.strip_prefix(above).ok()?;
        let real = above.canonicalize_utf8().ok()?;
        Some(if rest.as_str().is_empty() { real } else { real.join(rest) })
    });
    let root = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    let own = |real: &Utf8PathBuf| {
        let below = real.strip_prefix(&root).ok()?;
        let kept = below.components().any(|part| [".git", ".greenroom"].contains(&part.as_str()));
        (!kept && !below.as_str().is_empty()).then_some(())
    };
    real.filter(|real| plain && own(real).is_some()).ok_or_else(|| {
        UserError::wrong(format!("{path} is not edited here"))
            .because("it is no file of the project: it lies outside, or in what git and Greenroom keep")
            .to_do("open it in an editor of your own")
    })
}

fn digest_inside(root: &Utf8Path, path: &Utf8Path) -> Option<Digest> {
    digest(&inside(root, path).ok()?).ok().flatten()
}

/// Of all of it, however large it is; None: there is none.
fn digest(path: &Utf8Path) -> io::Result<Option<Digest>> {
    opened(path)?.map(|mut file| store::hash(&mut file).map(|(digest, _)| digest)).transpose()
}

/// No more than one byte too many, however large it is; None: there is none.
fn bytes(path: &Utf8Path) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = opened(path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn opened(path: &Utf8Path) -> io::Result<Option<fs_err::File>> {
    let meta = match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        meta => meta?,
    };
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file"));
    }
    fs_err::File::open(path).map(Some)
}

fn unread(path: &Utf8Path, error: &io::Error) -> UserError {
    UserError::from_error(Exit::NotReady, format!("{path} cannot be read"), error)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().join("project");
        fs_err::create_dir_all(root.join(".greenroom")).unwrap();
        (dir, root)
    }

    fn saving(path: &str, text: &str, over: Over) -> SaveFile {
        SaveFile { path: path.into(), text: text.into(), over }
    }

    #[test]
    fn a_file_is_written_if_it_still_is_what_was_read() {
        let (_dir, root) = folder();
        fs_err::write(root.join("run.sh"), "one\n").unwrap();
        fs_err::set_permissions(root.join("run.sh"), std::fs::Permissions::from_mode(0o750)).unwrap();
        let before = read(&root, "run.sh".into()).unwrap();
        assert_eq!(before.text, "one\n");
        save(&root, &saving("run.sh", "two\n", Over::Read(before.digest.clone()))).unwrap();
        assert_eq!(fs_err::read_to_string(root.join("run.sh")).unwrap(), "two\n");
        assert_eq!(fs_err::metadata(root.join("run.sh")).unwrap().mode() & 0o777, 0o750, "its mode is kept");
        // What was read first is not there any more.
        let told = save(&root, &saving("run.sh", "three\n", Over::Read(before.digest.clone()))).unwrap_err();
        assert!(told.what.contains("somebody else has changed it"), "{told:?}");
        assert_eq!(fs_err::read_to_string(root.join("run.sh")).unwrap(), "two\n");
        let looked =
            look(&root, &[("run.sh".into(), before.digest), ("gone".into(), Some(Digest::of(b"x")))]);
        assert!(matches!(&looked[0].1, OnDisk::Text(read) if read.text == "two\n"), "{looked:?}");
        assert_eq!(looked[1].1, OnDisk::Gone);
        save(&root, &saving("run.sh", "three\n", Over::Anything)).unwrap();
        assert_eq!(fs_err::read_to_string(root.join("run.sh")).unwrap(), "three\n");
    }

    #[test]
    fn a_new_file_gets_its_folder_and_takes_nobodys_place() {
        let (_dir, root) = folder();
        assert_eq!(read(&root, "sql/new.sql".into()).unwrap().digest, None);
        save(&root, &saving("sql/new.sql", "SELECT 1\n", Over::Read(None))).unwrap();
        assert!(save(&root, &saving("sql/new.sql", "SELECT 2\n", Over::Read(None))).is_err());
        assert_eq!(fs_err::read_to_string(root.join("sql/new.sql")).unwrap(), "SELECT 1\n");
    }

    #[test]
    fn what_was_saved_is_its_own_however_large_it_is() {
        let (_dir, root) = folder();
        for text in ["\n".repeat(MOST_LINES + 1), "x".repeat(LARGEST as usize + 1)] {
            let written = Some(Digest::of(text.as_bytes()));
            save(&root, &saving("a.sql", &text, Over::Anything)).unwrap();
            assert!(read(&root, "a.sql".into()).is_err());
            assert_eq!(look(&root, &[("a.sql".into(), written.clone())]), []);
            let other = Some(Digest::of(b"x"));
            assert_eq!(look(&root, &[("a.sql".into(), other)]), [("a.sql".into(), OnDisk::Unreadable)]);
            save(&root, &saving("a.sql", "SELECT 1", Over::Read(written))).unwrap();
        }
    }

    #[test]
    fn nothing_outside_is_read_or_written() {
        let (dir, root) = folder();
        fs_err::write(dir.path().join("other"), "x").unwrap();
        fs_err::write(root.join("real"), "x").unwrap();
        fs_err::write(root.join(".greenroom/secrets.env"), "x").unwrap();
        symlink("../other", root.join("out")).unwrap();
        symlink("nowhere", root.join("loose")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("real", root.join("near")).unwrap();
        for path in
            ["../other", "out", "loose", "up/new", ".greenroom/secrets.env", ".git/config", "/etc/passwd", ""]
        {
            assert!(read(&root, path.into()).is_err(), "{path}");
            assert!(save(&root, &saving(path, "y", Over::Anything)).is_err(), "{path}");
        }
        save(&root, &saving("near", "y", Over::Anything)).unwrap();
        assert_eq!(fs_err::read_to_string(root.join("real")).unwrap(), "y");
        assert!(root.join("near").symlink_metadata().unwrap().is_symlink());
        assert!(!dir.path().join("new").exists() && !root.join("nowhere").exists());
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let (_dir, root) = folder();
        fs_err::write(root.join("a"), b"\xff\xfe").unwrap();
        fs_err::write(root.join("b"), b"a\0").unwrap();
        fs_err::write(root.join("c"), vec![b'x'; (LARGEST + 1) as usize]).unwrap();
        fs_err::write(root.join("d"), "\n".repeat(MOST_LINES + 1)).unwrap();
        fs_err::create_dir(root.join("e")).unwrap();
        for path in ["a", "b", "c", "d", "e"] {
            assert!(read(&root, path.into()).is_err(), "{path}");
        }
    }
}
