//! A log beside an index that is not its own, or none at all: every byte is read once, and nothing else.

use camino::{Utf8Path, Utf8PathBuf};
use proptest::prelude::*;

use super::index::{self, Chunk, RECORD};
use super::spool::Spool;
use super::{Line, Reader, lines, tail};
use crate::engine::Stream;

/// The longest line that is shown whole.
const LONGEST: usize = 16 * 1024;

fn put(log: &[u8], index: Option<&[u8]>) -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("a.1.log")).unwrap();
    fs_err::write(&path, log).unwrap();
    if let Some(index) = index {
        fs_err::write(index::beside(&path), index).unwrap();
    }
    (dir, path)
}

/// Mostly letters and newlines, so that what is told can be counted.
fn log() -> impl Strategy<Value = Vec<u8>> {
    let letters = prop::sample::select(b"ab\n".to_vec());
    prop_oneof![
        4 => prop::collection::vec(letters, 0..300),
        2 => prop::collection::vec(any::<u8>(), 0..300),
        // Longer than what is looked at first.
        1 => (prop::collection::vec(0usize..3 * LONGEST, 0..5), 0usize..2000).prop_map(|(lengths, short)| {
            let long = lengths.into_iter().flat_map(|length| [vec![b'x'; length], b"\n".to_vec()].concat());
            long.chain(b"y\n".repeat(short)).collect()
        }),
    ]
}

/// Records that are right, wrong or none. Ends are shares of the log's length.
fn index() -> impl Strategy<Value = Vec<(f64, Option<u64>, bool, u64)>> {
    let strange = prop_oneof![Just(0), Just(u64::MAX), Just(u64::MAX >> 1), any::<u64>(), 0u64..400];
    let record = (0.0..1.1f64, prop::option::weighted(0.1, strange), any::<bool>(), any::<u64>());
    prop::collection::vec(record, 0..40)
}

fn bytes_of(records: &[(f64, Option<u64>, bool, u64)], sorted: bool, length: usize, cut: usize) -> Vec<u8> {
    let end = |share: &f64, strange: &Option<u64>| strange.unwrap_or((share * length as f64) as u64);
    let mut chunks: Vec<Chunk> = records
        .iter()
        .map(|(share, strange, stderr, time)| Chunk {
            end: end(share, strange),
            stream: if *stderr { Stream::Stderr } else { Stream::Stdout },
            time: time >> 1,
        })
        .collect();
    if sorted {
        chunks.sort_by_key(|chunk| chunk.end);
    }
    let mut bytes: Vec<u8> = chunks.into_iter().flat_map(Chunk::to_bytes).collect();
    bytes.truncate(bytes.len().saturating_sub(cut));
    bytes
}

fn all(mut reader: Reader, most: usize) -> Vec<Line> {
    let mut all = Vec::new();
    for _ in 0..most {
        let lines = reader.rest().unwrap();
        if lines.is_empty() {
            return all;
        }
        all.extend(lines);
    }
    panic!("it does not end");
}

/// Its chunks follow each other in the log.
fn is_sound(index: &[u8], length: u64) -> bool {
    let end = |record: &[u8]| u64::from_le_bytes(record[..8].try_into().unwrap());
    let ends: Vec<u64> = index.chunks_exact(RECORD).map(end).collect();
    ends.is_sorted() && ends.last().is_none_or(|end| *end <= length)
}

fn letters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count()
}

/// What lines may say of a log: as many as it has at most, each from within it.
fn within(told: &[Line], log: &[u8]) -> Result<(), TestCaseError> {
    let newlines = log.iter().filter(|byte| **byte == b'\n').count();
    prop_assert!(told.len() <= newlines + 2, "{} lines of {newlines}", told.len());
    for line in told {
        prop_assert!(line.offset < log.len() as u64, "{} of {}", line.offset, log.len());
        // What is no UTF-8 is replaced by three bytes, and what is cut is told.
        prop_assert!(line.text.len() <= 3 * LONGEST + 40);
    }
    let given: usize = told.iter().map(|line| line.text.len()).sum();
    prop_assert!(given <= 3 * log.len() + 40 * told.len());
    Ok(())
}

proptest! {
    #[test]
    fn whatever_the_index_says_the_log_is_read_once(
        log in log(),
        records in prop::option::of(index()),
        sorted: bool,
        cut in 0usize..RECORD,
        raw in prop::option::weighted(0.2, prop::collection::vec(any::<u8>(), 0..200)),
        (at, count, first) in (any::<u64>(), 0usize..400, 0usize..400),
    ) {
        let index = raw.or(records.map(|records| bytes_of(&records, sorted, log.len(), cut)));
        let (_dir, path) = put(&log, index.as_deref());
        let most = log.len() + 10;

        let whole = all(Reader::open(&path).unwrap(), most);
        within(&whole, &log)?;
        if log.iter().all(|byte| b"abxy\n".contains(byte)) {
            let told = whole.iter().map(|line| {
                let (text, more) = line.text.split_once(" … ").unwrap_or((&line.text, "0 more"));
                letters(text.as_bytes()) + more.split(' ').next().unwrap().parse::<usize>().unwrap()
            });
            prop_assert_eq!(told.sum::<usize>(), letters(&log));
        }
        for at in [at, at % (log.len() as u64 + 2)] {
            within(&all(Reader::open_at(&path, at).unwrap(), most), &log)?;
        }

        let last = tail(&path, count).unwrap();
        // One that contradicts itself cuts lines elsewhere when it is read from its middle.
        let sound = index.as_ref().is_none_or(|index| is_sound(index, log.len() as u64));
        prop_assert!(last.len() == count.min(whole.len()) || (!sound && last.len() <= count), "{}", last.len());
        within(&last, &log)?;
        let some = lines(&path, first..first.saturating_add(count)).unwrap();
        let wanted: Vec<Line> = whole.into_iter().skip(first).take(count).collect();
        prop_assert!(some == wanted);

        resumed(&path, &log)?;
    }
}

/// What log and index agree on stays, and what is written then stands behind it.
fn resumed(path: &Utf8Path, log: &[u8]) -> Result<(), TestCaseError> {
    let (mut spool, kept) = Spool::resume(path).unwrap();
    let length = usize::try_from(kept.stdout + kept.stderr).unwrap();
    prop_assert!(length <= log.len());
    prop_assert_eq!(fs_err::read(path).unwrap(), &log[..length]);
    spool.append(Stream::Stderr, b"more", 1).unwrap();
    prop_assert_eq!(fs_err::read(path).unwrap(), [&log[..length], b"more"].concat());
    let (_, again) = Spool::resume(path).unwrap();
    prop_assert_eq!((again.stdout, again.stderr), (kept.stdout, kept.stderr + 4));
    Ok(())
}

#[test]
fn a_log_whose_index_is_empty_or_of_one_chunk_is_read_in_pieces() {
    let log = b"a line\n".repeat(3 << 17);
    let one = Chunk { end: log.len() as u64, stream: Stream::Stdout, time: 0 }.to_bytes();
    for index in [&[][..], &one] {
        let (_dir, path) = put(&log, Some(index));
        let mut reader = Reader::open(&path).unwrap();
        let mut count = 0;
        while let lines @ 1.. = reader.rest().unwrap().len() {
            assert!(lines <= 2 << 17, "{lines} at once");
            count += lines;
        }
        assert_eq!(count, 3 << 17);
    }
}
