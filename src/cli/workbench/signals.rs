use std::future::pending;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::docker::Hearing;

/// Signals that the workbench heeds, whoever has the terminal.
pub struct Signals {
    terminate: Signal,
    hang_up: Signal,
    stop: Signal,
    /// The terminal goes, or somebody ends this process: it was told so.
    pub told_to_end: bool,
    #[expect(dead_code, reason = "the workbench leaves the terminal as it found it, whatever it is sent")]
    hearing: Hearing,
}

/// What one of them asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    End,
    Suspend,
}

impl Signals {
    pub fn listen() -> io::Result<Self> {
        // To programs that have the terminal meanwhile, and none of the workbench's: on its own screen they are keys.
        for key in [SignalKind::interrupt(), SignalKind::quit()] {
            let _heard = signal(key)?;
        }
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            told_to_end: false,
            hearing: Hearing::new(),
        })
    }

    pub async fn next(&mut self) -> Sent {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => self.told_to_end = true,
            _ = self.hang_up.recv() => self.told_to_end = true,
            _ = self.stop.recv() => return Sent::Suspend,
        }
        Sent::End
    }

    /// Until the person presses ctrl-c, or somebody ends this process all the same; a terminal that goes tells so more than
    /// once. No ctrl-c counts that came before: one in a program that had the terminal was meant for that one.
    pub async fn hurry(&mut self) {
        let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
