use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};

use super::ground::built_image;
use super::{Asker, Check, Question, Unchecked, default_image, lake};
use crate::cli::{Invocation, Machine, UserError, Workspace};
use crate::domain::{Diagnostic, Rows};
use crate::local::Progress;

/// Somebody who asks is given up before it is closed, and lets go of it.
const CLOSING: Duration = Duration::from_secs(2);
/// What is wrong in a text is worth no longer wait, least of all somebody else's.
const CHECKING: Duration = Duration::from_secs(10);

/// An asker that is kept for the next question, as long as engine, image and lake stay what they are.
#[derive(Clone, Default)]
pub struct Warm {
    state: Arc<Mutex<State>>,
    /// Somebody asks, for whom a check makes way.
    asked: Arc<Notify>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// An image whose container ended before it ever answered: nothing is checked in it, letter after letter.
    stillborn: Option<String>,
}

struct Kept {
    machine: Machine,
    asker: Asker,
}

impl Warm {
    /// One question at a time; one that nobody waits for any more is ended by the next.
    pub async fn ask(
        &self,
        workspace: &Workspace,
        env: &str,
        question: &Question<'_>,
        progress: &dyn Progress,
        invocation: &Invocation,
    ) -> Result<Rows, UserError> {
        self.asked.notify_waiters();
        let mut state = self.state.lock().await;
        let old = state.kept.is_some();
        let asker = ready(&mut state.kept, workspace, env, progress, invocation).await?;
        let mut answer = asker.ask(question).await;
        if old && asker.is_gone() {
            // What was kept had ended meanwhile.
            answer = ready(&mut state.kept, workspace, env, progress, invocation).await?.ask(question).await;
        }
        state.look();
        answer
    }

    /// What is wrong in a text. Nothing is built for it.
    ///
    /// # Errors
    /// Where that cannot be told now.
    pub async fn check(
        &self,
        workspace: &Workspace,
        env: &str,
        check: &Check<'_>,
        invocation: &Invocation,
    ) -> Result<Vec<Diagnostic>, Unchecked> {
        // Told also of who asks while this waits for its turn.
        let asked = self.asked.notified();
        let found = async {
            let mut state = self.state.lock().await;
            lake(workspace, env).map_err(|_| Unchecked::NoLake)?;
            let image = match &state.kept {
                Some(Kept { machine, .. }) => built_image(workspace, machine).await?,
                None => {
                    let machine = Machine::connect(invocation).await.map_err(|_| Unchecked::NoEngine)?;
                    built_image(workspace, &machine).await?
                }
            };
            if state.stillborn == Some(image) {
                return Err(Unchecked::Unfit);
            }
            let asker = ready(&mut state.kept, workspace, env, &|_| {}, invocation).await;
            let found = asker.map_err(|_| Unchecked::NotStarted)?.check(check).await;
            state.look();
            found.map_err(|_| if state.stillborn.is_some() { Unchecked::Unfit } else { Unchecked::Busy })
        };
        tokio::select! {
            found = tokio::time::timeout(CHECKING, found) => found.unwrap_or(Err(Unchecked::Busy)),
            () = asked => Err(Unchecked::Busy),
        }
    }

    /// Gets ready for the next question.
    pub async fn ready(
        &self,
        workspace: &Workspace,
        env: &str,
        progress: &dyn Progress,
        invocation: &Invocation,
    ) -> Result<(), UserError> {
        ready(&mut self.state.lock().await.kept, workspace, env, progress, invocation).await.map(drop)
    }

    /// Ends the query that was given up.
    pub async fn stop(&self) {
        if let Some(Kept { asker, .. }) = self.state.lock().await.kept.as_mut() {
            asker.stop().await;
        }
    }

    /// Ends what is kept; where somebody still asks, it ends with this process.
    pub async fn close(&self) {
        let close = async {
            let kept = self.state.lock().await.kept.take();
            if let Some(Kept { asker, .. }) = kept {
                asker.close().await;
            }
        };
        tokio::time::timeout(CLOSING, close).await.ok();
    }
}

impl State {
    /// At what became of the asker.
    fn look(&mut self) {
        let asker = self.kept.as_ref().map(|kept| &kept.asker);
        self.stillborn = asker.filter(|asker| asker.is_stillborn()).map(|asker| asker.image.clone());
    }
}

async fn ready<'a>(
    kept: &'a mut Option<Kept>,
    workspace: &Workspace,
    env: &str,
    progress: &dyn Progress,
    invocation: &Invocation,
) -> Result<&'a mut Asker, UserError> {
    let lake = lake(workspace, env)?;
    if let Some(Kept { machine, asker }) = kept.as_ref() {
        // An engine that is lost has taken its container along.
        let image = default_image(workspace, machine, progress, invocation).await;
        let same = image.is_ok_and(|image| image == asker.image && lake == asker.lake);
        if !same || asker.is_gone() {
            let old = kept.take();
            if let Some(Kept { asker, .. }) = old {
                asker.close().await;
            }
        }
    }
    let ready = match kept.take() {
        Some(ready) => ready,
        None => {
            let machine = Machine::connect(invocation).await?;
            let image = default_image(workspace, &machine, progress, invocation).await?;
            let asker = Asker::start(workspace, &machine, &lake, &image).await?;
            Kept { machine, asker }
        }
    };
    Ok(&mut kept.insert(ready).asker)
}
