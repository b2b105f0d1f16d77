use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::step_line::symbol;
use super::table::{Cell, Table, left, right};
use crate::cli::{Ink, Look};
use crate::domain::figures::{ago, count, counted, size};
use crate::store::{Garbage, Unlisted, Why};

/// Runs that are listed; of more, how many.
const ROWS: usize = 30;

/// What would go, and why the rest stays.
pub fn garbage_view(garbage: &Garbage, unlisted: &[Unlisted], bytes: u64, look: &Look) -> String {
    let mut text = String::new();
    let now = Timestamp::now();
    if !garbage.runs.is_empty() {
        let titles = [left(""), left("run"), left("name"), left("version"), left("started"), right("frees")];
        let mut table = Table::new(titles);
        for (recorded, bytes) in garbage.runs.iter().take(ROWS) {
            let run = &recorded.run;
            let (sign, ink) = symbol(Some(run.status));
            table.row([
                Cell::inked(sign, ink),
                Cell::inked(run.token.short(), Ink::Accent),
                run.title().into(),
                run.version.to_string().into(),
                ago(run.started_at, now).into(),
                size(*bytes).into(),
            ]);
        }
        text += &table.render(look);
        if let more @ 1.. = garbage.runs.len().saturating_sub(ROWS) {
            text += &format!("… and {} older\n", count(more as u64));
        }
        text.push('\n');
    }
    let work: u64 = garbage.work.iter().map(|(_, _, bytes)| bytes).sum();
    let tables: u64 = unlisted.iter().map(|file| file.bytes).sum();
    let parts = [
        (garbage.runs.len(), "run", None),
        (garbage.work.len(), "folder", Some(("of failed tries", work))),
        (
            usize::from(garbage.left.is_some()),
            "folder",
            Some(("that an earlier gc has left", garbage.left.unwrap_or_default())),
        ),
        (unlisted.len(), "file", Some(("that no table lists any more", tables))),
    ];
    let told = parts.iter().filter(|(number, ..)| *number > 0).map(|(number, noun, more)| {
        let counted = counted(*number as u64, noun);
        more.map_or(counted.clone(), |(what, bytes)| format!("{counted} {what} ({})", size(bytes)))
    });
    let told: Vec<String> = told.collect();
    text += &match told.is_empty() {
        true => "Nothing may go.\n".to_owned(),
        false => format!("{}: {} to be freed\n", told.join(", "), look.paint(Ink::Strong, size(bytes))),
    };
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, why) in &garbage.kept {
        *reasons.entry(reason(why)).or_default() += 1;
    }
    if !reasons.is_empty() {
        let told = reasons.iter().map(|(reason, number)| format!("{} {reason}", count(*number as u64)));
        let kept = counted(garbage.kept.len() as u64, "run");
        let stay = if garbage.kept.len() == 1 { "stays" } else { "stay" };
        let told = format!("{kept} {stay}: {}", told.collect::<Vec<_>>().join(", "));
        text += &look.paint(Ink::Dim, look.hanging(0, &told) + "\n");
    }
    for broken in &garbage.broken {
        let told = format!("stays, as it cannot be read as a whole: {}: {}", broken.path, broken.why);
        text += &look.paint(Ink::Warn, look.hanging(0, &told) + "\n");
    }
    text
}

fn reason(why: &Why) -> &'static str {
    match why {
        Why::Running => "running",
        Why::Interrupted => "interrupted (resume or cancel)",
        Why::Torn(_) => "damaged",
        Why::Several => "whose token another has too",
        Why::Pinned => "pinned",
        Why::Called(_) => "with an alias",
        Why::AmongTheNewest => "among the newest",
        Why::NewestSuccess => "the newest success of a version",
        Why::Feeds => "that a use case would take over from",
        Why::Young => "not old enough",
        Why::ReferredToBy(_) | Why::HeldByDamaged => "that others were made of",
    }
}

pub fn garbage_json(garbage: &Garbage, unlisted: &[Unlisted], bytes: u64, removed: bool) -> Value {
    let runs = garbage.runs.iter().map(|(recorded, bytes)| {
        json!({"token": recorded.run.token, "name": recorded.run.name, "path": recorded.path, "bytes": bytes})
    });
    let work =
        garbage.work.iter().map(|(token, path, bytes)| json!({"token": token, "path": path, "bytes": bytes}));
    let kept =
        garbage.kept.iter().map(|(recorded, why)| json!({"token": recorded.run.token, "why": why.told()}));
    let files = unlisted
        .iter()
        .map(|file| json!({"table": file.table.to_string(), "path": file.path, "bytes": file.bytes}));
    json!({
        "runs": runs.collect::<Vec<_>>(),
        "work": work.collect::<Vec<_>>(),
        "left": garbage.left,
        "lake": files.collect::<Vec<_>>(),
        "kept": kept.collect::<Vec<_>>(),
        "bytes": bytes,
        "removed": removed,
    })
}
