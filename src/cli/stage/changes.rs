use std::path::Path;

use camino::Utf8Path;
use similar::{ChangeTag, TextDiff};
use tempfile::TempDir;

use super::snapshots::{freeze, looked_into, lost, of_run, snapshots};
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{DiffLine, FileDiff, Plan, RunLayout};
use crate::snapshot::{Frozen, SnapshotError, Snapshots};

/// Unchanged lines around a change.
const AROUND: usize = 3;
/// Files above this are not compared line by line.
const LONGEST: usize = 1024 * 1024;
/// Lines of one file's difference that are told.
const MOST: usize = 2000;

/// The project's files that are not as the run froze them, in order of path.
pub fn changes_since(
    workspace: &Workspace,
    plan: &Plan,
    layout: &RunLayout,
) -> Result<Vec<String>, UserError> {
    let frozen = of_run(&workspace.place, &plan.tree, &layout.code())?;
    let now = freeze(workspace)?.frozen;
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    Ok(now.changed_since(&frozen).iter().map(|change| shown(change.path())).collect())
}

/// The same, line by line: from what the run froze to what is there now.
pub fn diff_since(
    workspace: &Workspace,
    plan: &Plan,
    layout: &RunLayout,
) -> Result<Vec<FileDiff>, UserError> {
    let scratch = tempfile::tempdir().ok();
    let then = looked(workspace, scratch.as_ref(), (plan, layout))?;
    diff(&then, &(freeze(workspace)?.frozen, snapshots(&workspace.place)?))
}

/// The same between two runs, and before it how their parameters differ.
pub fn diff_between(
    workspace: &Workspace,
    then: (&Plan, &RunLayout),
    now: (&Plan, &RunLayout),
) -> Result<Vec<FileDiff>, UserError> {
    let scratch = tempfile::tempdir().ok();
    let frozen = |run: (&Plan, &RunLayout)| looked(workspace, scratch.as_ref(), run);
    let params = |(plan, _): (&Plan, &RunLayout)| {
        plan.params.iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>()
    };
    let mut diffs = diff(&frozen(then)?, &frozen(now)?)?;
    let (old, new) = (params(then), params(now));
    if old != new {
        let lines = lines(old.as_bytes(), new.as_bytes());
        diffs.insert(0, FileDiff { path: "parameters".to_owned(), lines });
    }
    Ok(diffs)
}

fn looked(
    workspace: &Workspace,
    scratch: Option<&TempDir>,
    (plan, layout): (&Plan, &RunLayout),
) -> Result<Looked, UserError> {
    let scratch = scratch.and_then(|dir| Utf8Path::from_path(dir.path()));
    looked_into(snapshots(&workspace.place).ok(), scratch, &plan.tree, &layout.code()).map_err(lost)
}

type Looked = (Frozen, Snapshots);

fn diff(then: &Looked, now: &Looked) -> Result<Vec<FileDiff>, UserError> {
    let read = |(frozen, snapshots): &Looked, path: &Path| match snapshots.read(frozen, path) {
        Ok(content) => Ok(Some(content.unwrap_or_default())),
        // There was no room for it.
        Err(SnapshotError::Gone(_)) => Ok(None),
        Err(error) => Err(UserError::from_error(
            Exit::NotReady,
            format!("{} cannot be compared", path.display()),
            &error,
        )),
    };
    let mut diffs = Vec::new();
    for change in now.0.changed_since(&then.0) {
        let path = change.path();
        let lines = match (read(then, path)?, read(now, path)?) {
            (Some(old), Some(new)) => lines(&old, &new),
            _ => vec![DiffLine::Told("it is too large to be looked into".to_owned())],
        };
        diffs.push(FileDiff { path: path.to_string_lossy().into_owned(), lines });
    }
    Ok(diffs)
}

/// From the old text to the new one, with a few lines around each change.
pub(super) fn lines(old: &[u8], new: &[u8]) -> Vec<DiffLine> {
    let told = |why: String| vec![DiffLine::Told(why)];
    if old.len().max(new.len()) > LONGEST {
        return told(format!("{} bytes before, {} now", old.len(), new.len()));
    }
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
        return told("it is no text".to_owned());
    };
    if old == new {
        return told("its mode has changed, or what it is".to_owned());
    }
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !lines.is_empty() {
            lines.push(DiffLine::Gap);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            lines.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(text),
                ChangeTag::Delete => DiffLine::Gone(text),
                ChangeTag::Insert => DiffLine::Come(text),
            });
        }
        if lines.len() > MOST {
            lines.truncate(MOST);
            lines.push(DiffLine::Told("and more".to_owned()));
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_with_what_stands_around_it() {
        let old: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let new = old.replace("2\n3\n", "2\nthree\n").replace("19\n", "");
        let told = lines(old.as_bytes(), new.as_bytes());
        let gone: Vec<_> = told.iter().filter(|line| matches!(line, DiffLine::Gone(_))).collect();
        assert_eq!(gone, [&DiffLine::Gone("3".to_owned()), &DiffLine::Gone("19".to_owned())]);
        assert!(
            told.contains(&DiffLine::Come("three".to_owned())) && told.contains(&DiffLine::Gap),
            "{told:?}"
        );
        assert!(!told.contains(&DiffLine::Same("10".to_owned())));
        assert_eq!(lines(b"\xff", b"a"), [DiffLine::Told("it is no text".to_owned())]);
    }
}
