use super::driver::is_driven;
use super::events::last_event;
use super::reach::Reach;
use super::recorded::lost_its_end;
use super::remote::is_fetched;
use super::{altered, altered_within, lacks, read_events, read_plan, read_run};
use crate::domain::{EventKind, RunLayout, Status, Token};

/// Why the record of a run is not whole: parts of it are gone, or its events end before the run did. Of one from a bucket
/// not all is here.
pub fn damage(layout: &RunLayout) -> Option<String> {
    if is_fetched(layout) {
        return None;
    }
    let cut = || {
        let ended = |kind: &EventKind| matches!(kind, EventKind::RunFinished { .. });
        let run = read_run(layout).ok().filter(|run| run.status.is_over())?;
        // Of events that cannot be read nobody knows how they end: that is told by whoever reads them.
        let is_cut = !last_event(layout).ok()?.is_some_and(|event| ended(&event.kind));
        let is_cut = is_cut && !is_driven(&layout.lock()).unwrap_or(false) && lost_its_end(layout, &run);
        is_cut.then(|| {
            "its events end before it did: somebody cut them, or they were not copied whole".to_owned()
        })
    };
    lacks(layout).or_else(cut)
}

/// Why the run is not whole: its record, or what it made, which is looked through for that.
pub(super) fn spoilt(layout: &RunLayout, token: Token) -> Option<String> {
    let made = || match read_events(layout, token) {
        Err(error) => Some(error.to_string()),
        Ok(events) => {
            altered(layout, token, &events).into_iter().next().map(|(node, why)| format!("{node}: {why}"))
        }
    };
    damage(layout).or_else(made)
}

/// Its record, or what it made, is seen not to be whole as far as names and sizes tell: `show` sums what it made, too. Of
/// one from a bucket as much is known as was fetched of it.
pub fn is_damaged(layout: &RunLayout, status: Status) -> bool {
    if !status.is_over() {
        return false;
    }
    if damage(layout).is_some() {
        return true;
    }
    let Ok(plan) = read_plan(layout) else { return !is_fetched(layout) || layout.plan_json().exists() };
    let Ok(events) = read_events(layout, plan.token) else { return true };
    let sizes = Reach::of(0, &|| false);
    !altered_within(layout, plan.token, &events, &sizes).is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::record::write_run;
    use super::super::testing::{
        Noon, a_run, facts, finished, journal, node, output, plan_of, run, started, temp,
    };
    use super::super::write_plan;
    use super::*;
    use crate::domain::{Manifest, NodeId, OutputType, Plan, Run};
    use crate::engine::{Clock, Journal, RunStore};

    /// A run whose one step, `a`, made the file `x` and the folder `d` with a file in it.
    fn made(root: &camino::Utf8Path) -> (RunLayout, Token, Manifest) {
        let run = run(root);
        let (layout, token) = (run.layout().clone(), run.token);
        let step = node("a", &[("x", output("x", OutputType::File)), ("d", output("d", OutputType::Dir))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        fs_err::create_dir(dirs.output.join("d")).unwrap();
        for file in ["x", "d/y"] {
            fs_err::write(dirs.output.join(file), "abc").unwrap();
        }
        let made = run.seal(&step, &dirs, &facts(1)).unwrap();
        write_plan(&layout, &Plan { nodes: vec![step], ..plan_of(token) }).unwrap();
        (layout, token, made)
    }

    /// The step has made that.
    fn told(Manifest { node, outputs, .. }: &Manifest) -> EventKind {
        let (step, cell, reason) = (node.step.clone(), node.cell.clone(), String::new());
        EventKind::StepFinished { step, cell, status: Status::Succeeded, reason, outputs: outputs.clone() }
    }

    #[test]
    fn events_that_were_cut_are_damage() {
        let (_dir, root) = temp();
        let (layout, token, made) = made(&root);
        for status in [Status::Succeeded, Status::Failed] {
            write_run(&layout, &Run { status, finished_at: Some(Noon.now()), ..a_run(token) }).unwrap();
            fs_err::remove_file(layout.events()).ok();
            let log = journal(&layout, token);
            log.append(started(false)).unwrap();
            log.append(told(&made)).unwrap();
            assert!(damage(&layout).unwrap().contains("its events end before it did"));
            assert!(is_damaged(&layout, status));
            log.append(finished(status)).unwrap();
            assert_eq!((damage(&layout), is_damaged(&layout, status)), (None, false), "{status:?}");
            // Gone on with, and cut short again: it has not ended, and is no damaged one.
            log.append(started(true)).unwrap();
            assert_eq!(damage(&layout).is_some(), status == Status::Succeeded);
            drop(log);
        }
    }

    #[test]
    fn what_a_step_made_is_looked_at_by_names_and_sizes() {
        type Meddle = fn(&RunLayout, &NodeId);
        fn put(path: impl AsRef<std::path::Path>, text: &str) {
            fs_err::remove_file(path.as_ref()).unwrap();
            fs_err::write(path.as_ref(), text).unwrap();
        }
        let ways: [(&str, bool, Meddle); 9] = [
            ("nothing", false, |_, _| {}),
            ("a sum alone would tell", false, |layout, id| put(layout.artifacts(id).join("x"), "abd")),
            ("empty", true, |layout, id| put(layout.artifacts(id).join("x"), "")),
            ("short, in a folder", true, |layout, id| put(layout.artifacts(id).join("d/y"), "ab")),
            ("gone", true, |layout, id| fs_err::remove_file(layout.artifacts(id).join("x")).unwrap()),
            ("behind a link", true, |layout, id| {
                let (made, aside) = (layout.artifacts(id), layout.dir().join("aside"));
                fs_err::rename(&made, &aside).unwrap();
                fs_err::os::unix::fs::symlink(&aside, &made).unwrap();
            }),
            ("a manifest that is torn", true, |layout, id| {
                put(layout.manifest(id), "{\"greenroom\": 1, \"tok")
            }),
            ("a manifest that leads elsewhere", true, |layout, id| {
                let text = fs_err::read_to_string(layout.manifest(id)).unwrap();
                put(layout.manifest(id), &text.replace("\"d/y\"", "\"../../../../etc/passwd\""));
            }),
            ("no manifest", true, |layout, id| fs_err::remove_file(layout.manifest(id)).unwrap()),
        ];
        for (what, is_seen, meddle) in ways {
            let (_dir, root) = temp();
            let (layout, token, made) = made(&root);
            let run = Run { status: Status::Failed, finished_at: Some(Noon.now()), ..a_run(token) };
            write_run(&layout, &run).unwrap();
            let log = journal(&layout, token);
            for event in [started(false), told(&made), finished(Status::Failed)] {
                log.append(event).unwrap();
            }
            meddle(&layout, &made.node);
            assert_eq!((damage(&layout), is_damaged(&layout, Status::Failed)), (None, is_seen), "{what}");
            // One that goes on has no end to be judged by.
            assert!(!is_damaged(&layout, Status::Running), "{what}");
        }
    }
}
