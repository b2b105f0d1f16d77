use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::domain::Digest;

/// A reader that sums what is read of it.
pub(super) struct Hashing<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R> Hashing<R> {
    pub fn of(inner: R) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// The sum and size of what was read so far.
    pub fn sum(&self) -> (Digest, u64) {
        (Digest::from_sha256(&self.hash.clone().finalize()), self.bytes)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
