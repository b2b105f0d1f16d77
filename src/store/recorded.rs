use camino::Utf8PathBuf;

use super::driver::{driver, is_driven};
use super::error::failed;
use super::events::{last_event, read_events};
use super::record::read_run;
use crate::domain::{EventKind, Run, RunEvent, RunLayout, Status};
use crate::engine::StoreError;

/// A run as it stands: its record, corrected by its events and its lock, which are the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its `status` and `finished_at` are the true ones, whatever `run.json` says.
    pub run: Run,
    /// Absolute.
    pub path: Utf8PathBuf,
    /// Who drives it.
    pub supervisor_pid: Option<u32>,
}

/// The run in a directory.
///
/// The last event tells: an end is the end, also while its supervisor still tidies up. Without one a run is `running`
/// while its lock is held, and `interrupted` when it is free.
pub fn recorded(layout: &RunLayout) -> Result<Recorded, StoreError> {
    let mut run = read_run(layout)?;
    let driven = is_driven(&layout.lock()).map_err(failed("cannot tell whether a run is driven"))?;
    let last = match last_event(layout) {
        Ok(last) => last,
        // Its events are broken, but it said how it ended.
        Err(_) if run.finished_at.is_some() => None,
        Err(error) => return Err(error),
    };
    match last {
        Some(event) => match event.kind {
            EventKind::RunFinished { status, .. } => {
                run.status = status;
                run.finished_at = Some(event.ts);
            }
            _ if !driven && lost_its_end(layout, &run) => {}
            _ => unfinished(&mut run, driven),
        },
        None if run.finished_at.is_some() => {}
        None => unfinished(&mut run, driven),
    }
    let supervisor_pid = (run.status == Status::Running).then(|| driver(layout)).flatten();
    Ok(Recorded { run, path: layout.dir().to_owned(), supervisor_pid })
}

/// Its record says that it has ended, and its events do not: they were cut. One that goes on after an end has told of that.
pub(super) fn lost_its_end(layout: &RunLayout, run: &Run) -> bool {
    let told = |event: &RunEvent| matches!(event.kind, EventKind::RunFinished { .. });
    run.finished_at.is_some()
        && (run.status == Status::Succeeded
            || read_events(layout, run.token).is_ok_and(|events| !events.iter().any(told)))
}

fn unfinished(run: &mut Run, driven: bool) {
    run.status = if driven { Status::Running } else { Status::Interrupted };
    run.finished_at = None;
}

#[cfg(test)]
mod tests {
    use super::super::record::write_run;
    use super::super::testing::{Noon, a_run, finished, hold, journal, recorded_run, started, temp};
    use super::*;
    use crate::engine::{Clock, Journal};

    fn state(layout: &RunLayout) -> (Status, bool, Option<u32>) {
        let recorded = recorded(layout).unwrap();
        (recorded.run.status, recorded.run.finished_at.is_some(), recorded.supervisor_pid)
    }

    #[test]
    fn lock_and_events_tell_and_not_the_record() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        write_run(&layout, &a_run(token)).unwrap();
        assert_eq!(state(&layout), (Status::Interrupted, false, None));
        let log = journal(&layout, token);
        log.append(started(false)).unwrap();
        let lock = hold(&layout);
        assert_eq!(state(&layout), (Status::Running, false, Some(std::process::id())));
        // The supervisor died between its last event and the record.
        log.append(finished(Status::Failed)).unwrap();
        assert_eq!(state(&layout), (Status::Failed, true, None));
        drop(lock);
        assert_eq!(state(&layout), (Status::Failed, true, None));

        let mut run = a_run(token);
        (run.status, run.finished_at) = (Status::Failed, Some(Noon.now()));
        write_run(&layout, &run).unwrap();
        log.append(started(true)).unwrap();
        assert_eq!(state(&layout), (Status::Interrupted, false, None), "a resume that was killed");
        let _lock = hold(&layout);
        assert_eq!(state(&layout).0, Status::Running);
    }

    #[test]
    fn events_that_were_cut_do_not_make_an_ended_run_interrupted() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        for status in [Status::Succeeded, Status::Failed] {
            let mut run = a_run(token);
            (run.status, run.finished_at) = (status, Some(Noon.now()));
            write_run(&layout, &run).unwrap();
            fs_err::remove_file(layout.events()).ok();
            journal(&layout, token).append(started(false)).unwrap();
            assert_eq!(state(&layout), (status, true, None));
        }
    }

    #[test]
    fn broken_events_of_a_run_that_said_its_end_do_not_hide_it() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let mut run = a_run(token);
        write_run(&layout, &run).unwrap();
        fs_err::write(layout.events(), "{}\n").unwrap();
        assert!(recorded(&layout).unwrap_err().to_string().contains("events.jsonl"));
        (run.status, run.finished_at) = (Status::Succeeded, Some(Noon.now()));
        write_run(&layout, &run).unwrap();
        assert_eq!(state(&layout), (Status::Succeeded, true, None));
    }
}
