use std::time::{Duration, Instant};

use crossterm::event::{EventStream, poll, read};
use futures_util::StreamExt;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinHandle;

use super::{Input, input};

/// More than a person types, or a terminal pastes key by key, in a frame.
const WAITING: usize = 1024;
/// For so long what was read is handed out.
const LEFT: Duration = Duration::from_millis(20);

/// What the person does. Nobody else may read the terminal meanwhile, so it is stopped before another program gets it.
pub struct Inputs {
    inbox: Receiver<Input>,
    reading: JoinHandle<()>,
}

impl Inputs {
    /// A task of its own reads: the stream remembers who waits for it, and must not be asked in passing.
    pub fn listen() -> Self {
        let (sender, inbox) = channel(WAITING);
        let reading = tokio::spawn(async move {
            let mut events = EventStream::new();
            while let Some(Ok(event)) = events.next().await {
                if let Some(input) = input(event)
                    && sender.send(input).await.is_err()
                {
                    break;
                }
            }
        });
        Self { inbox, reading }
    }

    /// What was read behind the key that gave the terminal away would be done where nobody has seen it: it goes. Only how
    /// large the terminal is, if that was told, is still true.
    pub fn forget() -> Option<Input> {
        let mut size = None;
        let end = Instant::now() + LEFT;
        // Also told of nothing while whoever has read before lets go of it, so that it is asked again.
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match poll(left).and_then(|there| there.then(read).transpose()) {
                Ok(Some(event)) => {
                    size = input(event).filter(|input| matches!(input, Input::Resized(_))).or(size);
                }
                Ok(None) => {}
                Err(_) => break,
            }
        }
        size
    }

    /// None: the terminal is gone. May be dropped while it waits.
    pub async fn next(&mut self) -> Option<Input> {
        self.inbox.recv().await
    }

    /// What is there already.
    pub fn at_hand(&mut self) -> Result<Input, TryRecvError> {
        self.inbox.try_recv()
    }

    /// Returns when nobody reads the terminal any more.
    pub async fn stop(self) {
        self.reading.abort();
        let _ = self.reading.await;
    }
}
