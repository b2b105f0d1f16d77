use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::step_line::symbol;
use super::table::{Cell, Table, left, right};
use crate::cli::{Ink, Look};
use crate::domain::Token;
use crate::domain::figures::{ago, count, counted, size};
use crate::snapshot::Spare;
use crate::store::{Garbage, Unlisted, Why};

/// Runs that are listed; of more, how many.
const ROWS: usize = 30;

/// Runs that are named where many stay for one reason.
const NAMED: usize = 5;

/// All that would go.
pub struct Shown<'a> {
    pub garbage: &'a Garbage,
    pub unlisted: &'a [Unlisted],
    pub snapshots: &'a Spare,
}

impl Shown<'_> {
    pub fn is_nothing(&self) -> bool {
        let Garbage { runs, work, left, .. } = self.garbage;
        runs.is_empty()
            && work.is_empty()
            && left.is_empty()
            && self.unlisted.is_empty()
            && self.snapshots.is_empty()
    }

    pub fn bytes(&self) -> u64 {
        self.garbage.bytes + self.unlisted.iter().map(|file| file.bytes).sum::<u64>() + self.snapshots.bytes
    }
}

/// What would go, and why the rest stays.
pub fn garbage_view(shown: &Shown<'_>, look: &Look) -> String {
    let Shown { garbage, unlisted, snapshots } = shown;
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
    let killed: u64 = garbage.left.iter().map(|(_, bytes)| bytes).sum();
    let tables: u64 = unlisted.iter().map(|file| file.bytes).sum();
    let parts = [
        (garbage.runs.len(), "run", None),
        (garbage.work.len(), "folder", Some(("of failed tries", work))),
        (garbage.left.len(), "folder", Some(("that a killed gc or import has left", killed))),
        (unlisted.len(), "file", Some(("that no table lists any more", tables))),
        // One that was killed may have left contents without a tree.
        (
            if snapshots.is_empty() { 0 } else { snapshots.trees.max(1) },
            "snapshot",
            Some(("that no run is of", snapshots.bytes)),
        ),
    ];
    let told = parts.iter().filter(|(number, ..)| *number > 0).map(|(number, noun, more)| {
        let counted = counted(*number as u64, noun);
        more.map_or(counted.clone(), |(what, bytes)| format!("{counted} {what} ({})", size(bytes)))
    });
    let told: Vec<String> = told.collect();
    text += &match told.is_empty() {
        true => "Nothing may go.\n".to_owned(),
        false => {
            format!("{}: {} to be freed\n", told.join(", "), look.paint(Ink::Strong, size(shown.bytes())))
        }
    };
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (recorded, why) in &garbage.kept {
        let short = recorded.run.token.short();
        reasons.entry(reason(why)).or_default().push(match because_of(why) {
            Some(other) => format!("{short} ({other})"),
            None => short,
        });
    }
    // What nobody can judge stays as well.
    let unread = unread(garbage);
    for (reason, paths) in [
        ("that cannot be read", &unread),
        ("behind a link", &garbage.linked.iter().collect()),
        ("in a folder with another name", &garbage.misnamed.iter().collect()),
    ] {
        if !paths.is_empty() {
            reasons.insert(reason, paths.iter().map(|path| short(path)).collect());
        }
    }
    if !reasons.is_empty() {
        let all: usize = reasons.values().map(Vec::len).sum();
        let stay = if all == 1 { "stays" } else { "stay" };
        text += &look.paint(Ink::Dim, format!("{} {stay}:\n", counted(all as u64, "run")));
        for (reason, runs) in reasons {
            let mut named = runs.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            if let more @ 1.. = runs.len().saturating_sub(NAMED) {
                named += &format!(" and {} more", count(more as u64));
            }
            let told = format!("{} {reason}: {named}", count(runs.len() as u64));
            text += &look.paint(Ink::Dim, format!("  {}\n", look.hanging(2, &told)));
        }
    }
    let untold = garbage.kept.iter().filter_map(|(recorded, why)| match why {
        Why::Untold(why) => Some((&recorded.run.name, why)),
        _ => None,
    });
    for (name, why) in untold.collect::<BTreeSet<_>>() {
        let told = format!("all runs of {name} stay, as what its use cases need cannot be told: {why}");
        text += &look.paint(Ink::Warn, look.hanging(0, &told) + "\n");
    }
    for link in &garbage.linked {
        let told = format!("stays, with what it was made of: {link}: it is a link");
        text += &look.paint(Ink::Warn, look.hanging(0, &told) + "\n");
    }
    for path in &garbage.misnamed {
        let told =
            format!("stays, with what it was made of: {path}: its name is not the token of the run in it");
        text += &look.paint(Ink::Warn, look.hanging(0, &told) + "\n");
    }
    for broken in &garbage.broken {
        let told = format!("stays, as it is not whole: {}: {}", broken.path, broken.why);
        text += &look.paint(Ink::Warn, look.hanging(0, &told) + "\n");
    }
    text
}

/// Directories that no run could be read from.
fn unread(garbage: &Garbage) -> Vec<&Utf8PathBuf> {
    let is_kept = |path: &Utf8PathBuf| {
        garbage.kept.iter().any(|(recorded, _)| recorded.path == *path)
            || garbage.elsewhere.iter().any(|recorded| recorded.path == *path)
    };
    garbage.broken.iter().map(|broken| &broken.path).filter(|path| !is_kept(path)).collect()
}

/// A run's short name where its folder has that, else what the folder is called.
fn short(path: &Utf8Path) -> String {
    let called = path.file_name().unwrap_or_default();
    called.parse().map_or_else(|_| called.to_owned(), |token: Token| token.short())
}

fn reason(why: &Why) -> &'static str {
    match why {
        Why::Running => "running",
        Why::Entered => "with somebody inside",
        Why::Interrupted => "interrupted (resume or cancel)",
        Why::Torn(_) => "damaged",
        Why::Several => "whose token another has too",
        Why::Pinned => "pinned",
        Why::Called(_) => "with an alias",
        Why::AmongTheNewest => "among the newest",
        Why::NewestSuccess => "the newest success of a version",
        Why::Feeds => "that a use case would take over from",
        Why::Untold(_) => "that a use case may need, which cannot be told",
        Why::Young => "not old enough",
        Why::ReferredToBy(_) | Why::HeldByDamaged(_) => "that others were made of",
        Why::ForkedBy(_) => "that a fork or a sweep goes on from",
        Why::BehindLink => "that a link leads to",
        Why::Archive => "that came as archives (--imported lets them go)",
    }
}

/// Of several with the same reason, what it is for each.
fn because_of(why: &Why) -> Option<String> {
    match why {
        Why::Called(alias) => Some(alias.clone()),
        Why::ReferredToBy(token) => Some(format!("by {}", token.short())),
        Why::HeldByDamaged(by) => Some(format!("by {by}")),
        Why::ForkedBy(token) => Some(format!("by {}", token.short())),
        _ => None,
    }
}

pub fn garbage_json(shown: &Shown<'_>, removed: bool) -> Value {
    let Shown { garbage, unlisted, snapshots } = shown;
    let runs = garbage.runs.iter().map(|(recorded, bytes)| {
        json!({"token": recorded.run.token, "name": recorded.run.name, "path": recorded.path, "bytes": bytes})
    });
    let work =
        garbage.work.iter().map(|(token, path, bytes)| json!({"token": token, "path": path, "bytes": bytes}));
    let kept =
        garbage.kept.iter().map(|(recorded, why)| json!({"token": recorded.run.token, "why": why.told()}));
    let broken = garbage.broken.iter().map(|broken| json!({"path": broken.path, "why": broken.why}));
    let files = unlisted
        .iter()
        .map(|file| json!({"table": file.table.to_string(), "path": file.path, "bytes": file.bytes}));
    json!({
        "runs": runs.collect::<Vec<_>>(),
        "work": work.collect::<Vec<_>>(),
        "left": (!garbage.left.is_empty()).then(|| garbage.left.iter().map(|(_, bytes)| bytes).sum::<u64>()),
        "lake": files.collect::<Vec<_>>(),
        "snapshots": {"count": snapshots.trees, "bytes": snapshots.bytes},
        "kept": kept.collect::<Vec<_>>(),
        "broken": broken.collect::<Vec<_>>(),
        "linked": garbage.linked,
        "misnamed": garbage.misnamed,
        "bytes": shown.bytes(),
        "removed": removed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene;
    use crate::domain::Status;
    use crate::store::Recorded;

    fn recorded() -> Recorded {
        let path = "/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a".into();
        Recorded { run: scene::run(Status::Succeeded), path, supervisor_pid: None }
    }

    fn told(garbage: &Garbage) -> String {
        let shown = Shown { garbage, unlisted: &[], snapshots: &Spare::default() };
        garbage_view(&shown, &Look { width: 200, colour: false })
    }

    #[test]
    fn of_all_that_stays_it_is_said_why() {
        let other: Token = "01900000-0000-7000-8000-00000000beef".parse().unwrap();
        let kept = [Why::ForkedBy(other), Why::Untold("blueprints/m.yaml has errors".to_owned())];
        let garbage = Garbage {
            kept: kept.map(|why| (recorded(), why)).to_vec(),
            linked: vec!["/data/link".into()],
            misnamed: vec!["/data/store/flights/dev/daily/1.0.0/copy".into()],
            ..Garbage::default()
        };
        insta::assert_snapshot!(told(&garbage), @r"
        Nothing may go.
        4 runs stay:
          1 behind a link: link
          1 in a folder with another name: copy
          1 that a fork or a sweep goes on from: 3f2a (by beef)
          1 that a use case may need, which cannot be told: 3f2a
        all runs of daily_delays stay, as what its use cases need cannot be told: blueprints/m.yaml has errors
        stays, with what it was made of: /data/link: it is a link
        stays, with what it was made of: /data/store/flights/dev/daily/1.0.0/copy: its name is not the token of the run in it
        ");
    }

    #[test]
    fn what_a_killed_gc_has_left_goes_and_is_counted_by_itself() {
        let left = vec![("/data/store/.gone".into(), 2048)];
        let garbage = Garbage { left, bytes: 2048, ..Garbage::default() };
        let (told, bytes) = (told(&garbage), size(2048));
        assert_eq!(
            told,
            format!("1 folder that a killed gc or import has left ({bytes}): {bytes} to be freed\n")
        );
        let shown = Shown { garbage: &garbage, unlisted: &[], snapshots: &Spare::default() };
        assert!(!shown.is_nothing());
        assert_eq!(garbage_json(&shown, false)["left"], 2048);
    }
}
