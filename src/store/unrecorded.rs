use std::collections::BTreeSet;

use super::kept::manifests;
use super::read_events;
use crate::domain::{EventKind, NodeId, RunEvent, RunLayout, Token};

/// The steps of which there is a log, or a record of success, of an attempt that the run's events do not tell of: its
/// start is written first, so lines of them were removed.
pub fn unrecorded(layout: &RunLayout, token: Token, events: &[RunEvent]) -> Vec<(NodeId, String)> {
    let there = traces(layout, token);
    let missing = |events: &[RunEvent]| -> Vec<(NodeId, u32, &'static str)> {
        let started = started(events);
        let unknown = there.iter().filter(|(node, attempt, _)| !started.contains(&(node.clone(), *attempt)));
        unknown.cloned().collect()
    };
    let mut unknown = missing(events);
    if !unknown.is_empty() {
        // One may have begun since the events were read.
        unknown = missing(&read_events(layout, token).unwrap_or_default());
    }
    unknown
        .into_iter()
        .map(|(node, attempt, what)| {
            (
                node,
                format!("there is {what} of attempt {attempt}, and events.jsonl does not tell that it began"),
            )
        })
        .collect()
}

fn started(events: &[RunEvent]) -> BTreeSet<(NodeId, u32)> {
    let attempt = |event: &RunEvent| match &event.kind {
        EventKind::AttemptStarted { attempt, .. } => Some((event.kind.node()?, *attempt)),
        _ => None,
    };
    events.iter().filter_map(attempt).collect()
}

fn traces(layout: &RunLayout, token: Token) -> Vec<(NodeId, u32, &'static str)> {
    let mut traces = Vec::new();
    for (node, manifest) in manifests(layout, token).unwrap_or_default() {
        if let Ok(manifest) = manifest
            && manifest.taken_from.is_none()
        {
            traces.push((node, manifest.attempt, "a manifest"));
        }
    }
    for entry in fs_err::read_dir(layout.record().join("logs")).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let log = name.to_str().and_then(|name| name.strip_suffix(".log")?.rsplit_once('.'));
        let log = log.and_then(|(node, attempt)| Some((node.parse().ok()?, attempt.parse().ok()?)));
        traces.extend(log.map(|(node, attempt)| (node, attempt, "a log")));
    }
    traces.sort();
    traces.dedup_by(|(a, n, _), (b, m, _)| (a, n) == (b, m));
    traces
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, journal, node, output, run, temp};
    use super::*;
    use crate::domain::OutputType;
    use crate::engine::{Journal, RunStore};

    #[test]
    fn what_no_event_tells_of_is_noticed() {
        let (_dir, root) = temp();
        let run = run(&root);
        let step = node("a", &[("x", output("x", OutputType::File))]);
        let told = |events: &[RunEvent]| -> Vec<String> {
            unrecorded(run.layout(), run.token, events).into_iter().map(|(_, why)| why).collect()
        };
        assert!(told(&[]).is_empty());
        fs_err::write(run.layout().log(&step.id, 1), "said").unwrap();
        fs_err::write(run.layout().log(&step.id, 2), "said").unwrap();
        let log = journal(run.layout(), run.token);
        log.append(EventKind::AttemptStarted { step: step.id.step.clone(), cell: None, attempt: 1 }).unwrap();
        let events = read_events(run.layout(), run.token).unwrap();
        assert_eq!(told(&events).len(), 1);
        assert!(told(&events)[0].contains("a log of attempt 2"));
        log.append(EventKind::AttemptStarted { step: step.id.step.clone(), cell: None, attempt: 2 }).unwrap();
        assert!(told(&events).is_empty(), "it began since they were read");
        let dirs = run.begin(&step.id, 3, false).unwrap();
        fs_err::write(dirs.output.join("x"), "abc").unwrap();
        run.seal(&step, &dirs, &facts(3)).unwrap();
        assert!(told(&events)[0].contains("a manifest of attempt 3"));
    }
}
