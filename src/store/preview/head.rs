use std::fs::File;
use std::io::{self, Read, Seek};

use flate2::read::MultiGzDecoder;

/// What is read of a file that has no index of its own.
const MOST: u64 = 2 << 20;
/// Of so many bytes that are no text, one makes all of it none.
const STRANGE: usize = 20;

/// The beginning of a file, unpacked.
pub(super) struct Head {
    pub bytes: Vec<u8>,
    /// That is all of it.
    pub whole: bool,
    /// The file holds it packed by gzip.
    pub packed: bool,
    /// It could not be unpacked to its end.
    pub broken: bool,
}

impl Head {
    pub fn of(file: &File) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.take(MOST + 1).read_to_end(&mut bytes)?;
        if !bytes.starts_with(b"\x1f\x8b") {
            return Ok(Self::cut(bytes, false, false));
        }
        let mut file = file;
        file.rewind()?;
        let mut unpacked = Vec::new();
        let read = MultiGzDecoder::new(file).take(MOST + 1).read_to_end(&mut unpacked);
        match read {
            // It only begins as if it were packed.
            Err(_) if unpacked.is_empty() => Ok(Self::cut(bytes, false, false)),
            read => Ok(Self::cut(unpacked, true, read.is_err())),
        }
    }

    fn cut(mut bytes: Vec<u8>, packed: bool, broken: bool) -> Self {
        let whole = bytes.len() as u64 <= MOST;
        bytes.truncate(MOST as usize);
        Self { bytes, whole: whole && !broken, packed, broken }
    }

    /// Without the last line where that is cut off.
    pub fn lines(&self) -> &[u8] {
        match self.bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(end) if !self.whole => &self.bytes[..=end],
            _ => &self.bytes,
        }
    }

    /// Nearly all of it is letters, in UTF-8 or in a code of one byte each.
    pub fn is_text(&self) -> bool {
        let control =
            |byte: &u8| *byte < b' ' && !matches!(*byte, b'\t' | b'\n' | b'\r' | 0x1b | 0x08 | 0x0c);
        let strange: usize = self.bytes.iter().filter(|byte| control(byte)).count()
            + self.bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum::<usize>();
        !self.bytes.contains(&0) && strange * STRANGE <= self.bytes.len()
    }
}
