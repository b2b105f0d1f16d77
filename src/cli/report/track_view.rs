use jiff::Timestamp;

use super::table::{Cell, Table, left, right, wrapping};
use super::tracks_table::ink;
use crate::cli::{Ink, Invocation, Look};
use crate::domain::Name;
use crate::domain::figures::ago;
use crate::domain::text::safe;
use crate::domain::track::bodies::Opened;
use crate::domain::track::{InvalidEntry, LedgerState, NextAction, Remark, Track};

/// A track: what it is for, its eight steps, what is next, what was said, and what does not count.
pub fn track_view(track: &Track, invocation: &Invocation, look: &Look) -> String {
    let now = Timestamp::now();
    let mut text = format!("{}\n", look.paint(Ink::Strong, &track.id));
    text += &track.design.as_ref().map(|design| design_view(design, look)).unwrap_or_default();
    if let LedgerState::Rewritten { seen } = &track.ledger {
        let told = format!("the ledger was rewritten: {}, which was seen here, is gone", seen.short());
        text += &format!("\n{}\n", look.paint(Ink::Bad, told));
        let accept = invocation.command(&["track", "accept-rewritten", track.id.as_str()]);
        text += &format!("ask who did it and why; then, to go on with what is there: {accept}\n");
    }
    if let LedgerState::Gone { seen } = &track.ledger {
        let told = format!("the ledger is gone, which was seen here up to {}", seen.short());
        text += &format!("\n{}\n", look.paint(Ink::Bad, told));
    }
    if let LedgerState::Parted(parted) = &track.ledger {
        text += &format!("\n{}\n", look.paint(Ink::Bad, parted));
        text += "nothing can be decided until there is one:\n";
        text += &parted.to_do().map(|to_do| format!("  {to_do}\n")).concat();
    }
    text += "\n";
    let mut table = Table::new([left(""), right(""), left(""), wrapping(""), wrapping(""), left("")]);
    for cell in &track.cells {
        let by: Vec<&str> = cell.by.iter().map(Name::as_str).collect();
        table.row([
            Cell::inked(cell.state.symbol().to_string(), ink(cell.state)),
            cell.step.number().to_string().into(),
            Cell::inked(cell.step.title(), Ink::Strong),
            (&*cell.why).into(),
            by.join(", ").into(),
            Cell::inked(cell.since.map(|since| ago(since, now)).unwrap_or_default(), Ink::Dim),
        ]);
    }
    text += &table.render(look);
    text += &format!("\n{}\n", next(track, invocation, look));
    text += &remarks(&track.remarks, now, look);
    text + &invalid(&track.invalid, look)
}

/// What is needed, from what, made how, owned by whom; and what the checks found of that.
pub fn design_view(design: &Opened, look: &Look) -> String {
    let mut text = format!("{}\n", safe(&design.need));
    let owners: Vec<String> = design.owners.iter().map(ToString::to_string).collect();
    let operators: Vec<String> = design.operators.iter().map(ToString::to_string).collect();
    let parts =
        [("from", &design.inputs), ("makes", &design.outputs), ("with", &operators), ("owned by", &owners)];
    for (title, all) in parts.into_iter().filter(|(_, all)| !all.is_empty()) {
        text += &format!("{} {}\n", look.paint(Ink::Dim, title), safe(&all.join(", ")));
    }
    if let Some(branch) = &design.branch {
        text += &format!("{} {}\n", look.paint(Ink::Dim, "on"), safe(branch));
    }
    for found in design.checks.iter().filter_map(|check| check.why()) {
        text += &format!("{} {}\n", look.paint(Ink::Warn, "!"), safe(found));
    }
    text
}

/// What is next, whose it is, and the command that does it, where there is one.
fn next(track: &Track, invocation: &Invocation, look: &Look) -> String {
    if track.abandoned && track.next.action == NextAction::Nothing {
        return "abandoned".to_owned();
    }
    let whose = track.next.whose();
    let whose = if whose.is_empty() { String::new() } else { format!(" ({whose})") };
    let title = look.paint(Ink::Strong, format!("next: {}", track.next.action.title()));
    let id = track.id.as_str();
    let words: &[&str] = match track.next.action {
        NextAction::AgreeDesign => &["track", "agree", id],
        NextAction::Seal | NextAction::SealAgain => &["package", "--track", id],
        NextAction::Review => &["review", "show", id],
        NextAction::Promote | NextAction::Record => &["promote", id],
        action => {
            let note = action.note().map(|note| format!("\n      {note}")).unwrap_or_default();
            return format!("{title}{whose}{note}");
        }
    };
    format!("{title}{whose}\n      {}", look.paint(Ink::Accent, invocation.command(words)))
}

fn remarks(remarks: &[Remark], now: Timestamp, look: &Look) -> String {
    let mut text = String::new();
    for remark in remarks {
        let asks = if remark.requests { " requests changes" } else { "" };
        let place = remark.place.as_ref().map(|place| format!(" on {}:{}", safe(&place.path), place.line));
        let answers = remark.answers.as_ref().map(|entry| format!(" in answer to {}", entry.short()));
        text += &format!(
            "\n{}{asks}{}{}, {} {}\n",
            look.paint(Ink::Strong, &remark.by),
            place.unwrap_or_default(),
            answers.unwrap_or_default(),
            ago(remark.at, now),
            look.paint(Ink::Dim, remark.entry.short()),
        );
        for line in remark.text.lines() {
            text += &format!("  {}\n", safe(line));
        }
    }
    text
}

fn invalid(entries: &[InvalidEntry], look: &Look) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", look.paint(Ink::Warn, "entries that do not count:"));
    for entry in entries {
        let what = entry.transition.unwrap_or("unreadable");
        let claimed =
            entry.claimed.as_ref().map(|name| format!(", said to be by {name}")).unwrap_or_default();
        text += &format!("  {} {what}{claimed}: {}\n", entry.entry.short(), safe(&entry.why.to_string()));
    }
    text
}
