use std::sync::Arc;

use super::mask::{Mask, MaskedStream};
use super::spool::{Lengths, Spool};
use crate::engine::{Clock, Frame, LogSink, Stream};

/// One attempt's log being written.
///
/// A replay goes through the mask from its first byte, and so many masked bytes are skipped as are on disk already:
/// a mask keeps lengths and does not depend on how the stream was cut, so what was held back at the time of the
/// crash, and a secret that lies across the cut, need no thought.
pub(super) struct Sink {
    mask: Arc<Mask>,
    clock: Arc<dyn Clock>,
    stdout: MaskedStream,
    stderr: MaskedStream,
    out: Out,
}

/// The disk's side. Once it has failed, everything else is drained.
struct Out {
    /// None once it has failed.
    spool: Option<Spool>,
    skip: Lengths,
    failure: Option<String>,
    whole: bool,
}

impl Sink {
    pub(super) fn new(
        mask: Arc<Mask>,
        clock: Arc<dyn Clock>,
        spool: std::io::Result<(Spool, Lengths)>,
    ) -> Self {
        let out = match spool {
            Ok((spool, skip)) => Out { spool: Some(spool), skip, failure: None, whole: true },
            Err(error) => {
                let failure = Some(format!("the log cannot be written: {error}"));
                Out { spool: None, skip: Lengths::default(), failure, whole: false }
            }
        };
        Self { mask, clock, stdout: MaskedStream::default(), stderr: MaskedStream::default(), out }
    }
}

impl LogSink for Sink {
    fn write(&mut self, frame: &Frame) {
        if self.mask.is_empty() {
            return self.out.append(frame.stream, &frame.bytes, &*self.clock);
        }
        let stream = match frame.stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        self.out.append(frame.stream, stream.push(&self.mask, &frame.bytes), &*self.clock);
    }

    fn finish(&mut self) -> bool {
        self.out.append(Stream::Stdout, self.stdout.finish(), &*self.clock);
        self.out.append(Stream::Stderr, self.stderr.finish(), &*self.clock);
        if self.out.skip != Lengths::default() && self.out.whole {
            self.out.fail("the engine gave less of the log again than had been kept".to_owned());
        }
        self.out.whole
    }

    fn trouble(&mut self) -> Option<String> {
        self.out.failure.take()
    }
}

impl Out {
    fn append(&mut self, stream: Stream, bytes: &[u8], clock: &dyn Clock) {
        let Some(spool) = &mut self.spool else { return };
        let skip = self.skip.of(stream);
        let skipped = bytes.len().min(usize::try_from(*skip).unwrap_or(usize::MAX));
        *skip -= skipped as u64;
        let rest = &bytes[skipped..];
        if rest.is_empty() {
            return;
        }
        let time = u64::try_from(clock.now().as_microsecond()).unwrap_or_default();
        if let Err(error) = spool.append(stream, rest, time) {
            self.fail(format!("the log could not be kept whole: {error}"));
        }
    }

    fn fail(&mut self, failure: String) {
        self.spool = None;
        self.whole = false;
        self.failure = Some(failure);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use camino::{Utf8Path, Utf8PathBuf};
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::*;
    use crate::logs::{Reader, index};

    struct Still;
    impl Clock for Still {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }
    }

    fn sink(log: &Utf8Path, resume: bool) -> Sink {
        let spool = match resume {
            true => Spool::resume(log),
            false => Spool::create(log).map(|spool| (spool, Lengths::default())),
        };
        Sink::new(Arc::new(Mask::new(&[SecretString::from("secret-1")])), Arc::new(Still), spool)
    }

    fn frame(stderr: bool, text: &[u8]) -> Frame {
        let stream = if stderr { Stream::Stderr } else { Stream::Stdout };
        Frame { stream, bytes: Bytes::copy_from_slice(text) }
    }

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(dir.path().join("logs/a.1.log")).unwrap();
        (dir, log)
    }

    /// What the disk holds of each stream.
    fn streams(log: &Utf8Path) -> (Vec<u8>, Vec<u8>) {
        let bytes = fs_err::read(log).unwrap();
        let file = std::fs::File::open(index::beside(log)).unwrap();
        let (mut out, mut err, mut at) = (Vec::new(), Vec::new(), 0);
        for chunk in index::read(&file, 0, 100_000).unwrap() {
            let part = &bytes[at..usize::try_from(chunk.end).unwrap()];
            if chunk.stream == Stream::Stdout {
                out.extend(part)
            } else {
                err.extend(part)
            }
            at = usize::try_from(chunk.end).unwrap();
        }
        assert_eq!(at, bytes.len());
        (out, err)
    }

    #[test]
    fn a_reader_sees_each_frame_at_once() {
        let (_dir, log) = folder();
        let mut sink = sink(&log, false);
        let mut reader = Reader::open(&log).unwrap();
        sink.write(&frame(false, b"one\ntw"));
        assert_eq!(reader.read().unwrap().len(), 1);
        sink.write(&frame(false, b"o secret-1\n"));
        assert_eq!(reader.read().unwrap()[0].text, "two ********");
        assert!(sink.finish());
    }

    #[test]
    fn a_disk_that_refuses_leaves_the_step_alone() {
        let (_dir, log) = folder();
        fs_err::create_dir_all(&log).unwrap();
        let mut sink = sink(&log, false);
        sink.write(&frame(false, b"one\n"));
        assert!(!sink.finish());
        assert!(sink.trouble().unwrap().contains("a.1.log"));
        assert_eq!(sink.trouble(), None);
    }

    #[test]
    fn a_replay_that_is_shorter_than_the_disk_is_told() {
        let (_dir, log) = folder();
        let mut first = sink(&log, false);
        first.write(&frame(false, b"one\ntwo\n"));
        let mut again = sink(&log, true);
        again.write(&frame(false, b"one\n"));
        assert!(!again.finish());
        assert!(again.trouble().is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn after_a_crash_anywhere_each_stream_is_exact(
            frames in prop::collection::vec((any::<bool>(), "(secret-1|sec|ret|x|\n){0,6}"), 1..20),
            crash in 0usize..20,
            log_cut in 0u64..40,
            index_cut in 0u64..40,
            order in any::<u64>(),
        ) {
            let (_dir, log) = folder();
            let mut whole = sink(&log, false);
            for (stderr, text) in &frames {
                whole.write(&frame(*stderr, text.as_bytes()));
            }
            assert!(whole.finish());
            let expected = streams(&log);

            let mut first = sink(&log, false);
            for (stderr, text) in frames.iter().take(crash) {
                first.write(&frame(*stderr, text.as_bytes()));
            }
            drop(first);
            for (path, cut) in [(log.clone(), log_cut), (index::beside(&log), index_cut)] {
                let file = fs_err::OpenOptions::new().write(true).open(path).unwrap();
                file.set_len(file.metadata().unwrap().len().saturating_sub(cut)).unwrap();
            }
            // The replay brings each stream whole, but cut and interleaved in another way.
            let stream = |of: bool| -> String {
                frames.iter().filter(|(stderr, _)| *stderr == of).map(|(_, text)| text.as_str()).collect()
            };
            let (out, err) = (stream(false), stream(true));
            let mut again = sink(&log, true);
            let (mut out, mut err) = (out.as_bytes(), err.as_bytes());
            let mut bits = order | 1;
            while !out.is_empty() || !err.is_empty() {
                bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let stderr = (bits >> 40 & 1 == 0 || out.is_empty()) && !err.is_empty();
                let rest = if stderr { &mut err } else { &mut out };
                let size = usize::try_from(bits >> 50 & 7).unwrap() + 1;
                let (piece, tail) = rest.split_at(size.min(rest.len()));
                again.write(&frame(stderr, piece));
                *rest = tail;
            }
            prop_assert!(again.finish());
            prop_assert_eq!(streams(&log), expected);
        }
    }
}
