use super::desk::Desk;
use super::masked::masked;
use crate::domain::track::{RangeDiff, Since, Standing, Track};

/// Lines that are read on a card.
const LINES: usize = 80;

/// What became of the commits since an approval that is void now, or since the package before. None where nothing came
/// before, or its commits are not here.
pub(super) fn since(desk: &Desk, track: &Track) -> Option<Since> {
    let package = track.package.as_ref()?;
    let approval = track.approval.as_ref();
    let void = approval.and_then(|approval| match &approval.standing {
        Standing::Void { range: Some(range), .. } => Some((format!("{} approved it", approval.by), range)),
        _ => None,
    });
    let sealed = package.since.as_ref().map(|range| {
        let before = approval.filter(|approval| approval.package != package.digest);
        let what = before.map(|approval| format!("the package before, which {} approved", approval.by));
        (what.unwrap_or_else(|| "the package before".to_owned()), range)
    });
    let (what, range) = void.or(sealed)?;
    told(desk, what, range)
}

fn told(desk: &Desk, what: String, range: &RangeDiff) -> Option<Since> {
    let RangeDiff { old_base, old_head, new_base, new_head } = range;
    let ends = [[old_base, old_head], [new_base, new_head]];
    // Git would not find them either.
    if ends.iter().flatten().any(|id| !desk.repository.has(id)) {
        return None;
    }
    let [before, after] = ends.map(|[base, head]| format!("{}..{}", base.short(), head.short()));
    let command = format!("git range-diff {before} {after}");
    // Of too many commits, and where it fails here, git itself is asked.
    let text = desk.repository.range_diff(ends[0], ends[1]).ok().flatten();
    let text = text.unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let more = lines.len().saturating_sub(LINES) as u64;
    let lines = masked(&lines[..lines.len().min(LINES)]);
    // Where that fails, git's own command tells no less than here.
    let merges = desk.repository.own_merges(&[old_base, old_head, new_base], new_head).unwrap_or_default();
    Some(Since { what, lines, more, command, merges })
}
