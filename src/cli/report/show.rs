use jiff::Timestamp;
use serde_json::{Value, json};

use super::step_line::symbol;
use super::summary::unmet;
use super::{RunFacts, RunRow, failure, step_table};
use crate::cli::invocation::near;
use crate::cli::{Ink, Invocation, Look};
use crate::domain::counters::only_counts;
use crate::domain::figures::{ago, number};
use crate::domain::{Doubts, Name, NodeId, Status, Tally, Token, part_told, show_duration};

/// One run: what it is, its steps, and why what failed did.
pub fn show(
    row: &RunRow,
    tally: &Tally,
    facts: &dyn RunFacts,
    doubts: &Doubts,
    now: Timestamp,
    (invocation, look): (&Invocation, &Look),
) -> String {
    let run = &row.run;
    let (sign, ink) = symbol(Some(row.status));
    let took = run.took(now).map(|took| format!(" after {}", show_duration(took)));
    let mut text = format!(
        "{} {}  run {}  {}{}\n",
        look.paint(ink, sign),
        look.paint(Ink::Strong, format!("{} {}", run.title(), run.version)),
        look.paint(Ink::Accent, run.token.short()),
        look.paint(ink, tally.told(row.status)),
        took.unwrap_or_default(),
    );
    let started =
        format!("{} ({})", ago(run.started_at, now), run.started_at.strftime("%Y-%m-%d %H:%M:%S UTC"));
    let branch = run.branch.as_deref().map(|branch| format!(" on {branch}"));
    let code = match row.code() {
        commit if commit.is_empty() => String::new(),
        commit => commit + &branch.unwrap_or_default() + if run.dirty { " with changes" } else { "" },
    };
    let from: Vec<_> = run.inputs_from.iter().map(Token::short).collect();
    let facts_told = [
        ("token", run.token.to_string()),
        ("env", run.env.to_string()),
        ("params", row.params()),
        ("started", started),
        ("by", run.user.clone()),
        ("code", code),
        ("inputs", from.join(", ")),
        ("alias", row.called.iter().map(Name::to_string).collect::<Vec<_>>().join(", ")),
        ("pinned", if row.notes.is_pinned() { "gc keeps it".to_owned() } else { String::new() }),
        ("note", row.said().to_owned()),
        ("first", row.said_first()),
        ("part", part_told(run.only.as_ref()).unwrap_or_default()),
        ("forked", run.forked_from.as_ref().map(|old| format!("from {}", old.short())).unwrap_or_default()),
        ("figures", figures_told(row)),
        ("from", doubts.imported.clone().unwrap_or_default()),
        ("files", near(&row.path).to_string()),
    ];
    for (title, fact) in facts_told.iter().filter(|(_, fact)| !fact.is_empty()) {
        let title = look.paint(Ink::Dim, format!("{title:<7}"));
        text += &format!("  {title}  {}\n", look.hanging(11, fact));
    }
    text += &unmet(facts, 11, look);
    text += &format!("\n{}", step_table(tally).render(look));
    for (id, node) in tally.nodes.iter().filter(|(_, node)| node.status == Some(Status::Failed)) {
        // The table has room for the beginning of a reason only.
        let reason = look.hanging(2, node.reason.lines().next().unwrap_or_default());
        text += &format!("\n{} {id}\n  {reason}\n", look.paint(Ink::Bad, "✗"));
        text += &failure::failure(id, node, facts, invocation, look);
    }
    if !tally.warnings.is_empty() {
        text.push('\n');
    }
    for (id, message) in &tally.warnings {
        let of = id.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
        text += &format!("{} {}\n", look.paint(Ink::Warn, "!"), look.hanging(2, &(of + message)));
    }
    for told in doubts.told() {
        text += &format!("\n{} {}\n", look.paint(Ink::Warn, "!"), look.hanging(2, &told));
    }
    if doubts.damage.is_some() {
        let told =
            format!("Copy it whole from where it came; what is left of it lies in {}", near(&row.path));
        text += &format!("\n{}\n", look.hanging(0, &told));
    }
    if let Some(why) = doubts.foreign {
        let told = format!(
            "It is foreign, as {why}. It is not resumed, and no run takes its outputs unless told to."
        );
        text += &format!("\n{}\n", look.hanging(0, &told));
    } else if row.status == Status::Interrupted {
        let resume = invocation.command(&["resume", &run.token.short()]);
        text += &format!("\nNobody drives it any more. Go on with it: {}\n", look.paint(Ink::Accent, resume));
    }
    text
}

/// Figures that are told; of more, how to see them.
const FIGURES: usize = 12;

fn figures_told(row: &RunRow) -> String {
    // What only counts says nothing of how good it is.
    let (counts, tell): (Vec<_>, Vec<_>) = row.figures.iter().partition(|(name, _)| only_counts(name));
    let told = tell.into_iter().chain(counts).take(FIGURES);
    let told = told.map(|(name, value)| format!("{name} {}", number(*value)));
    let told = told.collect::<Vec<_>>().join(", ");
    match row.figures.len().saturating_sub(FIGURES) {
        0 => told,
        more => format!("{told} and {more} more: greenroom metrics {}", row.run.token.short()),
    }
}

/// `show --json`: the run as in `runs --json`, and its steps.
pub fn show_json(row: &RunRow, tally: &Tally, doubts: &Doubts) -> Value {
    let steps: Vec<Value> = tally
        .nodes
        .iter()
        .map(|(id, node)| {
            json!({
                "step": id.step,
                "cell": id.cell,
                "status": node.status,
                "attempts": node.attempts,
                "seconds": node.seconds,
                "peak_memory_bytes": node.peak_memory_bytes,
                "reason": node.reason,
                "outputs": node.outputs,
                "altered": doubts.altered.iter().find(|(altered, _)| altered == id).map(|(_, why)| why),
            })
        })
        .collect();
    let mut document = serde_json::to_value(row.document()).unwrap_or_default();
    document["steps"] = steps.into();
    let warning = |(id, message): &(Option<NodeId>, String)| {
        let (step, cell) = (id.as_ref().map(|id| &id.step), id.as_ref().and_then(|id| id.cell.as_ref()));
        json!({"step": step, "cell": cell, "message": message})
    };
    document["metrics"] = serde_json::to_value(&row.figures).unwrap_or_default();
    document["foreign"] = (row.foreign || doubts.foreign.is_some()).into();
    document["imported"] = doubts.imported.clone().into();
    document["doubts"] = doubts.told().collect::<Vec<_>>().into();
    document["warnings"] = tally.warnings.iter().map(warning).collect::<Vec<_>>().into();
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene::{self, Scene};
    use crate::domain::{EventKind, Note, Notes, RunEvent};

    fn tally(events: &[RunEvent]) -> Tally {
        let mut tally = Tally::of_plan(&scene::plan());
        events.iter().for_each(|event| tally.add(event));
        tally
    }

    #[test]
    fn a_long_reason_is_told_whole() {
        let mut events = scene::failed_run();
        let long = "output `delays` is not as expected: delays.parquet has no column `nosuch`; it has carrier, \
                    airline, origin, dest and delay";
        for event in &mut events {
            match &mut event.kind {
                EventKind::AttemptFinished { reason, .. } | EventKind::StepFinished { reason, .. }
                    if !reason.is_empty() =>
                {
                    long.clone_into(reason);
                }
                _ => {}
            }
        }
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = shown(Status::Failed, &events);
        assert!(words(&text).contains(long), "{text}");
        let own = |line: &&str| !line.starts_with("  files");
        assert!(text.lines().filter(own).all(|line| crate::domain::text::width(line) <= 80), "{text}");
    }

    fn shown(status: Status, events: &[RunEvent]) -> String {
        doubted(status, events, &Doubts::default())
    }

    #[test]
    fn its_figures_are_told() {
        let mut row = scene::run_row(Status::Succeeded);
        let told = |row: &RunRow| {
            let place = (&Invocation::default(), &Look { width: 80, colour: false });
            let tally = tally(&scene::good_run());
            show(row, &tally, &Scene::default(), &Doubts::default(), scene::at(150.0), place)
        };
        row.figures = [("auc".to_owned(), 0.7128), ("log_loss".to_owned(), 0.41)].into();
        assert!(told(&row).contains("\n  figures  auc 0.713, log_loss 0.41\n"), "{}", told(&row));
        row.figures.insert("epoch".to_owned(), 7.0);
        assert!(told(&row).contains("auc 0.713, log_loss 0.41, epoch 7\n"), "{}", told(&row));
        row.figures = (0..20).map(|at| (format!("n{at:02}"), f64::from(at))).collect();
        assert!(told(&row).contains("and 8 more: greenroom metrics 3f2a"), "{}", told(&row));
        row.figures.clear();
        assert!(!told(&row).contains("\n  figures"));
    }

    #[test]
    fn what_it_is_called_and_what_was_said_of_it_are_told_apart() {
        let mut row = scene::run_row(Status::Succeeded);
        let told = |row: &RunRow| {
            let place = (&Invocation::default(), &Look { width: 80, colour: false });
            let tally = tally(&scene::good_run());
            show(row, &tally, &Scene::default(), &Doubts::default(), scene::at(150.0), place)
        };
        row.called = vec![scene::name("champion"), scene::name("candidate")];
        let named = told(&row);
        assert!(named.contains("\n  alias    champion, candidate\n"), "{named}");
        assert!(!named.contains("\n  note") && !named.contains("\n  pinned"), "{named}");
        let note = |text: &str| Note {
            ts: scene::at(0.0),
            user: "ana".to_owned(),
            text: Some(text.to_owned()),
            pinned: Some(true),
        };
        row.notes = Notes(vec![note("before the sweep"), note("after the sweep")]);
        let noted = told(&row);
        assert!(noted.contains("\n  note     after the sweep\n  first    before the sweep\n"), "{noted}");
        assert!(noted.contains("\n  pinned   gc keeps it\n"), "{noted}");
    }

    fn doubted(status: Status, events: &[RunEvent], doubts: &Doubts) -> String {
        let look = Look { width: 80, colour: false };
        let place = (&Invocation::default(), &look);
        show(&scene::run_row(status), &tally(events), &Scene::default(), doubts, scene::at(150.0), place)
    }

    #[test]
    fn a_failed_run_is_explained() {
        insta::assert_snapshot!(shown(Status::Failed, &scene::failed_run()), @r#"
        ✗ daily_delays 1.0.0  run 3f2a  failed after 15s
          token    01900000-0000-7000-8000-000000003f2a
          env      dev
          params   day=2013-01-01
          started  2 min ago (2026-03-01 06:00:00 UTC)
          by       ana
          code     99a3098d* on main with changes
          files    /data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a

           step           attempts  time    memory  made
        ✓  flights_ready         1  1.2s  90.0 MiB
        ✓  delays                1  1.2s  90.0 MiB  delays.parquet  11.4 KiB, 1,045 rows
        ✗  report                2  2.5s  90.0 MiB  exit code 1
        −  publish               −     −         −  skipped: report failed

        ✗ report
          exit code 1
          │ Traceback (most recent call last):
          │   File "report.py", line 12
          │ KeyError: 'carrier'
          all of it: greenroom logs 3f2a report

        ! report: cpu capped to 2
        "#);
    }

    #[test]
    fn a_run_that_failed_and_was_stopped_says_both() {
        let mut events = scene::failed_run();
        for event in &mut events {
            if let EventKind::StepFinished { status: status @ Status::Skipped, .. } = &mut event.kind {
                *status = Status::Cancelled;
            }
        }
        let text = shown(Status::Failed, &events);
        assert!(text.contains("run 3f2a  failed, cancelled after 15s"), "{text}");
    }

    #[test]
    fn an_interrupted_run_says_how_to_go_on() {
        let text = shown(Status::Interrupted, &scene::good_run()[..6]);
        assert!(text.ends_with("Go on with it: greenroom resume 3f2a\n"), "{text}");
    }

    #[test]
    fn nobody_is_told_to_go_on_with_a_foreign_run() {
        let foreign = Doubts { foreign: Some("it is a copy"), ..Doubts::default() };
        let text = doubted(Status::Interrupted, &scene::good_run()[..6], &foreign);
        assert!(text.contains("It is foreign") && !text.contains("greenroom resume"), "{text}");
    }

    #[test]
    fn what_is_damaged_says_what_to_do() {
        let damage = Some("its record lacks steps".to_owned());
        let text = doubted(Status::Succeeded, &scene::good_run(), &Doubts { damage, ..Doubts::default() });
        assert!(
            text.contains("! it is damaged: its record lacks steps\n\nCopy it whole from where"),
            "{text}"
        );
    }

    #[test]
    fn a_manifest_that_says_nothing_is_told_of() {
        let altered = vec![(scene::id("delays"), "delays.json is torn\u{1b}[2J".to_owned())];
        let doubts = Doubts { altered, ..Doubts::default() };
        let text = doubted(Status::Succeeded, &scene::good_run(), &doubts);
        assert!(
            text.contains("! delays: what it made is not what there is now: delays.json is torn"),
            "{text}"
        );
        assert!(!text.contains('\x1b'), "{text:?}");
    }

    #[test]
    fn nothing_hostile_gets_through() {
        let text = shown(Status::Failed, &scene::hostile_run());
        assert!(!text.contains(['\x1b', '\x07', '\u{202e}', '\u{9b}']), "{text:?}");
    }

    #[test]
    fn machines_get_the_steps_too() {
        let json =
            show_json(&scene::run_row(Status::Failed), &tally(&scene::failed_run()), &Doubts::default());
        assert_eq!(json["steps"][2]["step"], "report");
        assert_eq!(json["steps"][2]["attempts"], 2);
        assert_eq!(json["steps"][1]["outputs"]["delays"]["rows"], 1045);
    }
}
