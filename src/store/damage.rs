use super::driver::is_driven;
use super::events::last_event;
use super::recorded::lost_its_end;
use super::remote::is_fetched;
use super::{altered, lacks, read_events, read_plan, read_run};
use crate::domain::escape::unescape;
use crate::domain::{EventKind, Node, RunLayout, Status, Token};

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

/// Its record, or what it made, is seen not to be whole without a look into its files: `show` tells what is wrong.
pub fn is_damaged(layout: &RunLayout, status: Status) -> bool {
    if !status.is_over() || is_fetched(layout) {
        return false;
    }
    if damage(layout).is_some() || last_event(layout).is_err() {
        return true;
    }
    let Ok(plan) = read_plan(layout) else { return true };
    let made = |node: &Node| layout.manifest(&node.id).exists();
    // Where a step may be skipped, or the run did not come to its end, only the events could tell that it was not.
    let all = status == Status::Succeeded && plan.nodes.iter().all(|node| node.when.is_none());
    let lacks = |node: &Node| if made(node) { lacks_output(layout, node) } else { all };
    plan.nodes.iter().any(lacks)
}

fn lacks_output(layout: &RunLayout, node: &Node) -> bool {
    let root = layout.artifacts(&node.id);
    // What lies behind a link is not what the step made.
    let is_link = root.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    let is_gone = |path: &str| {
        unescape(path).is_some_and(|path| root.as_std_path().join(path).symlink_metadata().is_err())
    };
    is_link || node.outputs.values().any(|output| is_gone(&output.path))
}

#[cfg(test)]
mod tests {
    use super::super::record::write_run;
    use super::super::testing::{
        Noon, a_run, facts, finished, journal, node, output, plan_of, run, started, temp,
    };
    use super::super::write_plan;
    use super::*;
    use crate::domain::{OutputType, Plan, Run};
    use crate::engine::{Clock, Journal, RunStore};

    #[test]
    fn events_that_were_cut_and_an_artifact_that_is_gone_are_damage() {
        let (_dir, root) = temp();
        let run = run(&root);
        let (layout, token) = (run.layout().clone(), run.token);
        let step = node("a", &[("x", output("x", OutputType::File))]);
        let dirs = run.begin(&step.id, 1, false).unwrap();
        fs_err::write(dirs.output.join("x"), "abc").unwrap();
        run.seal(&step, &dirs, &facts(1)).unwrap();
        write_plan(&layout, &Plan { nodes: vec![step.clone()], ..plan_of(token) }).unwrap();
        for status in [Status::Succeeded, Status::Failed] {
            write_run(&layout, &Run { status, finished_at: Some(Noon.now()), ..a_run(token) }).unwrap();
            fs_err::remove_file(layout.events()).ok();
            let log = journal(&layout, token);
            log.append(started(false)).unwrap();
            assert!(damage(&layout).unwrap().contains("its events end before it did"));
            assert!(is_damaged(&layout, status));
            log.append(finished(status)).unwrap();
            assert_eq!((damage(&layout), is_damaged(&layout, status)), (None, false), "{status:?}");
            // Gone on with, and cut short again: it has not ended, and is no damaged one.
            log.append(started(true)).unwrap();
            assert_eq!(damage(&layout).is_some(), status == Status::Succeeded);
            drop(log);
        }
        fs_err::remove_file(layout.events()).unwrap();
        journal(&layout, token).append(finished(Status::Failed)).unwrap();
        fs_err::rename(layout.artifacts(&step.id).join("x"), root.join("aside")).unwrap();
        assert!(damage(&layout).is_none() && is_damaged(&layout, Status::Failed));
        // So is one whose folder lies behind a link.
        fs_err::rename(root.join("aside"), layout.artifacts(&step.id).join("x")).unwrap();
        assert!(!is_damaged(&layout, Status::Failed));
        fs_err::rename(layout.artifacts(&step.id), root.join("elsewhere")).unwrap();
        fs_err::os::unix::fs::symlink(root.join("elsewhere"), layout.artifacts(&step.id)).unwrap();
        assert!(is_damaged(&layout, Status::Failed));
    }
}
