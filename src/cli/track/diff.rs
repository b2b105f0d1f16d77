use similar::{DiffOp, DiffTag, TextDiff};

use super::desk::Desk;
use super::wrong::of_git;
use crate::app::{CodeFile, Hunk, HunkRow};
use crate::cli::UserError;
use crate::domain::track::TreeChange;
use crate::git::{ContentKind, FileChange, FileSide};

/// Unchanged lines around a change.
pub(super) const AROUND: usize = 3;
/// As many as there are.
pub(super) const ALL: usize = usize::MAX / 4;
/// Bytes; larger files are not compared line by line.
const LONGEST: u64 = 1 << 20;
/// Lines of one file's difference that are shown.
const MOST: usize = 5000;

/// How a file differs, line by line where it is text. `told`: the same, without its lines; `spoken`: lines as they are now,
/// from 1, that are shown wherever they stand.
pub(super) fn code_file(
    desk: &Desk,
    change: &FileChange,
    told: &TreeChange,
    around: usize,
    spoken: &[u64],
    at_head: bool,
) -> Result<CodeFile, UserError> {
    let mut file = CodeFile { change: told.clone(), told: None, hunks: Vec::new(), at_head };
    let sides = [&change.old, &change.new];
    file.told = unlike_text(sides);
    if file.told.is_some() {
        return Ok(file);
    }
    let read = |side: &Option<FileSide>| match side {
        Some(side) => desk.repository.content(side).map_err(|error| of_git(&error)),
        None => Ok(Vec::new()),
    };
    let (old, new) = (read(sides[0])?, read(sides[1])?);
    match (String::from_utf8(old), String::from_utf8(new)) {
        (Ok(old), Ok(new)) if old != new => (file.hunks, file.told) = hunks(&old, &new, around, spoken),
        (Ok(_), Ok(_)) if sides.iter().any(|side| side.is_none()) => {
            file.told = Some("it is empty".to_owned());
        }
        (Ok(_), Ok(_)) => file.told = Some(unchanged(change)),
        _ => file.told = Some("it is not UTF-8, and not shown line by line".to_owned()),
    }
    Ok(file)
}

fn unchanged(change: &FileChange) -> String {
    let executable = |side: &Option<FileSide>| side.as_ref().is_some_and(|side| side.executable);
    match (executable(&change.old), executable(&change.new)) {
        (false, true) => "its text is the same; it can be executed now".to_owned(),
        (true, false) => "its text is the same; it can be executed no more".to_owned(),
        _ => "its text is the same".to_owned(),
    }
}

/// Why there are no lines to be compared.
fn unlike_text(sides: [&Option<FileSide>; 2]) -> Option<String> {
    let any = |kind| sides.iter().any(|side| side.as_ref().is_some_and(|side| side.kind == kind));
    let bytes = |side: &Option<FileSide>| {
        side.as_ref().map_or_else(|| "nothing".to_owned(), |side| crate::domain::figures::size(side.bytes))
    };
    let sizes = || format!("{} before, {} now", bytes(sides[0]), bytes(sides[1]));
    let commit = |side: &Option<FileSide>| {
        side.as_ref().map_or_else(|| "nothing".to_owned(), |side| side.id.chars().take(12).collect())
    };
    if any(ContentKind::Submodule) {
        return Some(format!("a submodule: {} before, {} now", commit(sides[0]), commit(sides[1])));
    }
    if any(ContentKind::LfsPointer) {
        return Some("a large file that LFS keeps: what it holds is not in the repository".to_owned());
    }
    if any(ContentKind::Binary) {
        return Some(format!("no text: {}", sizes()));
    }
    let large = sides.iter().any(|side| side.as_ref().is_some_and(|side| side.bytes > LONGEST));
    large.then(|| format!("too large to be shown line by line: {}", sizes()))
}

/// Stretches of lines around what changed, and why they are not all. Whoever spoke of a line elsewhere finds that, too.
fn hunks(old: &str, new: &str, around: usize, spoken: &[u64]) -> (Vec<Hunk>, Option<String>) {
    let diff = TextDiff::from_lines(old, new);
    let (mut hunks, mut rows, mut cut): (Vec<Hunk>, usize, _) = (Vec::new(), 0, None);
    for group in diff.grouped_ops(around) {
        let mut hunk = hunk(&group, diff.old_slices(), diff.new_slices());
        rows += hunk.rows.len();
        let more = rows.saturating_sub(MOST);
        hunk.rows.truncate(hunk.rows.len() - more);
        hunks.push(hunk);
        if more > 0 {
            cut = Some(format!("only its first {MOST} lines are shown"));
            break;
        }
    }
    for line in spoken {
        let has = |hunk: &Hunk| (0..hunk.rows.len()).any(|row| hunk.new_line(row) == Some(*line));
        if !hunks.iter().any(has) {
            hunks.extend(lone(diff.ops(), diff.new_slices(), *line));
        }
    }
    hunks.sort_by_key(|hunk| hunk.new_from);
    (hunks, cut)
}

/// A line that is in none of the stretches, from 1.
fn lone(ops: &[DiffOp], new: &[&str], line: u64) -> Option<Hunk> {
    let at = usize::try_from(line).ok()?.checked_sub(1)?;
    let text = new.get(at)?.trim_end_matches(['\n', '\r']).to_owned();
    let op = ops.iter().find(|op| op.new_range().contains(&at))?;
    let same = op.tag() == DiffTag::Equal;
    let before = if same { at - op.new_range().start } else { 0 };
    Some(Hunk {
        old_from: op.old_range().start + before + 1,
        new_from: at + 1,
        old: same.then(|| text.clone()).into_iter().collect(),
        new: vec![text],
        rows: vec![HunkRow { old: same.then_some(0), new: Some(0), same }],
    })
}

fn hunk(group: &[DiffOp], old: &[&str], new: &[&str]) -> Hunk {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return Hunk::default() };
    let (old_from, new_from) = (first.old_range().start, first.new_range().start);
    let mut rows = Vec::new();
    // A line's end is only seen where it makes the difference.
    let (mut returns_old, mut returns_new) = (Vec::new(), Vec::new());
    for op in group {
        let (tag, before, after) = op.as_tag_tuple();
        let (before, after): (Vec<usize>, Vec<usize>) = (before.collect(), after.collect());
        let same = tag == DiffTag::Equal;
        returns_old.extend(before.iter().map(|_| !same));
        returns_new.extend(after.iter().map(|_| !same));
        for at in 0..before.len().max(after.len()) {
            let place = |of: &[usize], from: usize| of.get(at).map(|line| line - from);
            rows.push(HunkRow { old: place(&before, old_from), new: place(&after, new_from), same });
        }
    }
    let text = |line: &&str, seen: &bool| {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if *seen { line } else { line.strip_suffix('\r').unwrap_or(line) }.to_owned()
    };
    let texts =
        |all: &[&str], seen: &[bool]| all.iter().zip(seen).map(|(line, seen)| text(line, seen)).collect();
    Hunk {
        old_from: old_from + 1,
        new_from: new_from + 1,
        old: texts(&old[old_from..last.old_range().end], &returns_old),
        new: texts(&new[new_from..last.new_range().end], &returns_new),
        rows,
    }
}

/// As a diff of one column has it: of lines that changed, those that went first.
pub(super) fn unfold(file: &mut CodeFile) {
    for hunk in &mut file.hunks {
        let mut rows = Vec::with_capacity(hunk.rows.len());
        let mut came = Vec::new();
        for row in std::mem::take(&mut hunk.rows) {
            if row.same {
                rows.append(&mut came);
                rows.push(row);
                continue;
            }
            rows.extend(row.old.map(|old| HunkRow { old: Some(old), new: None, same: false }));
            came.extend(row.new.map(|new| HunkRow { old: None, new: Some(new), same: false }));
        }
        rows.append(&mut came);
        hunk.rows = rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(hunk: &Hunk) -> Vec<String> {
        let text = |of: &[String], at: Option<usize>| at.map_or("", |at| of[at].as_str()).to_owned();
        let row = |row: &HunkRow| {
            let sign = if row.same { '=' } else { '|' };
            format!("{}{sign}{}", text(&hunk.old, row.old), text(&hunk.new, row.new))
        };
        hunk.rows.iter().map(row).collect()
    }

    #[test]
    fn lines_stand_beside_each_other_or_below() {
        let (before, after) = ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\nmore\n6\n7\n8\n9\n");
        let (found, cut) = hunks(before, after, 1, &[]);
        assert_eq!((found.len(), cut), (1, None));
        assert_eq!(told(&found[0]), ["4=4", "5|five", "|more", "6=6"]);
        assert_eq!((found[0].old_from, found[0].new_from, found[0].new_line(2)), (4, 4, Some(6)));
        let change = TreeChange {
            path: "a".into(),
            was: None,
            kind: crate::domain::track::TreeChangeKind::Modified,
            content: crate::domain::track::TreeContent::Text,
            lines: None,
        };
        let mut file = CodeFile { change, told: None, hunks: found, at_head: true };
        unfold(&mut file);
        assert_eq!(told(&file.hunks[0]), ["4=4", "5|", "|five", "|more", "6=6"]);
        let (whole, _) = hunks(before, after, ALL, &[]);
        assert_eq!(whole[0].rows.len(), 10);
    }

    #[test]
    fn a_carriage_return_is_seen_where_it_is_the_difference() {
        let (found, _) = hunks("a\r\nb\n", "a\r\nb\r\n", 3, &[]);
        assert_eq!(told(&found[0]), ["a=a", "b|b\r"]);
    }

    #[test]
    fn a_line_that_somebody_spoke_of_is_shown_wherever_it_stands() {
        let (before, after) = ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\nmore\n6\n7\n8\n9\n");
        let (found, _) = hunks(before, after, 1, &[6, 10, 1, 11]);
        assert_eq!(
            found.iter().map(told).collect::<Vec<_>>().concat(),
            ["1=1", "4=4", "5|five", "|more", "6=6", "9=9"]
        );
        assert_eq!((found[2].old_from, found[2].new_from, found[2].new_line(0)), (9, 10, Some(10)));
        // Beyond what is shown of a long one, too.
        let new: String = (0..MOST + 10).map(|line| format!("{line}\n")).collect();
        let (found, _) = hunks("", &new, 3, &[MOST as u64 + 5]);
        assert_eq!(told(&found[1]), [format!("|{}", MOST + 4)]);
    }

    #[test]
    fn of_a_long_difference_the_beginning_is_shown() {
        let new: String = (0..MOST + 10).map(|line| format!("{line}\n")).collect();
        let (found, cut) = hunks("", &new, 3, &[]);
        assert_eq!(found.iter().map(|hunk| hunk.rows.len()).sum::<usize>(), MOST);
        assert!(cut.unwrap().contains("first 5000"));
    }
}
