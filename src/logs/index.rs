//! The index beside a log: one record of 16 bytes for each chunk that was appended to it, in order.
//!
//! | bytes | |
//! |---|---|
//! | 0..8 | the log's length after the chunk, little-endian |
//! | 8..16 | microseconds since 1970 shifted left by one, or-ed with the stream (0 stdout, 1 stderr), little-endian |
//!
//! Records of one size can be searched by halving, and where a crash cut one, dividing the length tells.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::engine::Stream;

pub(super) const RECORD: usize = 16;

/// Where a log's index lies.
pub(super) fn beside(log: &Utf8Path) -> Utf8PathBuf {
    log.with_extension("index")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// The log's length after it.
    pub end: u64,
    pub stream: Stream,
    /// Microseconds since 1970.
    pub time: u64,
}

impl Chunk {
    pub(super) fn to_bytes(self) -> [u8; RECORD] {
        let stamp = self.time << 1 | u64::from(self.stream == Stream::Stderr);
        let mut bytes = [0; RECORD];
        bytes[..8].copy_from_slice(&self.end.to_le_bytes());
        bytes[8..].copy_from_slice(&stamp.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let word =
            |at: usize| bytes[at..at + 8].iter().rev().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
        let stream = if word(8) & 1 == 0 { Stream::Stdout } else { Stream::Stderr };
        Self { end: word(0), stream, time: word(8) >> 1 }
    }
}

/// How many whole records it holds.
pub(super) fn count(index: &File) -> io::Result<u64> {
    Ok(index.metadata()?.len() / RECORD as u64)
}

/// At most `most` whole records from `first` on.
pub(super) fn read(index: &File, first: u64, most: usize) -> io::Result<Vec<Chunk>> {
    let mut bytes = vec![0; most * RECORD];
    let mut filled = 0;
    while filled < bytes.len() {
        match index.read_at(&mut bytes[filled..], first * RECORD as u64 + filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(bytes[..filled].chunks_exact(RECORD).map(Chunk::from_bytes).collect())
}

/// The first record whose chunk ends after `offset`, and where that chunk starts.
pub(super) fn at(index: &File, offset: u64) -> io::Result<(u64, u64)> {
    let (mut low, mut high) = (0, count(index)?);
    while low < high {
        let middle = low + (high - low) / 2;
        match read(index, middle, 1)?.first() {
            Some(chunk) if chunk.end <= offset => low = middle + 1,
            _ => high = middle,
        }
    }
    let start = match low {
        0 => 0,
        _ => read(index, low - 1, 1)?.first().map_or(0, |chunk| chunk.end),
    };
    Ok((low, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let chunk = Chunk { end: 0x0102_0304_0506_0708, stream, time: 1_700_000_000_123_456 };
            assert_eq!(Chunk::from_bytes(&chunk.to_bytes()), chunk);
        }
    }
}
