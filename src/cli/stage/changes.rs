use std::path::Path;

use similar::{ChangeTag, TextDiff};

use super::snapshots::{freeze, of_run};
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{DiffLine, FileDiff, Plan, RunLayout};
use crate::snapshot::{Frozen, Snapshots};

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
    let then = of_run(&workspace.place, &plan.tree, &layout.code())?;
    diff(workspace, &then, &freeze(workspace)?.frozen)
}

/// The same between two runs, and before it how their parameters differ.
pub fn diff_between(
    workspace: &Workspace,
    then: (&Plan, &RunLayout),
    now: (&Plan, &RunLayout),
) -> Result<Vec<FileDiff>, UserError> {
    let frozen = |(plan, layout): (&Plan, &RunLayout)| of_run(&workspace.place, &plan.tree, &layout.code());
    let params = |(plan, _): (&Plan, &RunLayout)| {
        plan.params.iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>()
    };
    let mut diffs = diff(workspace, &frozen(then)?, &frozen(now)?)?;
    let (old, new) = (params(then), params(now));
    if old != new {
        let lines = lines(old.as_bytes(), new.as_bytes());
        diffs.insert(0, FileDiff { path: "parameters".to_owned(), lines });
    }
    Ok(diffs)
}

fn diff(workspace: &Workspace, then: &Frozen, now: &Frozen) -> Result<Vec<FileDiff>, UserError> {
    let snapshots = Snapshots::at(workspace.place.snapshots()?);
    let read = |frozen: &Frozen, path: &Path| {
        let read = snapshots.read(frozen, path);
        let read = read.map_err(|error| {
            UserError::from_error(Exit::NotReady, format!("{} cannot be compared", path.display()), &error)
        });
        read.map(Option::unwrap_or_default)
    };
    let mut diffs = Vec::new();
    for change in now.changed_since(then) {
        let path = change.path();
        let (old, new) = (read(then, path)?, read(now, path)?);
        diffs.push(FileDiff { path: path.to_string_lossy().into_owned(), lines: lines(&old, &new) });
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
