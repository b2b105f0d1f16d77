use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use camino::Utf8PathBuf;

use super::super::driver::is_driven;
use super::super::error::failed;
use super::line::{events, whole_length};
use crate::disk::{Access, LONGEST_RECORD, open_record, refuse_longer};
use crate::domain::{EventKind, RunEvent, RunLayout, Token};
use crate::engine::StoreError;

/// How often a file that may grow is looked at. A look is two system calls; watching by inotify would cost no less
/// code, and sees nothing on network file systems.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Reads a run's events in order, as they come or years later.
pub struct Events {
    path: Utf8PathBuf,
    lock: Utf8PathBuf,
    token: Token,
    file: Option<File>,
    /// Behind the last whole line that was read, in bytes. What follows is read again: it may be cut by a resume.
    offset: u64,
    seq: u64,
    pending: VecDeque<RunEvent>,
    /// The last event that was given ended the run.
    over: bool,
}

impl Events {
    /// From the first one on.
    pub fn open(layout: &RunLayout, token: Token) -> Self {
        Self {
            path: layout.events(),
            lock: layout.lock(),
            token,
            file: None,
            offset: 0,
            seq: 0,
            pending: VecDeque::new(),
            over: false,
        }
    }

    /// Only what comes after what is there now: the next life of a run that is about to be resumed, whose lock is
    /// held already.
    pub fn from_now(layout: &RunLayout, token: Token) -> Result<Self, StoreError> {
        let mut events = Self::open(layout, token);
        events.read()?;
        events.pending.clear();
        Ok(events)
    }

    /// The next event; waits for it while somebody drives the run. None: the run has ended, or nobody drives it and
    /// all was read. May be dropped while it waits.
    pub async fn next(&mut self) -> Result<Option<RunEvent>, StoreError> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                self.over = matches!(event.kind, EventKind::RunFinished { .. });
                return Ok(Some(event));
            }
            // Asked before reading: what was written before the lock became free is then read.
            let driven = is_driven(&self.lock).map_err(failed("cannot tell whether a run is driven"))?;
            if self.read()? {
                continue;
            }
            if self.over || !driven {
                return Ok(None);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Takes in what is new; false: nothing.
    fn read(&mut self) -> Result<bool, StoreError> {
        let text = self.new_bytes().map_err(failed("cannot read a run's events"))?;
        let whole = &text[..whole_length(&text)];
        let new = events(&self.path, whole, self.seq, self.token)?;
        self.offset += whole.len() as u64;
        self.seq += new.len() as u64;
        self.pending.extend(new);
        Ok(!self.pending.is_empty())
    }

    fn new_bytes(&mut self) -> io::Result<Vec<u8>> {
        let file = match &self.file {
            Some(file) => file,
            None => match open_record(&self.path, Access::Read) {
                Ok(file) => self.file.insert(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error),
            },
        };
        let length = file.metadata()?.len();
        refuse_longer(&self.path, length, LONGEST_RECORD)?;
        let new = length
            .checked_sub(self.offset)
            .ok_or_else(|| io::Error::other(format!("{} is shorter than what was read of it", self.path)))?;
        let mut text = vec![0; usize::try_from(new).map_err(io::Error::other)?];
        let mut filled = 0;
        while filled < text.len() {
            match file.read_at(&mut text[filled..], self.offset + filled as u64)? {
                // A half line was cut meanwhile.
                0 => break,
                read => filled += read,
            }
        }
        text.truncate(filled);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::super::super::testing::{finished, hold, journal, recorded_run, started, temp};
    use super::*;
    use crate::domain::Status;
    use crate::engine::Journal;

    async fn all(events: &mut Events) -> Vec<EventKind> {
        let mut kinds = Vec::new();
        while let Some(event) = events.next().await.unwrap() {
            kinds.push(event.kind);
        }
        kinds
    }

    #[tokio::test]
    async fn a_run_that_nobody_drives_is_read_to_its_end_with_all_its_lives() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        assert!(all(&mut Events::open(&layout, token)).await.is_empty(), "it never began");
        let log = journal(&layout, token);
        let kinds = [
            started(false),
            finished(Status::Failed),
            started(true),
            finished(Status::Succeeded),
            started(true),
        ];
        kinds.iter().for_each(|kind| log.append(kind.clone()).unwrap());
        assert_eq!(all(&mut Events::open(&layout, token)).await, kinds);
        assert!(all(&mut Events::from_now(&layout, token).unwrap()).await.is_empty());
    }

    #[tokio::test]
    async fn a_live_run_is_followed_until_its_end_also_while_the_lock_is_held() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let _lock = hold(&layout);
        let log = Arc::new(journal(&layout, token));
        let mut events = Events::open(&layout, token);
        let writer = tokio::task::spawn_blocking({
            let log = Arc::clone(&log);
            move || {
                for _ in 0..50 {
                    log.append(started(false)).unwrap();
                }
                log.append(finished(Status::Succeeded)).unwrap();
            }
        });
        assert_eq!(all(&mut events).await.len(), 51);
        writer.await.unwrap();
        // Its next life is followed by who began to look before it was there.
        let mut next = Events::from_now(&layout, token).unwrap();
        let follower = tokio::spawn(async move { all(&mut next).await });
        log.append(started(true)).unwrap();
        log.append(finished(Status::Failed)).unwrap();
        assert_eq!(follower.await.unwrap(), [started(true), finished(Status::Failed)]);
    }

    #[tokio::test]
    async fn an_event_is_seen_soon_and_a_lost_supervisor_too() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let lock = hold(&layout);
        let log = journal(&layout, token);
        let mut events = Events::open(&layout, token);
        let reader = tokio::spawn(async move {
            let first = events.next().await.unwrap().map(|_| Instant::now());
            (first.unwrap(), events.next().await.unwrap())
        });
        tokio::task::yield_now().await;
        let written = Instant::now();
        log.append(started(false)).unwrap();
        tokio::task::yield_now().await;
        drop(lock);
        let (seen, end) = reader.await.unwrap();
        assert!(seen - written < Duration::from_millis(500), "{:?}", seen - written);
        assert_eq!(end, None);
    }

    /// Whatever a crash left, and wherever a reader stood then, it gets every event once and never half a one.
    #[tokio::test]
    async fn a_torn_line_is_never_given_and_the_one_that_replaces_it_is() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        journal(&layout, token).append(started(false)).unwrap();
        let whole = fs_err::read(layout.events()).unwrap();
        journal(&layout, token).append(finished(Status::Cancelled)).unwrap();
        let both = fs_err::read(layout.events()).unwrap();
        for cut in whole.len()..both.len() {
            fs_err::write(layout.events(), &both[..cut]).unwrap();
            let mut events = Events::open(&layout, token);
            assert_eq!(all(&mut events).await, [started(false)], "cut at {cut}");
            // The same reader goes on when the run does.
            journal(&layout, token).append(started(true)).unwrap();
            assert_eq!(all(&mut events).await, [started(true)], "cut at {cut}");
        }
    }

    #[tokio::test]
    async fn a_file_that_shrank_is_an_error() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        journal(&layout, token).append(started(false)).unwrap();
        let mut events = Events::open(&layout, token);
        all(&mut events).await;
        fs_err::write(layout.events(), "").unwrap();
        assert!(events.next().await.unwrap_err().to_string().contains("shorter than what was read"));
    }
}
