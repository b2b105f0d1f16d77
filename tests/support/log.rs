//! What a run recorded of a step's output.

use std::path::Path;

use super::text;

/// What an attempt wrote, each stream alone.
#[derive(Default)]
pub struct Log {
    pub stdout: String,
    pub stderr: String,
}

impl Log {
    /// By the index beside it: records of the log's length after a chunk, and of time and stream.
    pub fn read(log: &Path) -> Self {
        let bytes = std::fs::read(format!("{}.log", log.display())).unwrap();
        let index = std::fs::read(format!("{}.index", log.display())).unwrap();
        let mut read = Self::default();
        let mut from = 0;
        for record in index.chunks_exact(16) {
            let word = |at: usize| u64::from_le_bytes(record[at..at + 8].try_into().unwrap());
            let to = usize::try_from(word(0)).unwrap();
            let stream = if word(8) & 1 == 0 { &mut read.stdout } else { &mut read.stderr };
            stream.push_str(&text(&bytes[from..to]));
            from = to;
        }
        assert_eq!(from, bytes.len(), "the index tells of every byte");
        read
    }
}

/// Texts too long to be shown.
#[track_caller]
pub fn check_equal(found: &str, wanted: &str) {
    let alike = found.bytes().zip(wanted.bytes()).take_while(|(found, wanted)| found == wanted).count();
    let around = |text: &str| text.chars().skip(alike.saturating_sub(60)).take(120).collect::<String>();
    assert!(
        found == wanted,
        "{} bytes of {}, equal up to {alike}: {:?} instead of {:?}",
        found.len(),
        wanted.len(),
        around(found),
        around(wanted)
    );
}
