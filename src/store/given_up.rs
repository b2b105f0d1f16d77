use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

/// Why a read ended that would have gone on.
#[derive(Debug, thiserror::Error)]
#[error("it was given up")]
struct GivenUp;

/// A file that is read until its reading is given up, which is an error then: a large one takes minutes.
pub(super) struct UntilGivenUp<'a, R> {
    pub file: R,
    pub given_up: &'a AtomicBool,
}

impl<R: Read> Read for UntilGivenUp<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        still_wanted(self.given_up)?;
        self.file.read(buffer)
    }
}

pub(super) fn still_wanted(given_up: &AtomicBool) -> io::Result<()> {
    match given_up.load(Ordering::Relaxed) {
        true => Err(io::Error::other(GivenUp)),
        false => Ok(()),
    }
}

pub(super) fn was_given_up(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|source| source.is::<GivenUp>())
}
