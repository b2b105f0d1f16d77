use jiff::Timestamp;

use super::said_view::said;
use super::table::{Cell, Table, left, right, wrapping, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::figures::{ago, count, counted, seconds, size};
use crate::domain::text::safe;
use crate::domain::track::{
    Amounts, Card, CheckStatus, MergeChange, NextAction, OutputChange, Ran, TreeChange, TreeChangeKind,
    VerdictKind, Weight,
};

/// Files that are listed; all of them are in the code diff.
const FILES: usize = 20;
/// Columns that are told of.
const COLUMNS: usize = 30;

/// The decision card: verdict, the riskiest change, what it did, what was not checked, what it costs; then the rest.
pub fn card_view(card: &Card, invocation: &Invocation, look: &Look) -> String {
    let now = Timestamp::now();
    card_told(card, invocation, look, &|then| ago(then, now))
}

/// The same, where `when` tells moments.
pub fn card_told(
    card: &Card,
    invocation: &Invocation,
    look: &Look,
    when: &dyn Fn(Timestamp) -> String,
) -> String {
    let parts = [
        head(card, look, when),
        risks(card, look),
        since(card, look),
        list("what it did when it ran", look, card.ran.iter().map(ran)),
        list(
            "not checked",
            look,
            card.not_checked.iter().map(|one| format!("{}: {}", safe(&one.what), safe(&one.why))),
        ),
        given(card, look),
        cost(card, look),
        outputs(card, look, false),
        checks(card, look),
        files(card, look),
        list("beware", look, card.warnings.iter().map(|warning| safe(warning).into_owned())),
        said(card, look, when),
        next(card, invocation, look),
    ];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    told.join("\n")
}

/// What it did when it ran, what it made and what that cost, against today; empty where it holds no run.
pub fn card_data(card: &Card, look: &Look) -> String {
    let parts = [
        list("what it did when it ran", look, card.ran.iter().map(ran)),
        given(card, look),
        outputs(card, look, true),
        cost(card, look),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn head(card: &Card, look: &Look, when: &dyn Fn(Timestamp) -> String) -> String {
    let ink = match card.verdict.kind {
        VerdictKind::Approved | VerdictKind::Promoted | VerdictKind::Ready => Ink::Good,
        VerdictKind::Blocked | VerdictKind::Void => Ink::Bad,
        VerdictKind::Nothing => Ink::Dim,
    };
    let mut text =
        format!("{}  {}\n", look.paint(Ink::Strong, &card.track), look.paint(ink, safe(&card.verdict.text)));
    text += &card.need.as_ref().map(|need| format!("{}\n", safe(need))).unwrap_or_default();
    if let Some(sealed) = &card.sealed {
        let commits =
            sealed.commits.map(|commits| format!(", {}", counted(commits, "commit"))).unwrap_or_default();
        text += &format!(
            "{} {} onto {} at {}{commits}, sealed by {} {}\n",
            look.paint(Ink::Dim, format!("package {} of", sealed.package.short())),
            sealed.head.short(),
            safe(sealed.target.name.short()),
            sealed.target.tip.short(),
            sealed.by,
            when(sealed.at),
        );
    }
    text += &card
        .rollback
        .as_ref()
        .map(|target| format!("{} {}\n", look.paint(Ink::Dim, "to go back to:"), target.tip.short()))
        .unwrap_or_default();
    text
}

fn title(text: &str, look: &Look) -> String {
    format!("{}\n", look.paint(Ink::Accent, text))
}

pub(super) fn list(name: &str, look: &Look, lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<String> = lines.map(|line| format!("  {line}\n")).collect();
    if lines.is_empty() { String::new() } else { title(name, look) + &lines.concat() }
}

fn risks(card: &Card, look: &Look) -> String {
    let lines = card.risks.iter().map(|risk| {
        let ink = match risk.weight {
            Weight::Grave | Weight::Breaking => Ink::Bad,
            Weight::Notable => Ink::Warn,
            Weight::Small => Ink::Dim,
        };
        let why = if risk.why.is_empty() { String::new() } else { format!(": {}", safe(&risk.why)) };
        format!("{}{why}", look.paint(ink, safe(&risk.what)))
    });
    list("riskiest first", look, lines)
}

fn since(card: &Card, look: &Look) -> String {
    let Some(since) = &card.since else { return String::new() };
    let mut lines: Vec<String> = since.lines.iter().map(|line| changed(line, look)).collect();
    if since.more > 0 || since.lines.is_empty() {
        let more =
            if since.more > 0 { format!("{} more: ", counted(since.more, "line")) } else { String::new() };
        lines.push(format!("{more}{}", look.paint(Ink::Accent, &since.command)));
    }
    lines.extend(merges(&since.merges, look));
    list(&format!("what changed since {}", since.what), look, lines.into_iter())
}

/// What a range diff says nothing of.
fn merges(merges: &[MergeChange], look: &Look) -> Vec<String> {
    if merges.is_empty() {
        return Vec::new();
    }
    let verb = if merges.len() == 1 { "is" } else { "are" };
    let mut lines =
        vec![format!("{} {verb} not compared above:", counted(merges.len() as u64, "merge commit"))];
    lines.extend(merges.iter().map(|merge| {
        let subject = safe(&merge.subject);
        let named = format!("  {} {subject}", merge.commit.short());
        let show = || look.paint(Ink::Accent, format!("git show --remerge-diff {}", merge.commit.short()));
        match merge.files.as_deref() {
            None => format!("{named}: what it changes itself this git cannot tell"),
            Some([]) => format!("{named}: nothing but what git makes of its sides"),
            Some(files) => {
                let files = safe(&files.join(", ")).into_owned();
                format!("{named}: {} by hand: {}", look.paint(Ink::Warn, files), show())
            }
        }
    }));
    lines
}

/// A line of a range diff: its second sign tells what it does to the file, its first whether that is new.
fn changed(line: &str, look: &Look) -> String {
    let shown = safe(line);
    match line.trim_start().as_bytes() {
        [b'+', ..] => look.paint(Ink::Good, shown),
        [b'-', ..] => look.paint(Ink::Bad, shown),
        _ => shown.into_owned(),
    }
}

fn ran(ran: &Ran) -> String {
    let took =
        ran.milliseconds.map(|took| format!(" in {}", seconds(took as f64 / 1_000.0))).unwrap_or_default();
    let taken = match ran.taken {
        0 => String::new(),
        taken => format!(", {} taken over", counted(taken, "step")),
    };
    let written =
        ran.rows_written.map(|rows| format!(", wrote {}", counted(rows, "row"))).unwrap_or_default();
    let memory = ran.peak_memory_bytes.map(|peak| format!(", at most {}", size(peak))).unwrap_or_default();
    let (steps, read) = (counted(ran.steps, "step"), counted(ran.rows_read, "row"));
    format!("{} {}: {steps}{took}{taken}, read {read}{written}{memory}", ran.name, ran.run.short())
}

/// `12 s → 30 s  ×2.5`
fn amounts(amounts: &Amounts, text: impl Fn(u64) -> String) -> String {
    let one = |amount: Option<u64>| amount.map_or_else(|| "–".to_owned(), &text);
    match (amounts.before == amounts.after, amounts.before, amounts.factor()) {
        (true, ..) | (_, None, _) => one(amounts.after),
        (_, _, Some(factor)) => format!("{} → {}  ×{factor:.1}", one(amounts.before), one(amounts.after)),
        _ => format!("{} → {}", one(amounts.before), one(amounts.after)),
    }
}

fn given(card: &Card, look: &Look) -> String {
    let lines = card.given.iter().map(|change| safe(&change.to_string()).into_owned());
    list("compared with a run of other parameters", look, lines)
}

fn cost(card: &Card, look: &Look) -> String {
    if card.cost.is_empty() {
        return String::new();
    }
    let name = match card.has_before {
        true => "cost against today",
        false => "cost; the target has no packaged run to compare with",
    };
    let mut table = Table::new([left(""), left("step"), right("time"), right("memory")]);
    for step in &card.cost {
        let wall = amounts(&step.wall_milliseconds, |took| seconds(took as f64 / 1_000.0));
        table.row([
            "".into(),
            (&*step.step).into(),
            wall.into(),
            Cell::from(amounts(&step.peak_memory_bytes, size)),
        ]);
    }
    title(name, look) + &table.render(look)
}

/// `all`: of columns also what stands among the risks.
fn outputs(card: &Card, look: &Look, all: bool) -> String {
    if card.outputs.is_empty() {
        return String::new();
    }
    let mut table = Table::new([left(""), yielding("output"), right("rows"), right("bytes"), left("")]);
    let mut sorted: Vec<&OutputChange> = card.outputs.iter().collect();
    // What is gone or empty first, what is the same last.
    let is_there = |output: &OutputChange| output.bytes.after.is_some() && output.rows.after != Some(0);
    sorted.sort_by_key(|output| (output.same, is_there(output)));
    for output in sorted {
        let same = if output.same { "the same, byte for byte" } else { "" };
        table.row([
            "".into(),
            (&*output.output).into(),
            amounts(&output.rows, count).into(),
            amounts(&output.bytes, size).into(),
            Cell::inked(same, Ink::Dim),
        ]);
    }
    title("what it made", look) + &table.render(look) + &columns(card, look, all)
}

fn columns(card: &Card, look: &Look, all: bool) -> String {
    let changes = card.outputs.iter().flat_map(|output| output.columns.iter().map(move |one| (output, one)));
    let mut changes: Vec<_> = changes.filter(|(_, change)| all || !change.what.is_risk()).collect();
    changes.sort_by_key(|(_, change)| change.what.rank());
    let told = changes
        .iter()
        .map(|(output, change)| format!("{}.{}", safe(&output.output), safe(&change.to_string())));
    let mut lines: Vec<String> = told.collect();
    let more = lines.len().saturating_sub(COLUMNS);
    lines.truncate(COLUMNS);
    lines.extend((more > 0).then(|| format!("and {} more", count(more as u64))));
    list("columns that are others", look, lines.into_iter())
}

fn checks(card: &Card, look: &Look) -> String {
    if card.checks.is_empty() {
        return String::new();
    }
    let mut table = Table::new([left(""), left(""), wrapping("")]);
    for check in card.checks.iter().filter(|check| check.status != CheckStatus::Passed) {
        let (sign, ink) = match check.status {
            CheckStatus::Passed => ("✓", Ink::Good),
            CheckStatus::NotChecked => ("·", Ink::Dim),
            CheckStatus::Warned => ("!", Ink::Warn),
            CheckStatus::Failed => ("✗", Ink::Bad),
        };
        // What it makes sure of reads as if all were well.
        let told = check.why.as_deref().unwrap_or(&check.title);
        table.row([Cell::inked(sign, ink), (&*check.id).into(), told.into()]);
    }
    let passed = card.count(CheckStatus::Passed);
    let name = format!("checks: {passed} of {} passed", card.checks.len());
    title(&name, look) + &table.render(look)
}

fn files(card: &Card, look: &Look) -> String {
    if card.files.is_empty() {
        return String::new();
    }
    let (come, gone) = card.lines();
    let name = format!("{}, +{} −{}", counted(card.files.len() as u64, "file"), count(come), count(gone));
    let mut lines: Vec<String> = card.files.iter().take(FILES).map(file).collect();
    if let Some(more) = card.files.len().checked_sub(FILES).filter(|more| *more > 0) {
        lines.push(format!("and {} more", count(more as u64)));
    }
    list(&name, look, lines.into_iter())
}

fn file(file: &TreeChange) -> String {
    let sign = match file.kind {
        TreeChangeKind::Added => "+",
        TreeChangeKind::Removed => "−",
        TreeChangeKind::Modified => "~",
        TreeChangeKind::Renamed => "→",
    };
    let was = file.was.as_ref().map(|was| format!(" (was {})", safe(was))).unwrap_or_default();
    let lines =
        file.lines.map(|(come, gone)| format!("  +{} −{}", count(come), count(gone))).unwrap_or_default();
    format!("{sign} {}{was}{lines}", safe(&file.path))
}

fn next(card: &Card, invocation: &Invocation, look: &Look) -> String {
    let id = card.track.as_str();
    let whose = card.next.whose();
    let whose = if whose.is_empty() { String::new() } else { format!(" ({whose})") };
    let commands: &[&[&str]] = match card.next.action {
        NextAction::Review => {
            &[&["approve", id], &["request-changes", id, "REASON"], &["comment", id, "TEXT"]]
        }
        NextAction::Promote | NextAction::Record => &[&["promote", id]],
        NextAction::Seal | NextAction::SealAgain => &[&["package", "--track", id]],
        NextAction::AgreeDesign => &[&["track", "agree", id]],
        _ => &[],
    };
    let mut text = look.paint(Ink::Strong, format!("next: {}{whose}", card.next.action.title())) + "\n";
    text += &card.next.action.note().map(|note| format!("  {note}\n")).unwrap_or_default();
    for words in commands {
        text += &format!("  {}\n", look.paint(Ink::Accent, invocation.command(words)));
    }
    text
}
