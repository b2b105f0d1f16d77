use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    /// Read, and written at its end; it is made if it is missing.
    Append,
    /// Read, and written anywhere; it is made if it is missing.
    Write,
}

/// Opens a file below a directory, and nothing but a plain file that lies there: no link is followed on the way, and
/// neither a FIFO nor a device is waited for.
///
/// # Errors
/// `NotFound` where there is none; `InvalidData` where something else is there, a link on the way to it included.
pub fn open_plain(dir: &Path, below: &Path, access: Access) -> io::Result<File> {
    let flags = match access {
        Access::Read => OFlags::RDONLY,
        Access::Append => OFlags::RDWR | OFlags::CREATE | OFlags::APPEND,
        Access::Write => OFlags::RDWR | OFlags::CREATE,
    };
    open(dir, below, flags).map_err(|error| {
        let path = dir.join(below);
        let (kind, why) = match Errno::from_io_error(&error) {
            Some(Errno::LOOP | Errno::NOTDIR | Errno::NXIO | Errno::ISDIR) | None => (
                io::ErrorKind::InvalidData,
                "it is no plain file, or a link leads to it: it is not opened".to_owned(),
            ),
            Some(_) => (error.kind(), error.to_string()),
        };
        io::Error::new(kind, format!("{}: {why}", path.display()))
    })
}

/// Opens a folder below a directory, or the directory itself, behind no link.
///
/// # Errors
/// Any of the system's; a link or a file on the way is `NotADirectory`.
pub fn open_folder(dir: &Path, below: &Path) -> io::Result<OwnedFd> {
    let mut at = start(dir)?;
    for part in below.components() {
        let Component::Normal(part) = part else { return Err(io::ErrorKind::InvalidInput.into()) };
        at = step(&at, part)?;
    }
    Ok(at)
}

fn start(dir: &Path) -> io::Result<OwnedFd> {
    Ok(openat(CWD, dir, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

fn step(at: &OwnedFd, part: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(at, part, flags, Mode::empty())?)
}

fn open(dir: &Path, below: &Path, flags: OFlags) -> io::Result<File> {
    let mut at = start(dir)?;
    let mut parts = below.components().peekable();
    while let Some(part) = parts.next() {
        let Component::Normal(part) = part else { break };
        if parts.peek().is_some() {
            at = step(&at, part)?;
            continue;
        }
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = File::from(openat(&at, part, flags, Mode::from_raw_mode(0o666))?);
        if file.metadata()?.is_file() {
            return Ok(file);
        }
        break;
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// Is it a file or a directory that lies there itself, behind no link?
pub fn is_plain(dir: &Path, below: &Path) -> io::Result<bool> {
    let mut path = dir.to_owned();
    for part in below.components() {
        path.push(part);
        let kind = path.symlink_metadata()?.file_type();
        if !matches!(part, Component::Normal(_)) || !(kind.is_dir() || kind.is_file()) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use rustix::fs::{FileType, mknodat};

    use super::*;

    #[test]
    fn only_a_plain_file_that_lies_there_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        std::fs::create_dir_all(dir.join("run/real")).unwrap();
        for file in ["outside", "run/file", "run/real/file"] {
            std::fs::write(dir.join(file), "kept").unwrap();
        }
        symlink(dir.join("outside"), dir.join("run/link")).unwrap();
        symlink(dir.join("missing"), dir.join("run/loose")).unwrap();
        symlink("real", dir.join("run/folder")).unwrap();
        mknodat(CWD, dir.join("run/fifo"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
        let run = dir.join("run");
        let kind = |below: &str, access| {
            open_plain(&run, Path::new(below), access).map(|_| ()).map_err(|error| error.kind())
        };
        for access in [Access::Read, Access::Append, Access::Write] {
            assert_eq!(kind("file", access), Ok(()));
            assert_eq!(kind("real/file", access), Ok(()));
            for bad in ["link", "loose", "folder/file", "fifo", "real", "../outside", "file/x", ""] {
                assert_eq!(kind(bad, access), Err(io::ErrorKind::InvalidData), "{bad}, {access:?}");
            }
        }
        assert!(!dir.join("missing").exists());
        assert_eq!(kind("new", Access::Read), Err(io::ErrorKind::NotFound));
        assert_eq!(kind("new", Access::Append), Ok(()));
        assert!(open_folder(&run, Path::new("")).is_ok() && open_folder(&run, Path::new("real")).is_ok());
        for bad in ["folder", "file", "fifo", "../run", "none", "/"] {
            assert!(open_folder(&run, Path::new(bad)).is_err(), "{bad}");
        }
        let plain = |below: &str| is_plain(&run, Path::new(below)).unwrap_or(false);
        assert!(plain("file") && plain("real") && plain("real/file"));
        assert!(!["link", "folder/file", "fifo", "../outside", "none"].into_iter().any(plain));
    }
}
