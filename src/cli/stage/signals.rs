use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::{Exit, UserError};
use crate::docker::Hearing;

/// Ctrl-C and SIGTERM from here on: none is lost between a run's start and the look at it.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    #[expect(dead_code, reason = "whoever else hears it leaves it to this one")]
    hearing: Hearing,
}

impl Signals {
    pub fn listen() -> Result<Self, UserError> {
        let no_signals =
            |error: std::io::Error| UserError::from_error(Exit::NotReady, "cannot listen for Ctrl-C", &error);
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(no_signals)?,
            terminate: signal(SignalKind::terminate()).map_err(no_signals)?,
            hearing: Hearing::new(),
        })
    }

    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Whether one of them has come while something is done that only looks now and then.
pub struct Heard {
    heard: Arc<AtomicBool>,
    listening: tokio::task::AbortHandle,
    /// Longer than the task hears: what is still to be ended is ended by whoever looks.
    _hearing: Hearing,
}

impl Heard {
    pub fn listen() -> Result<Self, UserError> {
        let (mut signals, heard) = (Signals::listen()?, Arc::<AtomicBool>::default());
        let hears = Arc::clone(&heard);
        let listening = tokio::spawn(async move {
            signals.next().await;
            hears.store(true, Ordering::Relaxed);
        });
        Ok(Self { heard, listening: listening.abort_handle(), _hearing: Hearing::new() })
    }

    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.heard)
    }

    pub fn is_set(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
