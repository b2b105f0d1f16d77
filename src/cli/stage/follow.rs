use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::{Access, access};

use super::signals::Signals;
use crate::cli::invocation::near;
use crate::cli::report::{Patience, Reporter, RunFacts, reporter};
use crate::cli::{Exit, Invocation, Output, UserError, terminal_width};
use crate::disk::read_record;
use crate::domain::{EventKind, RunEvent, RunLayout, Token};
use crate::engine::Stop;
use crate::store::{self, Address, Events, address_of};
use crate::supervisor::{Started, ask};

const TICK: Duration = Duration::from_millis(100);

/// A run that is shown as it goes on.
pub struct Following<'a> {
    pub token: Token,
    pub layout: &'a RunLayout,
    pub facts: &'a dyn RunFacts,
    /// What earlier lives of the run told: remembered, not shown again.
    pub past: &'a [RunEvent],
    /// Bytes of its supervisor's log that they wrote.
    pub said: u64,
    pub invocation: &'a Invocation,
}

/// Shows a run's events until it ends. Ctrl-C and SIGTERM ask the supervisor to cancel, the second time at once; a
/// hang-up ends only this process.
pub async fn follow(
    following: Following<'_>,
    mut events: Events,
    supervisor: Started,
    mut signals: Signals,
    output: &Output,
) -> Result<Exit, UserError> {
    let mut shown = reporter(output, following.facts, following.invocation.clone());
    following.past.iter().for_each(|event| shown.remember(event));
    let mut wish = Wish::default();
    let mut status = None;
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            event = events.next() => {
                let event = event.map_err(|error| {
                    UserError::from_error(Exit::NotReady, "the run's events cannot be read", &error)
                })?;
                let Some(event) = event else { break };
                if let EventKind::RunFinished { status: ended, .. } = &event.kind {
                    status = Some(*ended);
                }
                shown.event(&event)?;
                if status.is_some() {
                    break;
                }
            }
            () = signals.next() => wish.more(shown.as_mut())?,
            _ = tick.tick() => shown.tick(Timestamp::now(), terminal_width(&std::io::stdout())),
        }
        wish.tell(following.token, following.layout).await;
    }
    drop(shown);
    // Its last act is to close the run's record: whoever asks next must find it closed.
    let bucket = bucket_of(following.layout).filter(|_| status.is_some());
    let _patience = bucket.as_ref().map(|bucket| Patience::start(&format!("sending the run to {bucket}")));
    let code = tokio::select! {
        code = tokio::task::spawn_blocking(move || supervisor.wait()) => code,
        // What there was to stop has ended.
        () = signals.next(), if bucket.is_some() => {
            following.invocation.warn("the run has ended; what is not in the bucket yet is still being sent");
            return Ok(status.map_or(Exit::Cancelled, Exit::of_run));
        }
    };
    let code = code.ok().and_then(Result::ok).and_then(|ended| ended.code());
    match status {
        // An end that is on record says nothing of what is not.
        Some(_) if code == Some(Exit::NotReady.code().into()) => Err(unfinished(&following, UNRECORDED)),
        Some(status) => Ok(Exit::of_run(status)),
        // An end that an earlier life recorded stands.
        None => Err(match store::recorded(following.layout) {
            Ok(recorded) if recorded.run.status.is_over() => unfinished(&following, UNRECORDED),
            _ => unfinished(&following, INTERRUPTED),
        }),
    }
}

/// Where all of the run has to be before its record is closed; None: it is where it was made.
fn bucket_of(layout: &RunLayout) -> Option<Address> {
    address_of(layout.dir().ancestors().nth(5)?)
}

/// How the run is to stop, and whether its supervisor has heard: one that has only just started does not listen yet.
#[derive(Default)]
struct Wish {
    wanted: Stop,
    heard: Stop,
}

impl Wish {
    fn more(&mut self, shown: &mut dyn Reporter) -> Result<(), UserError> {
        let (wanted, said) = match self.wanted {
            Stop::No => (Stop::Gently, "cancelling: steps may clean up (again to stop at once)"),
            _ => (Stop::AtOnce, "stopping at once"),
        };
        self.wanted = wanted;
        shown.note(said)
    }

    async fn tell(&mut self, token: Token, layout: &RunLayout) {
        if self.wanted > self.heard && ask(token, &layout.lock(), self.wanted).await.is_ok() {
            self.heard = self.wanted;
        }
    }
}

const UNRECORDED: &str = "could not be recorded as a whole";
const INTERRUPTED: &str = "was interrupted: nobody drives it any more";

/// Bytes that are left on a disk that is as good as full.
const FULL: u64 = 1 << 20;

/// The supervisor gave up, or is gone: what it said itself is the reason.
fn unfinished(following: &Following<'_>, what: &str) -> UserError {
    let token = following.token.short();
    let said = read_record(&following.layout.supervisor_log()).unwrap_or_default();
    let said = said.get(usize::try_from(following.said).unwrap_or(0)..).unwrap_or_default();
    let said = String::from_utf8_lossy(said);
    let mut last: Vec<&str> = said.lines().rev().take(12).collect();
    last.reverse();
    let mut error = UserError::not_ready(format!("run {token} {what}"));
    // On a full disk it could not say so.
    if let Ok(disk) = rustix::fs::statvfs(following.layout.dir().as_std_path())
        && disk.f_bavail * disk.f_frsize < FULL
    {
        error = error
            .because(format!("the disk of {} is full", near(following.layout.dir())))
            .to_do("make room on it");
    }
    if access(following.layout.dir().as_std_path(), Access::WRITE_OK).is_err() {
        error = error.because(format!("{} cannot be written", near(following.layout.dir())));
    }
    last.into_iter()
        .fold(error, UserError::because)
        .to_do(format!("go on with it: {}", following.invocation.command(&["resume", &token])))
}
