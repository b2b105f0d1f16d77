use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::ProgressDrawTarget;

use super::Progress;
use crate::cli::Look;
use crate::domain::figures::size;
use crate::tui;

/// What is over sooner needs no word.
const A_MOMENT: Duration = Duration::from_secs(1);
const REDRAW: Duration = Duration::from_millis(200);

/// Work that is mostly over at once and sometimes is not. In a terminal it is told from its second second until its
/// end, and leaves nothing behind; elsewhere nothing is.
#[derive(Default)]
pub struct Patience {
    bytes: Arc<AtomicU64>,
    /// Dropped at the end.
    ended: Option<Sender<()>>,
    teller: Option<JoinHandle<()>>,
}

impl Patience {
    /// `what`: as in `freezing the project`.
    pub fn start(what: &str) -> Self {
        // Where the workbench has the terminal, it tells what is being done.
        match stderr().is_terminal() && !tui::is_taken() {
            true => Self::on(what, Look::of_stderr(&stderr()), A_MOMENT, ProgressDrawTarget::stderr),
            false => Self::default(),
        }
    }

    fn on(
        what: &str,
        look: Look,
        after: Duration,
        target: impl FnOnce() -> ProgressDrawTarget + Send + 'static,
    ) -> Self {
        let bytes = Arc::<AtomicU64>::default();
        let (ended, end) = mpsc::channel::<()>();
        let (what, so_far) = (format!("{what} …"), Arc::clone(&bytes));
        let tell = move || {
            if end.recv_timeout(after) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let mut progress = Progress::live(&what, look, target());
            loop {
                let bytes = so_far.load(Ordering::Relaxed);
                progress.line(&if bytes == 0 { String::new() } else { size(bytes) });
                if end.recv_timeout(REDRAW) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        Self { bytes, ended: Some(ended), teller: Some(thread::spawn(tell)) }
    }

    /// How far it is, for whoever does the work.
    pub fn bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes)
    }
}

impl Drop for Patience {
    /// Waits until the line is gone: what follows is written where it stood.
    fn drop(&mut self) {
        self.ended.take();
        if let Some(teller) = self.teller.take() {
            teller.join().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use indicatif::InMemoryTerm;

    use super::*;

    fn on(term: &InMemoryTerm, after: Duration) -> Patience {
        let look = Look { width: 60, colour: false };
        let term = term.clone();
        Patience::on("freezing the project", look, after, || ProgressDrawTarget::term_like(Box::new(term)))
    }

    #[test]
    fn what_takes_its_time_is_told_and_leaves_nothing() {
        let term = InMemoryTerm::new(5, 60);
        let patience = on(&term, Duration::ZERO);
        patience.bytes().fetch_add(1_288_490_189, Ordering::Relaxed);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !term.contents().contains("freezing the project …  1.2 GiB") {
            assert!(Instant::now() < deadline, "{}", term.contents());
            thread::yield_now();
        }
        drop(patience);
        assert_eq!(term.contents(), "");
    }

    #[test]
    fn what_is_over_at_once_is_not_told() {
        let term = InMemoryTerm::new(5, 60);
        drop(on(&term, Duration::from_secs(3600)));
        assert!(term.moves_since_last_check().is_empty());
    }
}
