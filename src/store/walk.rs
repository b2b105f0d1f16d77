use std::fs::{Metadata, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use camino::Utf8Path;
use rustix::fs::statvfs;

use super::error::{bad, failed};
use super::given_up::UntilGivenUp;
use super::place::hash;
use crate::domain::Artifact;
use crate::domain::escape::{escape, shown};
use crate::engine::StoreError;

const SETUID_OR_SETGID: u32 = 0o6000;

/// May a file have a second name? Not one that a step left; one that is published may, in the lake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondNames {
    Refused,
    Allowed,
}

/// What a step left, in order of path.
#[derive(Debug)]
pub(super) struct Left {
    pub files: Vec<Artifact>,
    /// Folders with nothing in them, as their paths are written. That of the step itself is none of them.
    pub empty: Vec<String>,
}

/// Walks what a step left, following no link, and freezes it: files become read-only and are summed, directories get
/// back the rights that cleaning up needs.
///
/// # Errors
/// `BadOutput` for anything but plain files and directories: whoever mounts, reads or runs it would be harmed. Any,
/// soon after it was given up.
pub(super) fn walk(
    root: &Utf8Path,
    second_names: SecondNames,
    given_up: &AtomicBool,
) -> Result<Left, StoreError> {
    let (mut files, mut empty) = (Vec::new(), Vec::new());
    let capacity =
        statvfs(root.as_std_path()).map_or(u64::MAX, |disk| disk.f_blocks.saturating_mul(disk.f_frsize));
    let mut pending = vec![PathBuf::new()];
    while let Some(below) = pending.pop() {
        let dir = root.as_std_path().join(&below);
        let found = list(&dir).or_else(|error| match error.kind() {
            // Its whole path would fill the screen.
            io::ErrorKind::InvalidFilename => {
                let top: String = shown(&below).chars().take(60).collect();
                bad(format!("`{top}…` is nested too deeply"))
            }
            _ => Err(failed("cannot read what the step left")(error)),
        })?;
        if found.is_empty() && !below.as_os_str().is_empty() {
            empty.push(escape(&below));
        }
        for (name, meta) in found {
            let path = below.join(name);
            if meta.is_dir() {
                pending.push(path);
                continue;
            }
            if let Some(trouble) = trouble(&root.as_std_path().join(&path), &meta, second_names) {
                return bad(format!("the step left `{}`, {trouble}", shown(&path)));
            }
            // A hole that no disk could hold would be read for years.
            if meta.len() > capacity {
                return bad(format!(
                    "the step left `{}`, which claims to be larger than the disk",
                    shown(&path)
                ));
            }
            files.push(freeze(root, &path, given_up)?);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    empty.sort();
    Ok(Left { files, empty })
}

fn list(dir: &Path) -> io::Result<Vec<(std::ffi::OsString, Metadata)>> {
    fs_err::set_permissions(dir, Permissions::from_mode(0o755))?;
    fs_err::read_dir(dir)?
        .map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.metadata()?))))
        .collect()
}

fn trouble(path: &Path, meta: &Metadata, second_names: SecondNames) -> Option<String> {
    let kind = meta.file_type();
    if kind.is_symlink() {
        let target = fs_err::read_link(path).unwrap_or_default();
        return Some(format!("a symbolic link to `{}`; leave a copy of the file instead", shown(&target)));
    }
    let what = match () {
        () if kind.is_fifo() => "a FIFO",
        () if kind.is_socket() => "a socket",
        () if kind.is_block_device() || kind.is_char_device() => "a device",
        () if meta.nlink() > 1 && second_names == SecondNames::Refused => {
            "a file with a second name (hard link)"
        }
        () if meta.mode() & SETUID_OR_SETGID != 0 => "a file with a setuid or setgid bit",
        () => return None,
    };
    Some(format!("{what}; only plain files and directories can be kept"))
}

fn freeze(root: &Utf8Path, path: &Path, given_up: &AtomicBool) -> Result<Artifact, StoreError> {
    let full = root.as_std_path().join(path);
    fs_err::set_permissions(&full, Permissions::from_mode(0o444))
        .map_err(failed("cannot freeze an output"))?;
    let summed = fs_err::File::open(&full).and_then(|file| hash(&mut UntilGivenUp { file, given_up }));
    let (sha256, bytes) = summed.map_err(failed("cannot read an output"))?;
    Ok(Artifact { path: escape(path), bytes, sha256 })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    fn refusal(make: impl FnOnce(&Path)) -> String {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join("sub")).unwrap();
        make(&dir.path().join("sub/x"));
        match walk(Utf8Path::from_path(dir.path()).unwrap(), SecondNames::Refused, &AtomicBool::new(false)) {
            Err(StoreError::BadOutput(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_plain_files_pass() {
        assert!(refusal(|x| symlink("/etc", x).unwrap()).contains("`sub/x`, a symbolic link to `/etc`"));
        let fifo = |x: &Path| {
            rustix::fs::mknodat(rustix::fs::CWD, x, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        };
        assert!(refusal(fifo).contains("a FIFO"));
        assert!(refusal(|x| drop(std::os::unix::net::UnixListener::bind(x).unwrap())).contains("a socket"));
        let hard = |x: &Path| {
            fs_err::write(x, "").unwrap();
            fs_err::hard_link(x, x.with_file_name("y")).unwrap();
        };
        assert!(refusal(hard).contains("hard link"));
        let setuid = |x: &Path| {
            fs_err::write(x, "").unwrap();
            fs_err::set_permissions(x, Permissions::from_mode(0o4755)).unwrap();
        };
        assert!(refusal(setuid).contains("setuid"));
    }

    #[test]
    fn a_hole_larger_than_the_disk_is_not_read() {
        let huge = |x: &Path| std::fs::File::create(x).unwrap().set_len(15 << 40).unwrap();
        assert!(refusal(huge).contains("claims to be larger than the disk"));
    }

    #[test]
    fn what_was_given_up_is_not_read_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::File::create(dir.path().join("x")).unwrap().set_len(1 << 20).unwrap();
        let at = Utf8Path::from_path(dir.path()).unwrap();
        assert!(walk(at, SecondNames::Refused, &AtomicBool::new(true)).is_err());
    }

    #[test]
    fn files_are_frozen_and_summed_whatever_their_names_and_rights() {
        let dir = tempfile::tempdir().unwrap();
        let locked = dir.path().join("locked");
        fs_err::create_dir(&locked).unwrap();
        fs_err::write(locked.join(OsStr::from_bytes(b"a\n\xff\\")), "abc").unwrap();
        fs_err::write(dir.path().join("b".repeat(255)), "").unwrap();
        fs_err::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
        for folder in ["hollow/deep\\", "bare"] {
            fs_err::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let at = Utf8Path::from_path(dir.path()).unwrap();
        let Left { files, empty } = walk(at, SecondNames::Refused, &AtomicBool::new(false)).unwrap();
        assert_eq!(empty, ["bare", "hollow/deep\\\\"]);
        assert_eq!(files[1].path, "locked/a\n\\xff\\\\");
        assert_eq!((files[1].bytes, files[1].sha256.clone()), (3, crate::domain::Digest::of(b"abc")));
        let mode = fs_err::metadata(dir.path().join("b".repeat(255))).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o444);
    }
}
