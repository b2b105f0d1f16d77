use std::io;
use std::path::Path;

use camino::Utf8Path;
use walkdir::WalkDir;

/// Neither `dir` nor anything up to so many levels below it may be a link that leads out of it. What a clone or an
/// archive brought may be one, and lead whoever writes, reads or mounts there anywhere.
///
/// # Errors
/// `InvalidData`, which names the link. What cannot be looked at is left to whoever uses it.
pub fn refuse_links(dir: &Utf8Path, levels: usize) -> io::Result<()> {
    let refused = |link: &Path| {
        let why = format!("{} is a link, and none that leads out is followed here", link.display());
        Err(io::Error::new(io::ErrorKind::InvalidData, why))
    };
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    if is_link(dir.as_std_path()) {
        return refused(dir.as_std_path());
    }
    let real = dir.canonicalize().unwrap_or_default();
    // Through those that stay inside, which lead to folders of other names. One that leads out ends the walk before it
    // is entered.
    for entry in WalkDir::new(dir).max_depth(levels).follow_links(true) {
        match entry {
            Ok(entry) if entry.path_is_symlink() => {
                if !entry.path().canonicalize().is_ok_and(|to| to.starts_with(&real)) {
                    return refused(entry.path());
                }
            }
            Ok(_) => {}
            // It leads nowhere, or in a circle.
            Err(error) => match error.path() {
                Some(link) if is_link(link) => return refused(link),
                _ => {}
            },
        }
    }
    Ok(())
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
        assert!(error.to_string().contains("/b/link is a link"), "{error}");
        symlink("a/b", root.join("real/near")).unwrap();
        assert!(refuse_links(&root.join("real"), 2).is_err(), "what is deep is near by another name");
        symlink("real", root.join("other")).unwrap();
        assert!(refuse_links(&root.join("other"), 1).is_err());
        symlink("nowhere", root.join("loose")).unwrap();
        assert!(refuse_links(&root.join("loose"), 1).is_err());
    }
}
