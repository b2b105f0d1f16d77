//! The decision card as the text of a pull request. All that somebody else wrote is in code spans and fences, in which no
//! mention, link, markup or HTML comes to life.

use super::code::{code, fence};
use crate::domain::figures::{count, counted, seconds, size};
use crate::domain::track::{Amounts, Card, Ran, Remark, TreeChange, TreeChangeKind, VerdictKind};

/// More would be read by nobody, and hosts have limits.
const MOST: usize = 100;

/// By which a host's comment is found again.
pub fn marker(card: &Card) -> String {
    format!("<!-- greenroom:{} -->", card.track)
}

pub fn markdown(card: &Card) -> String {
    let sign = match card.verdict.kind {
        VerdictKind::Approved | VerdictKind::Promoted => "✅",
        VerdictKind::Ready => "🟢",
        VerdictKind::Blocked | VerdictKind::Void => "⛔",
        VerdictKind::Nothing => "⚪",
    };
    let mut parts = vec![
        marker(card),
        format!("## {sign} {}", code(card.track.as_str())),
        format!("**Verdict:** {}", code(&card.verdict.text)),
    ];
    parts.extend(card.need.as_ref().map(|need| format!("**Need:** {}", code(need))));
    parts.extend(sealed(card));
    parts.extend(list("Evidence that is not whole", &card.broken, |why| code(why)));
    parts.extend(list("Riskiest first", &card.risks, |risk| {
        format!("{}: {}", code(&risk.what), code(&risk.why))
    }));
    parts.extend(
        card.since
            .as_ref()
            .map(|since| format!("**Changed since {}:** {}", code(&since.what), code(&since.command))),
    );
    parts.extend(list("What it did when it ran", &card.ran, ran));
    parts.extend(list("Not checked", &card.not_checked, |one| {
        format!("{}: {}", code(&one.what), code(&one.why))
    }));
    parts.extend(list("Compared with a run of other parameters", &card.given, |change| {
        code(&change.to_string())
    }));
    parts.extend(cost(card));
    parts.extend(list("Outputs", &card.outputs, |output| {
        let same = if output.same { ", byte for byte the same" } else { "" };
        let rows = amounts(&output.rows, count);
        let columns = output.columns.iter().map(|change| format!("; {}", code(&change.to_string())));
        let columns = columns.collect::<String>();
        format!("{}: {rows} rows, {}{same}{columns}", code(&output.output), amounts(&output.bytes, size))
    }));
    parts.extend(card.rollback.as_ref().map(|target| {
        format!("**Rollback target:** {} at `{}`", code(target.name.short()), target.tip.short())
    }));
    parts.extend(list("Checks", &card.checks, |check| {
        let why = check.why.as_ref().map(|why| format!(": {}", code(why))).unwrap_or_default();
        format!("{} {}{why}", check.status.as_str(), code(&check.title))
    }));
    parts.extend(files(card));
    parts.extend(list("Warnings", &card.warnings, |warning| code(warning)));
    parts.extend(remarks(card));
    parts.push(
        "Approvals count as signed entries of the track's ledger; those of this page are advisory."
            .to_owned(),
    );
    parts.join("\n\n") + "\n"
}

/// A heading and its lines; nothing where there is none.
fn list<T>(title: &str, all: &[T], line: impl Fn(&T) -> String) -> Option<String> {
    if all.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = all.iter().take(MOST).map(|one| format!("- {}", line(one))).collect();
    if let Some(left) = all.len().checked_sub(MOST).filter(|left| *left > 0) {
        lines.push(format!("- and {} more", count(left as u64)));
    }
    Some(format!("### {title}\n\n{}", lines.join("\n")))
}

fn sealed(card: &Card) -> Option<String> {
    let sealed = card.sealed.as_ref()?;
    let commits =
        sealed.commits.map(|commits| format!(", {}", counted(commits, "commit"))).unwrap_or_default();
    Some(format!(
        "Package `{}` of `{}` on {} at `{}`{commits}, sealed by {} at {}.",
        sealed.package.short(),
        sealed.head.short(),
        code(sealed.target.name.short()),
        sealed.target.tip.short(),
        code(sealed.by.as_str()),
        sealed.at,
    ))
}

fn wall(milliseconds: u64) -> String {
    seconds(milliseconds as f64 / 1_000.0)
}

fn ran(ran: &Ran) -> String {
    let took = ran.milliseconds.map(|took| format!(" in {}", wall(took))).unwrap_or_default();
    let taken = match ran.taken {
        0 => String::new(),
        taken => format!(", {} taken over from earlier runs", counted(taken, "step")),
    };
    let written =
        ran.rows_written.map(|rows| format!(", {} written", counted(rows, "row"))).unwrap_or_default();
    let memory =
        ran.peak_memory_bytes.map(|peak| format!(", at most {} of memory", size(peak))).unwrap_or_default();
    let (steps, read) = (counted(ran.steps, "step"), counted(ran.rows_read, "row"));
    format!(
        "{} (run {}): {steps}{took}{taken}, {read} read{written}{memory}",
        code(ran.name.as_str()),
        ran.run.short()
    )
}

/// `12 s → 30 s (×2.5)`
fn amounts(amounts: &Amounts, text: impl Fn(u64) -> String) -> String {
    let one = |amount: Option<u64>| amount.map_or_else(|| "–".to_owned(), &text);
    let factor = match amounts.factor() {
        Some(factor) if amounts.before != amounts.after => format!(" (×{factor:.1})"),
        _ => String::new(),
    };
    match amounts.before == amounts.after {
        true => one(amounts.after),
        false => format!("{} → {}{factor}", one(amounts.before), one(amounts.after)),
    }
}

fn cost(card: &Card) -> Option<String> {
    if card.cost.is_empty() {
        return None;
    }
    let title = if card.has_before { "Cost against today" } else { "Cost (nothing to compare with)" };
    list(title, &card.cost, |cost| {
        let memory = amounts(&cost.peak_memory_bytes, size);
        format!("{}: {}, {memory} of memory", code(&cost.step), amounts(&cost.wall_milliseconds, wall))
    })
}

fn files(card: &Card) -> Option<String> {
    let (come, gone) = card.lines();
    let title = format!("{}, +{} −{}", counted(card.files.len() as u64, "file"), count(come), count(gone));
    list(&title, &card.files, file)
}

fn file(file: &TreeChange) -> String {
    let kind = match file.kind {
        TreeChangeKind::Added => "added",
        TreeChangeKind::Removed => "removed",
        TreeChangeKind::Modified => "modified",
        TreeChangeKind::Renamed => "renamed",
    };
    let was = file.was.as_ref().map(|was| format!(", was {}", code(was))).unwrap_or_default();
    let lines =
        file.lines.map(|(come, gone)| format!(" +{} −{}", count(come), count(gone))).unwrap_or_default();
    format!("{} {kind}{was}{lines}", code(&file.path))
}

fn remarks(card: &Card) -> Option<String> {
    let invalid = list("Entries that do not count", &card.invalid, |one| {
        let what = one.transition.unwrap_or("unreadable");
        format!("`{}` {}: {}", one.entry.short(), code(what), code(&one.why.to_string()))
    });
    let said: Vec<String> = card.remarks.iter().rev().take(MOST).map(remark).collect();
    let said =
        (!said.is_empty()).then(|| format!("### What was said, the newest first\n\n{}", said.join("\n\n")));
    let parts: Vec<String> = invalid.into_iter().chain(said).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn remark(remark: &Remark) -> String {
    let asks = if remark.requests { " requests changes" } else { "" };
    let place = remark.place.as_ref();
    let place = place
        .map(|place| format!(" on {}", code(&format!("{}:{}", place.path, place.line))))
        .unwrap_or_default();
    format!("{}{asks}{place} at {}:\n\n{}", code(remark.by.as_str()), remark.at, fence(&remark.text))
}
