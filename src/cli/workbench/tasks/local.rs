use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::super::runner::{Around, Teller};
use crate::app::{Answer, LocalAnswer, LocalAsk, LocalDeed, LocalNews, LogLine, News, Trouble};
use crate::cli::commands::local::downed_view;
use crate::cli::local_error::local_error;
use crate::cli::readiness::{look_at, not_fixed, shown};
use crate::cli::{Machine, UserError, Workspace};
use crate::domain::Name;
use crate::engine::Stream;
use crate::local::{self, LocalError, Progress, doctor, network_name};
use crate::logs::{Line, LiveLines, neutralise};

/// Lines of the past that are wanted; of those that come at once, so many of the last are told.
const TAIL: usize = 10_000;
/// So long lines are gathered before they are told: a fast log fills no queue.
const GATHER: Duration = Duration::from_millis(50);

pub async fn local(around: &Around, ask: LocalAsk, teller: &Teller) -> Result<Answer, Trouble> {
    let answer = match ask {
        LocalAsk::Findings => {
            // A machine can be looked at beside a spec that is wrong.
            let workspace = Workspace::open(Some(&around.place.root)).ok();
            let project = workspace.as_ref().map(|workspace| &workspace.project);
            LocalAnswer::Findings(shown(&look_at(project, &around.place.root).await))
        }
        LocalAsk::Log(service) => {
            log(around, &service, teller).await?;
            LocalAnswer::LogEnded
        }
    };
    Ok(Answer::Local(answer))
}

async fn log(around: &Around, service: &Name, teller: &Teller) -> Result<(), UserError> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let machine = Machine::connect(&around.invocation).await?;
    let site = machine.site(&workspace.project, workspace.root());
    let told = |error: LocalError| local_error(&error, &workspace.project, &around.invocation);
    let mut frames = local::service_log(site, service, Some(TAIL), true).await.map_err(told)?;
    let (mut lines, mut number) = (LiveLines::default(), 0);
    while let Some(frame) = frames.next().await {
        let mut batch = lines.push(&frame.map_err(told)?);
        let end = Instant::now() + GATHER;
        while let Ok(Some(frame)) = timeout_at(end, frames.next()).await {
            batch.extend(lines.push(&frame.map_err(told)?));
            if batch.len() > 2 * TAIL {
                batch.drain(..batch.len() - TAIL);
            }
        }
        if !tell(batch, &mut number, teller) {
            return Ok(());
        }
    }
    tell(lines.finish(), &mut number, teller);
    Ok(())
}

/// False: nobody listens any more.
fn tell(lines: Vec<Line>, number: &mut u64, teller: &Teller) -> bool {
    let line = |line: Line| {
        let offset = *number;
        *number += 1;
        let text = neutralise(&line.text).into_owned();
        LogLine { offset, stderr: line.stream == Some(Stream::Stderr), time: None, text }
    };
    teller.tell(News::Local(LocalNews::Log(lines.into_iter().map(line).collect())))
}

/// What the commands of the same names do.
pub async fn deed(
    around: &Around,
    deed: LocalDeed,
    tell: &(dyn Fn(String) + Send + Sync),
    progress: &dyn Progress,
) -> Result<(), UserError> {
    if let LocalDeed::Fix(what) = deed {
        return fix(around, &what, progress).await;
    }
    let workspace = Workspace::open(Some(&around.place.root))?;
    let machine = Machine::connect(&around.invocation).await?;
    let site = machine.site(&workspace.project, workspace.root());
    let done = async {
        match deed {
            LocalDeed::Build(images) => local::build(site, &images, progress).await.map(drop),
            LocalDeed::Up => {
                local::up(site, progress).await?;
                local::build(site, &[], progress).await.map(drop)
            }
            LocalDeed::Restart(service) => local::restart(site, &service, progress).await.map(drop),
            LocalDeed::Down { volumes } => {
                let downed = local::down(site, volumes, progress).await?;
                let network = network_name(&workspace.project.name);
                downed_view(&downed, &network).lines().for_each(|line| tell(line.to_owned()));
                Ok(())
            }
            LocalDeed::Fix(_) => Ok(()),
        }
    };
    done.await.map_err(|error| local_error(&error, &workspace.project, &around.invocation))
}

async fn fix(around: &Around, what: &str, progress: &dyn Progress) -> Result<(), UserError> {
    let workspace = Workspace::open(Some(&around.place.root)).ok();
    let project = workspace.as_ref().map(|workspace| &workspace.project);
    let findings = look_at(project, &around.place.root).await;
    let found = findings.into_iter().find(|finding| finding.what == what);
    match found.and_then(|finding| finding.remedy) {
        Some(remedy) => doctor::fix(&[remedy], progress).await.map_err(|error| not_fixed(&error)),
        // It has been put right meanwhile.
        None => Ok(()),
    }
}
