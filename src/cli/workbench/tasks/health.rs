use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout};

use super::super::runner::{Around, Teller};
use crate::app::{Answer, LocalNews, News, Trouble};
use crate::cli::local_error::local_error;
use crate::cli::local_look::local_look;
use crate::cli::{Machine, UserError, Workspace};
use crate::docker::{DockerError, Engine};
use crate::local::{LocalError, Site};

/// Changes come in flocks; so long one waits for the rest of them.
const QUIET: Duration = Duration::from_millis(200);
/// Nothing announces that a service answers, so one that does not yet is looked at again.
const STARTING: Duration = Duration::from_secs(1);
/// What could not be read may have been in the middle of a change.
const UNREAD: Duration = Duration::from_secs(10);
/// Between two tries to find an engine again.
const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(5);
/// One that has not answered by then hangs, or is as good as hung to a person who waits; its answer is taken all the same.
const ANSWER: Duration = Duration::from_secs(3);
/// Between two questions whether an engine still answers.
const PULSE: Duration = Duration::from_secs(2);
/// One that has told so long what happens is called again at once when it stops; one that hangs up every time is not.
const STEADY: Duration = Duration::from_secs(1);

/// Engine, images, services and volumes: now, and each time the engine says that they have changed. Nothing is done
/// while nothing happens; an engine that is lost is looked for until it is there again.
pub async fn health(around: &Around, teller: &Teller) -> Result<Answer, Trouble> {
    // What is wrong with the specs is told where the project is shown; when they change, somebody asks again.
    let Ok(workspace) = Workspace::open(Some(&around.place.root)) else { return Ok(Answer::HealthEnded) };
    let mut pause = SHORTEST;
    loop {
        match reached(around, teller).await {
            Ok(machine) => {
                let since = Instant::now();
                let site = machine.site(&workspace.project, workspace.root());
                tokio::select! {
                    () = follow(site, around, teller) => {}
                    () = silence(&machine.engine, around) => tell(teller, hung()),
                }
                // One that has only hung up is not lost: that shows when it is called again.
                if since.elapsed() > STEADY {
                    pause = SHORTEST;
                }
            }
            Err(error) => tell(teller, LocalNews::Lost(error.into())),
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// The engine, however long it takes; that it takes long is told.
async fn reached(around: &Around, teller: &Teller) -> Result<Machine, UserError> {
    let reached = Machine::connect(&around.invocation);
    tokio::pin!(reached);
    if let Ok(reached) = timeout(ANSWER, &mut reached).await {
        return reached;
    }
    tell(teller, hung());
    reached.await
}

/// Until the engine leaves a question unanswered. To a listener one that hangs is like one where nothing happens, so it is
/// asked, but only while the workbench has something to do: nothing wakes up for a screen that nobody uses.
async fn silence(engine: &Engine, around: &Around) {
    loop {
        around.activity.notified().await;
        if timeout(ANSWER, engine.ping()).await.is_err() {
            return;
        }
        sleep(PULSE).await;
    }
}

fn hung() -> LocalNews {
    let mut trouble = Trouble::new("the container engine does not answer");
    trouble.why.push(format!("it has been silent for {} seconds; it is waited for", ANSWER.as_secs()));
    LocalNews::Lost(trouble)
}

/// Until the engine says no more.
async fn follow(site: Site<'_>, around: &Around, teller: &Teller) {
    // Listened to from before the first look, so that nothing happens unseen between the two.
    let mut changes = site.engine.changes(site.project.name.as_str());
    loop {
        let look = local_look(site);
        tokio::pin!(look);
        let mut stale = false;
        let status = loop {
            tokio::select! {
                biased;
                change = changes.next() => match change {
                    Some(Ok(())) => stale = true,
                    _ => return,
                },
                status = &mut look => break status,
            }
        };
        let again = match status {
            Ok(status) => {
                let starting =
                    status.services.iter().any(|service| service.is_running() && !service.answers());
                tell(teller, LocalNews::Status(Box::new(status)));
                starting.then_some(STARTING)
            }
            Err(error) => {
                let told = local_error(&error, site.project, &around.invocation);
                tell(teller, LocalNews::Unread(told.into()));
                if matches!(error, LocalError::Docker(DockerError::Unreachable(_))) {
                    return;
                }
                Some(UNREAD)
            }
        };
        if !stale {
            tokio::select! {
                change = changes.next() => match change {
                    Some(Ok(())) => {}
                    _ => return,
                },
                () = sleep(again.unwrap_or_default()), if again.is_some() => {}
            }
        }
        sleep(QUIET).await;
    }
}

fn tell(teller: &Teller, news: LocalNews) {
    teller.tell(News::Local(news));
}
