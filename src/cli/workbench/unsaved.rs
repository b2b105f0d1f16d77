//! What was typed and not saved when the terminal went, or the machine was told to stop: nobody could be asked.

use std::io;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::app::{Editor, OpenFile, Trouble};
use crate::cli::state_folder;
use crate::disk::refuse_links;
use crate::store;

const FOLDER: &str = ".greenroom/unsaved";
/// Folders of a project that are looked into.
const DEEPEST: usize = 32;

/// Keeps it beside the project's files, whose place it does not take.
///
/// # Errors
/// The first, once all that can be kept is.
pub fn keep(root: &Utf8Path, editor: &Editor) -> io::Result<()> {
    if !editor.any_unsaved() {
        return Ok(());
    }
    state_folder::make(root)?;
    refuse_links(&root.join(state_folder::NAME), 1)?;
    let folder = root.join(FOLDER);
    refuse_links(&folder, DEEPEST)?;
    let mut kept = Ok(());
    for file in editor.files.iter().filter(|file| file.unsaved) {
        kept = kept.and(keep_one(root, &folder, file));
    }
    kept
}

fn keep_one(root: &Utf8Path, folder: &Utf8Path, file: &OpenFile) -> io::Result<()> {
    let path = free(folder.join(&file.path));
    fs_err::create_dir_all(path.parent().unwrap_or(folder))?;
    // Whoever may not read the file may not read what was typed into it; of one that is nowhere yet nobody can tell.
    let mode =
        fs_err::metadata(root.join(&file.path)).map_or(0o600, |file| file.permissions().mode() & 0o777);
    store::atomic_write_as(&path, file.text().as_bytes(), mode)
}

/// What was kept before stays: another name beside it, as backups have them.
pub(super) fn free(path: Utf8PathBuf) -> Utf8PathBuf {
    let names = (2..).map(|number| Utf8PathBuf::from(format!("{path}.~{number}~")));
    std::iter::once(path.clone()).chain(names).find(|name| !name.exists()).unwrap_or(path)
}

/// Tells of what was kept, until somebody takes it away.
pub fn kept(root: &Utf8Path) -> Option<Trouble> {
    let files = walkdir::WalkDir::new(root.join(FOLDER)).max_depth(DEEPEST).sort_by_file_name();
    let files = files.into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let files = files.filter_map(|entry| {
        let path = Utf8PathBuf::from_path_buf(entry.into_path()).ok()?;
        Some(path.strip_prefix(root.join(FOLDER)).ok()?.to_owned())
    });
    let files: Vec<Utf8PathBuf> = files.take(10).collect();
    files.first()?;
    let mut trouble = Trouble::new("unsaved text was kept when the terminal went");
    for file in &files {
        trouble.why.push(format!("what was typed into {file} is in {FOLDER}/{file}"));
        trouble.todo.push(format!("see what it changes: diff {file} {FOLDER}/{file}"));
    }
    trouble.todo.push(format!("take what you want of it, then remove it: rm -r {FOLDER}"));
    Some(trouble)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::super::tests::Stage;
    use super::*;

    #[test]
    fn what_is_kept_takes_no_place_and_is_for_the_same_eyes() {
        let mut stage = Stage::new(80, 24, "dark");
        let file = stage.file("workflows/daily_delays.yaml");
        fs_err::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        stage.open("workflows/daily_delays.yaml").work().type_in("# one ");
        let root = stage.root();
        keep(&root, &stage.model.editor).unwrap();
        stage.type_in("two ");
        keep(&root, &stage.model.editor).unwrap();
        let folder = root.join(FOLDER).join("workflows");
        let kept = ["daily_delays.yaml", "daily_delays.yaml.~2~"].map(|name| folder.join(name));
        let texts = kept.each_ref().map(|path| fs_err::read_to_string(path).unwrap());
        assert!(
            texts[0].starts_with("# one greenroom") && texts[1].starts_with("# one two greenroom"),
            "{texts:?}"
        );
        for path in &kept {
            assert_eq!(fs_err::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let told = super::kept(&root).unwrap().text();
        assert!(told.contains("daily_delays.yaml.~2~"), "{told}");
    }

    #[test]
    fn one_that_cannot_be_kept_keeps_no_other_from_it() {
        let mut stage = Stage::new(80, 24, "dark");
        stage.open("workflows/daily_delays.yaml").work().type_in("# typed ");
        let root = stage.root();
        let mut other = stage.model.editor.files[0].clone();
        other.path = "other.yaml".into();
        stage.model.editor.files.push(other);
        fs_err::create_dir_all(root.join(FOLDER)).unwrap();
        fs_err::write(root.join(FOLDER).join("workflows"), "in the way").unwrap();
        let error = keep(&root, &stage.model.editor).unwrap_err().to_string();
        assert!(error.contains("workflows"), "{error}");
        assert!(
            fs_err::read_to_string(root.join(FOLDER).join("other.yaml")).unwrap().starts_with("# typed ")
        );
    }
}
