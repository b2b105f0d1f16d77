use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use super::frozen::{FileKind, Frozen, FrozenFile, bytes};
use super::links;
use crate::domain::Digest;

/// What a tree consists of, as bytes whose sha256 is the tree's digest. One record a file, in order of path:
/// `f|x|l SHA256 BYTES PATH NUL TARGET NUL`; only a link has a target.
pub(super) fn write(files: &[FrozenFile]) -> Vec<u8> {
    let mut text = Vec::with_capacity(files.len() * 128);
    for file in files {
        let (kind, target) = match &file.kind {
            FileKind::File { executable: false } => ('f', Path::new("")),
            FileKind::File { executable: true } => ('x', Path::new("")),
            FileKind::Link { to } => ('l', to.as_path()),
        };
        text.extend_from_slice(format!("{kind} {} {} ", file.sha256.as_str(), file.bytes).as_bytes());
        text.extend_from_slice(bytes(&file.path));
        text.push(0);
        text.extend_from_slice(bytes(target));
        text.push(0);
    }
    text
}

/// Reads a list that may come from anywhere. What it claims about paths and links is checked here, once, so that
/// whoever makes folders of it can trust it: no path leaves, none lies below a file or a link, no link leads out.
pub(super) fn read(text: &[u8]) -> Result<Frozen, String> {
    let mut files: Vec<FrozenFile> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let head = take(&mut rest)?;
        let target = take(&mut rest)?;
        let file = record(head, target).ok_or("a record cannot be read")?;
        if let Some(last) = files.last()
            && bytes(&last.path) >= bytes(&file.path)
        {
            return Err(format!("{} is out of order", file.path.display()));
        }
        files.push(file);
    }
    for file in &files {
        let inside = file.path.ancestors().skip(1).filter(|above| !bytes(above).is_empty());
        for above in inside {
            if super::frozen::find(&files, bytes(above)).is_some() {
                return Err(format!("{} lies below a file", file.path.display()));
            }
        }
        if matches!(file.kind, FileKind::Link { .. }) && links::resolve(&files, &file.path).is_none() {
            return Err(format!("the link {} leads out of the project", file.path.display()));
        }
    }
    Ok(Frozen { tree: Digest::of(text), files })
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let end = rest.iter().position(|byte| *byte == 0).ok_or("it ends in the middle of a record")?;
    let (piece, tail) = rest.split_at(end);
    *rest = tail.get(1..).unwrap_or_default();
    Ok(piece)
}

fn record(head: &[u8], target: &[u8]) -> Option<FrozenFile> {
    let mut parts = head.splitn(4, |byte| *byte == b' ');
    let kind = parts.next()?;
    let text = |part: Option<&[u8]>| part.and_then(|part| std::str::from_utf8(part).ok()).map(str::to_owned);
    let sha256 = Digest::try_from(text(parts.next())?).ok()?;
    let size = text(parts.next())?.parse().ok()?;
    let path = plain(Path::new(&OsString::from_vec(parts.next()?.to_vec())))?;
    let to = PathBuf::from(OsString::from_vec(target.to_vec()));
    let kind = match (kind, target.is_empty()) {
        (b"f", true) => FileKind::File { executable: false },
        (b"x", true) => FileKind::File { executable: true },
        (b"l", false) => FileKind::Link { to },
        _ => return None,
    };
    Some(FrozenFile { path, bytes: size, sha256, kind })
}

/// Git's own files, and Greenroom's: never frozen.
pub(super) fn is_private(path: &Path) -> bool {
    path.iter().any(|part| part == ".git" || part == ".greenroom")
}

/// A path that stays below the project and outside what is never frozen, without `.` or a slash at its end.
pub(super) fn plain(path: &Path) -> Option<PathBuf> {
    if is_private(path) {
        return None;
    }
    let mut plain = PathBuf::with_capacity(path.as_os_str().len());
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::CurDir => {}
            _ => return None,
        }
    }
    (!bytes(&plain).is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    fn file(path: &[u8], kind: FileKind) -> FrozenFile {
        FrozenFile { path: OsStr::from_bytes(path).into(), bytes: 3, sha256: Digest::of(b"abc"), kind }
    }

    #[test]
    fn a_list_reads_back_whatever_the_names() {
        let plain = || FileKind::File { executable: false };
        let files = vec![
            file(b" lead", plain()),
            file(b"a\nb", FileKind::File { executable: true }),
            file(b"d/\xff\xfe", plain()),
            file(b"link", FileKind::Link { to: OsStr::from_bytes(b"d/\xff\xfe").into() }),
        ];
        let text = write(&files);
        let frozen = read(&text).unwrap();
        assert_eq!(frozen.files, files);
        assert_eq!(frozen.tree, Digest::of(&text));
        assert_ne!(frozen.tree, Digest::of(&write(&files[1..])));
    }

    #[test]
    fn a_forged_list_is_refused() {
        let sha = Digest::of(b"");
        let record = |kind: &str, path: &str, to: &str| format!("{kind} {sha} 0 {path}\0{to}\0");
        let forged = [
            record("f", "../x", ""),
            record("f", "/etc/x", ""),
            record("f", "a/../../x", ""),
            record("f", ".git/hooks/post-checkout", ""),
            record("f", "", ""),
            record("l", "a", "/etc"),
            record("l", "a", "../../etc"),
            record("l", "a", "b") + &record("f", "a/b", ""),
            record("f", "a", "") + &record("f", "a/b", ""),
            record("f", "b", "") + &record("f", "a", ""),
            record("f", "a", "") + &record("f", "a", ""),
            record("f", "a", "target"),
            record("d", "a", ""),
            "f zz 0 a\0\0".to_owned(),
            record("f", "a", "").trim_end_matches('\0').to_owned(),
        ];
        for text in forged {
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(read(b"").is_ok());
    }
}
