use std::io;
use std::path::PathBuf;

use camino::Utf8Path;
use walkdir::{DirEntry, WalkDir};

/// Neither `dir` nor anything up to so many levels below it may be a link that leads out of it. What a clone or an
/// archive brought may be one, and lead whoever writes, reads or mounts there anywhere.
///
/// # Errors
/// `InvalidData`, which names the link. What cannot be looked at is left to whoever uses it.
pub fn refuse_links(dir: &Utf8Path, levels: usize) -> io::Result<()> {
    let entries = WalkDir::new(dir).max_depth(levels).follow_root_links(false);
    let leads_out = |link: &DirEntry| {
        let inside = |to: PathBuf| dir.canonicalize().is_ok_and(|dir| to.starts_with(dir));
        link.depth() == 0 || !link.path().canonicalize().is_ok_and(inside)
    };
    match entries.into_iter().flatten().find(|entry| entry.path_is_symlink() && leads_out(entry)) {
        Some(link) => {
            let why =
                format!("{} is a link, and none that leads out is followed here", link.path().display());
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_is_found_as_deep_as_one_looks() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::create_dir_all(root.join("real/a/b")).unwrap();
        symlink("a", root.join("real/latest")).unwrap();
        assert!(refuse_links(&root.join("real"), 9).is_ok());
        assert!(refuse_links(&root.join("missing"), 9).is_ok());
        symlink("/", root.join("real/a/b/link")).unwrap();
        assert!(refuse_links(&root.join("real"), 2).is_ok());
        let error = refuse_links(&root.join("real"), 3).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains("real/a/b/link is a link"), "{error}");
        symlink("real", root.join("other")).unwrap();
        assert!(refuse_links(&root.join("other"), 1).is_err());
        symlink("nowhere", root.join("loose")).unwrap();
        assert!(refuse_links(&root.join("loose"), 1).is_err());
    }
}
