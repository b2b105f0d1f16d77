use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::super::runner::Around;
use crate::app::{Answer, Trouble};
use crate::cli::Workspace;
use crate::cli::stage::{doubt_of_origin, doubts_of_steps, find, runs_of};
use crate::domain::{Doubts, RunLayout, Token};
use crate::store::{self, Reach};

/// Whoever passes by a run does not want it checked.
const PASSING: Duration = Duration::from_millis(120);
/// What is read of files that may have been changed: a few seconds' worth. `greenroom show` reads all of them.
const MOST: u64 = 2 << 30;

/// What of a run cannot be believed, as its files are now. Given up when somebody asks of another.
pub async fn doubts(around: &Around, token: Token, stop: &CancellationToken) -> Result<Answer, Trouble> {
    tokio::time::sleep(PASSING).await;
    let workspace = Workspace::open(Some(&around.place.root))?;
    let runs = runs_of(&workspace, &around.env)?;
    let recorded = find(&runs, &token.to_string())?;
    let layout = RunLayout::at(&recorded.path);
    let stopped = || stop.is_cancelled();
    let mut doubts = match store::read_events(&layout, token) {
        Ok(events) => doubts_of_steps(&layout, token, &events, &Reach::of(MOST, &stopped)),
        Err(error) => {
            let (damage, untold) = (store::damage(&layout), Some(error.to_string()));
            Doubts { damage, untold, ..Doubts::default() }
        }
    };
    doubts.foreign = doubt_of_origin(Some(&runs), &recorded);
    Ok(Answer::Doubts(token, Arc::new(doubts)))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::super::super::tests::{Stage, project};
    use super::*;
    use crate::cli::stage::SystemClock;
    use crate::domain::{EventKind, Status, scene};
    use crate::engine::{AttemptFacts, Exit, Journal, RunStore};
    use crate::store::{EventLog, RunDir, write_plan, write_run};

    /// A run that made one file, which its events tell of.
    fn ran(root: &Utf8Path) -> RunLayout {
        let plan = scene::plan();
        let node = plan.nodes.iter().find(|node| node.id == scene::id("report")).unwrap();
        let layout = RunLayout::of(&root.join(".greenroom/store"), &plan);
        let run = RunDir::new(layout.clone(), plan.token, None);
        run.create().unwrap();
        write_plan(&layout, &plan).unwrap();
        write_run(&layout, &scene::run(Status::Succeeded)).unwrap();
        let log = EventLog::open(&layout.events(), plan.token, Arc::new(SystemClock)).unwrap();
        let (step, cell) = (node.id.step.clone(), None);
        log.append(EventKind::AttemptStarted { step: step.clone(), cell: cell.clone(), attempt: 1 }).unwrap();
        let dirs = run.begin(&node.id, 1, false).unwrap();
        fs_err::write(dirs.output.join("report.html"), "<p>late</p>").unwrap();
        let at = jiff::Timestamp::UNIX_EPOCH;
        let facts = AttemptFacts {
            attempt: 1,
            exit: Exit { code: 0, oom_killed: false, started_at: at, finished_at: at },
            peak_memory_bytes: None,
            image: "sha256:0".to_owned(),
            reads: Vec::new(),
            log_complete: true,
        };
        let outputs = run.seal(node, &dirs, &facts).unwrap().outputs;
        let (status, reason) = (Status::Succeeded, String::new());
        log.append(EventKind::StepFinished { step, cell, status, reason: reason.clone(), outputs }).unwrap();
        log.append(EventKind::RunFinished { status, seconds: 1.0, reason }).unwrap();
        layout
    }

    #[tokio::test]
    async fn what_was_changed_after_a_run_is_found_on_its_files() {
        let (_dir, root) = project();
        let layout = ran(&root);
        let (around, stop) = (Stage::around(&root), CancellationToken::new());
        let ask = async || match doubts(&around, scene::token(), &stop).await {
            Ok(Answer::Doubts(run, doubts)) if run == scene::token() => doubts,
            other => panic!("{other:?}"),
        };
        assert_eq!(ask().await.word(), None);
        assert!(ask().await.foreign.is_some(), "nobody started it here");
        let page = layout.artifacts(&scene::id("report")).join("report.html");
        fs_err::remove_file(&page).unwrap();
        fs_err::write(&page, "<p>soon</p>").unwrap();
        let told: Vec<String> = ask().await.told().collect();
        let why =
            "report: what it made is not what there is now: `report.html` was changed after it was made";
        assert_eq!(told, [why]);
        fs_err::rename(layout.record().join("steps"), root.join("aside")).unwrap();
        assert_eq!(ask().await.word(), Some("damaged"));
        fs_err::rename(root.join("aside"), layout.record().join("steps")).unwrap();
        fs_err::write(layout.events(), "{}\n").unwrap();
        let told: Vec<String> = ask().await.told().collect();
        assert!(told[0].starts_with("what its steps did is not known: "), "{told:?}");
    }
}
