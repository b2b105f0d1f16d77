use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Hearing;

/// Ctrl-C, SIGTERM, and the end of the terminal. Listened for from when this is made, which comes before there is anything
/// to be taken away, until it is dropped, which comes after all of that is gone: as soon as nobody hears a Ctrl-C any
/// more, also one that has been heard, the process may be ended by it.
pub struct EndSignals {
    hang_up: Signal,
    interrupt: Signal,
    terminate: Signal,
    _hearing: Hearing,
}

impl EndSignals {
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            _hearing: Hearing::new(),
        })
    }

    /// 128 and the number of the next one, as shells tell it.
    pub async fn next(&mut self) -> i64 {
        tokio::select! {
            _ = self.hang_up.recv() => 129,
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal, getpid, kill_process};

    use super::*;

    #[tokio::test]
    async fn one_that_was_heard_is_still_nobody_elses() {
        let mut signals = EndSignals::listen().unwrap();
        kill_process(getpid(), Signal::HUP).unwrap();
        assert_eq!(signals.next().await, 129);
        assert!(Hearing::is_there());
    }
}
