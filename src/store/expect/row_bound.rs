use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Bytes of one row, unpacked. What a step wrote is read in the supervisor, whose memory must not depend on it: a
/// gigabyte of one letter packs into a few megabytes. No row that people work with is near this.
const LONGEST: u64 = 16 << 20;

/// Reads rows, and stops within one that does not end.
pub(super) struct Bounded<R> {
    file: R,
    left: Budget,
}

/// What may still be read of the row at hand.
#[derive(Clone)]
pub(super) struct Budget(Rc<Cell<u64>>);

impl Budget {
    /// The row has ended.
    pub(super) fn refill(&self) {
        self.0.set(LONGEST);
    }
}

pub(super) fn bounded<R: Read>(file: R) -> (Bounded<R>, Budget) {
    let left = Budget(Rc::new(Cell::new(LONGEST)));
    (Bounded { file, left: left.clone() }, left)
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.0.get();
        if left == 0 {
            let why = format!("it is longer than {} MiB, the most that a row may have", LONGEST >> 20);
            return Err(io::Error::other(why));
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = self.file.read(&mut buffer[..most])?;
        self.left.0.set(left - count as u64);
        Ok(count)
    }
}
