use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use super::super::atomic_write::sync_dir;
use super::super::error::failed;
use super::line::{events, whole_length};
use crate::disk::{Access, open_record};
use crate::domain::{EventKind, RunEvent, Token};
use crate::engine::{Clock, Journal, StoreError};

/// Writes a run's events. There is one writer: the one who holds the run's lock.
pub struct EventLog {
    path: Utf8PathBuf,
    token: Token,
    clock: Arc<dyn Clock>,
    end: Mutex<End>,
}

/// The end of the file, where the next line goes.
struct End {
    file: File,
    /// Of whole lines, in bytes.
    length: u64,
    seq: u64,
    /// Bytes of a line that could not be written, and not be taken back, stand behind the whole lines.
    torn: bool,
}

impl EventLog {
    /// Goes on where an earlier life of the run stopped: a torn last line is cut, numbers go on without a gap.
    /// A file that is broken elsewhere is refused, as nobody knows what the run had done.
    pub fn open(path: &Utf8Path, token: Token, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let wrong = || failed(format!("cannot open {path} to record events"));
        let mut file = open_record(path, Access::Write).map_err(wrong())?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(wrong())?;
        let whole = whole_length(&text);
        let seq = events(path, &text[..whole], 0, token)?.len() as u64;
        if whole < text.len() {
            file.set_len(whole as u64).and_then(|()| file.sync_all()).map_err(wrong())?;
        }
        if let Some(folder) = path.parent() {
            sync_dir(folder).map_err(wrong())?;
        }
        let end = Mutex::new(End { file, length: whole as u64, seq, torn: false });
        Ok(Self { path: path.to_owned(), token, clock, end })
    }
}

impl Journal for EventLog {
    fn append(&self, kind: EventKind) -> Result<(), StoreError> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = matches!(kind, EventKind::RunStarted { resumed: true, .. });
        let event = RunEvent { kind, seq: end.seq, ts: self.clock.now(), token: self.token };
        serde_json::to_vec(&event)
            .map_err(io::Error::from)
            .and_then(|line| end.append(line))
            .map_err(failed(format!("cannot record an event in {}", self.path)))?;
        if goes_on {
            stir(&self.path);
        }
        Ok(())
    }
}

/// Changes the entries of the folder that a run lies in, for a moment: an index that knows many runs looks again at those of
/// a folder that has changed, and at no other that ended long ago.
fn stir(events: &Utf8Path) {
    let record = events.parent().filter(|record| record.file_name() == Some("_run"));
    if let Some(folder) = record.and_then(|record| record.ancestors().nth(2)) {
        // Where nothing can be made there, the run could not go on either.
        tempfile::Builder::new().prefix(".resumed-").tempfile_in(folder).ok();
    }
}

impl End {
    fn append(&mut self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        if self.torn {
            self.cut()?;
        }
        if let Err(error) = self.file.write_all_at(&line, self.length) {
            // Half a line without its newline; no reader takes it for an event. If it cannot be cut now, then before
            // the next one is written.
            self.torn = true;
            self.cut().ok();
            return Err(error);
        }
        self.length += line.len() as u64;
        self.seq += 1;
        self.file.sync_data()
    }

    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.torn = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::super::super::testing::{Noon, finished, journal, recorded_run, started, temp};
    use super::super::read_events;
    use super::*;
    use crate::domain::Status;

    #[test]
    fn lines_are_numbered_without_gaps_over_lives() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        journal(&layout, token).append(started(false)).unwrap();
        let second = journal(&layout, token);
        second.append(started(true)).unwrap();
        second.append(finished(Status::Failed)).unwrap();
        let events = read_events(&layout, token).unwrap();
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(events.iter().all(|event| event.token == token && event.ts == Noon.now()));
        let text = fs_err::read_to_string(layout.events()).unwrap();
        assert!(text.starts_with(r#"{"event":"run_started","name":"daily","#), "{text}");
    }

    #[test]
    fn a_file_that_is_broken_elsewhere_is_refused_and_left_as_it_is() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let log = journal(&layout, token);
        (0..3).for_each(|_| log.append(started(false)).unwrap());
        let text = fs_err::read_to_string(layout.events()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let unknown = text.replacen("run_started", "run_dreamt", 3);
        for (broken, why) in [
            (format!("{}\n{}\n", lines[0], lines[2]), "seq is 2 where 1 is due"),
            (format!("{}\n?\n{}\n", lines[0], lines[2]), "line 2"),
            (text.replace(&token.to_string(), &Token::generate().to_string()), "another run"),
            // Whole, so not torn: written by a later version, perhaps. It is not thrown away.
            (unknown, "no event that this version"),
        ] {
            fs_err::write(layout.events(), &broken).unwrap();
            let error = EventLog::open(&layout.events(), token, Arc::new(Noon)).err().unwrap();
            let StoreError::Io { what, source } = &error else { panic!("{error}") };
            assert!(format!("{what}: {source}").contains(why), "{error} in {broken}");
            assert_eq!(fs_err::read_to_string(layout.events()).unwrap(), broken);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// A crash leaves any number of the last line's bytes, some of them perhaps as zeros.
        #[test]
        fn what_a_crash_left_of_the_last_line_is_cut(before in 0usize..4, kept in 0.0f64..1.0, zeros: bool) {
            let (_dir, root) = temp();
            let (layout, token) = recorded_run(&root);
            let log = journal(&layout, token);
            (0..before).for_each(|_| log.append(started(false)).unwrap());
            let whole = fs_err::read(layout.events()).unwrap();
            log.append(finished(Status::Succeeded)).unwrap();
            drop(log);
            let mut text = fs_err::read(layout.events()).unwrap();
            let line = text.len() - whole.len();
            let kept = whole.len() + (line as f64 * kept) as usize;
            match zeros {
                true => text[kept..].fill(0),
                false => text.truncate(kept),
            }
            fs_err::write(layout.events(), &text).unwrap();
            prop_assert_eq!(read_events(&layout, token).unwrap().len(), before);
            journal(&layout, token).append(started(true)).unwrap();
            let after = fs_err::read(layout.events()).unwrap();
            prop_assert_eq!(&after[..whole.len()], &whole[..]);
            prop_assert_eq!(read_events(&layout, token).unwrap().last().unwrap().seq, before as u64);
        }
    }

    #[test]
    fn json_without_its_newline_is_torn_too() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        journal(&layout, token).append(started(false)).unwrap();
        let text = fs_err::read(layout.events()).unwrap();
        fs_err::write(layout.events(), &text[..text.len() - 1]).unwrap();
        journal(&layout, token).append(finished(Status::Succeeded)).unwrap();
        let events = read_events(&layout, token).unwrap();
        assert_eq!((events.len(), events[0].kind.clone()), (1, finished(Status::Succeeded)));
    }

    /// The disk is full in the middle of a line: a process that may write no long file.
    #[test]
    fn a_full_disk_is_an_error_and_leaves_no_half_line() {
        const CHILD: &str = "GREENROOM_TEST_FULL_DISK";
        let name = "store::events::log::tests::a_full_disk_is_an_error_and_leaves_no_half_line";
        let Ok(root) = std::env::var(CHILD) else {
            let (_dir, root) = temp();
            let script = r#"trap '' XFSZ; ulimit -f 8; exec "$0" --exact "$1""#;
            let child = Command::new("sh")
                .args(["-c", script])
                .arg(std::env::current_exe().unwrap())
                .arg(name)
                .env(CHILD, &root)
                .output()
                .unwrap();
            assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
            assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"), "the child ran no test");
            return;
        };
        let (layout, token) = recorded_run(Utf8Path::new(&root));
        let log = journal(&layout, token);
        let warned =
            |length| EventKind::Warned { step: None, cell: None, message: "x".repeat(length), of_log: None };
        let mut written = 0;
        let error = loop {
            match log.append(warned(1500)) {
                Ok(()) => written += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(&error, StoreError::Io { what, .. } if what.contains("events.jsonl")), "{error}");
        assert!(log.append(warned(1500)).is_err(), "still full");
        assert_eq!(read_events(&layout, token).unwrap().len(), written);
        assert!(fs_err::read(layout.events()).unwrap().ends_with(b"}\n"));
        log.append(warned(1)).unwrap();
        assert_eq!(read_events(&layout, token).unwrap().len(), written + 1);
    }
}
