use std::collections::BTreeMap;

use similar::{DiffTag, TextDiff};

use super::desk::Desk;
use super::look::Looked;
use crate::domain::escape::{escape, unescape};
use crate::domain::track::bodies::Place;
use crate::domain::track::{CommitId, LineNow};
use crate::git::ChangeKind;

/// Bytes; lines of larger files are not followed.
const LONGEST: usize = 1 << 20;

/// Entry → where the line that it is about is at the package's head: carried over where it is unchanged.
pub(super) fn lines(desk: &Desk, looked: &Looked) -> BTreeMap<CommitId, LineNow> {
    let Some(package) = &looked.track.package else { return BTreeMap::new() };
    let mut follow = Follow { desk, head: &package.manifest.head, files: BTreeMap::new() };
    let placed = looked.track.remarks.iter().filter_map(|remark| Some((remark, remark.place.as_ref()?)));
    placed.map(|(remark, place)| (remark.entry.clone(), follow.line(&remark.head, place))).collect()
}

struct Follow<'f> {
    desk: &'f Desk,
    head: &'f CommitId,
    /// A commit and a path there → the lines then, and where they are now.
    files: BTreeMap<(CommitId, String), Option<File>>,
}

struct File {
    then: Vec<String>,
    /// What it is called now.
    path: String,
    /// Line then → line now, both from 0.
    kept: BTreeMap<usize, usize>,
}

impl Follow<'_> {
    fn line(&mut self, then: &CommitId, place: &Place) -> LineNow {
        if then == self.head {
            return LineNow::At(place.clone());
        }
        let key = (then.clone(), place.path.clone());
        if !self.files.contains_key(&key) {
            let file = self.file(then, &place.path);
            self.files.insert(key.clone(), file);
        }
        let Some(Some(file)) = self.files.get(&key) else { return LineNow::Outdated { was: None } };
        let at = usize::try_from(place.line).ok().and_then(|line| line.checked_sub(1)).unwrap_or(usize::MAX);
        match file.kept.get(&at) {
            Some(now) => LineNow::At(Place { path: file.path.clone(), line: *now as u64 + 1 }),
            None => LineNow::Outdated { was: file.then.get(at).cloned() },
        }
    }

    /// None: it is not here, or no text.
    fn file(&self, then: &CommitId, path: &str) -> Option<File> {
        let repository = &self.desk.repository;
        // Of a branch that was rewritten a clone may not have what it was.
        if !repository.has(then) {
            return None;
        }
        let text = |commit: &CommitId, path: &str| {
            let bytes = repository.file(commit, &unescape(path)?).ok()??;
            String::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST)
        };
        let before = text(then, path)?;
        let lines = || before.lines().map(str::to_owned).collect();
        let moved = || self.renamed(then, path).and_then(|path| Some((text(self.head, &path)?, path)));
        let now = text(self.head, path).map(|now| (now, path.to_owned())).or_else(moved);
        let Some((now, path)) = now else {
            return Some(File { then: lines(), path: path.to_owned(), kept: BTreeMap::new() });
        };
        // Whether the last line ends makes no other line of it.
        let ended = |text: &str| if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        let (old, new) = (ended(&before), ended(&now));
        let diff = TextDiff::from_lines(&old, &new);
        let same = diff.ops().iter().filter(|op| op.tag() == DiffTag::Equal);
        let kept = same.flat_map(|op| op.old_range().zip(op.new_range())).collect();
        Some(File { then: lines(), path, kept })
    }

    fn renamed(&self, then: &CommitId, path: &str) -> Option<String> {
        let repository = &self.desk.repository;
        let (old, new) = (repository.tree(then).ok()?, repository.tree(self.head).ok()?);
        let changes = repository.changes(&old, &new).ok()?;
        let is = |kind: &ChangeKind| matches!(kind, ChangeKind::Renamed { from } if escape(from) == path);
        changes.iter().find(|change| is(&change.kind)).map(|change| escape(&change.path))
    }
}
