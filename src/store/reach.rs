use std::cell::Cell;
use std::io::{self, Read};

/// How far whoever checks what a run made goes: a person at a screen waits for no terabyte.
pub struct Reach<'a> {
    /// Bytes that may still be read.
    left: Cell<u64>,
    /// Nobody wants to know any more.
    stopped: &'a dyn Fn() -> bool,
    /// Something was not read for that.
    short: Cell<bool>,
}

impl<'a> Reach<'a> {
    pub fn of(bytes: u64, stopped: &'a dyn Fn() -> bool) -> Self {
        Self { left: Cell::new(bytes), stopped, short: Cell::new(false) }
    }

    /// Not all was looked at: what was not is told as if it were as it was.
    pub fn is_short(&self) -> bool {
        self.short.get()
    }

    /// Whether so many more bytes may be read.
    pub(super) fn takes(&self, bytes: u64) -> bool {
        let left = self.left.get().checked_sub(bytes).filter(|_| !self.is_stopped());
        match left {
            Some(left) => self.left.set(left),
            None => self.short.set(true),
        }
        left.is_some()
    }

    pub(super) fn is_stopped(&self) -> bool {
        (self.stopped)()
    }

    pub(super) fn reader<R: Read>(&self, inner: R) -> impl Read + use<'_, 'a, R> {
        Reached { inner, reach: self }
    }
}

impl Reach<'static> {
    /// To the last byte.
    pub fn all() -> Self {
        Self::of(u64::MAX, &|| false)
    }
}

struct Reached<'r, 'a, R> {
    inner: R,
    reach: &'r Reach<'a>,
}

impl<R: Read> Read for Reached<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reach.is_stopped() {
            self.reach.short.set(true);
            return Err(io::Error::other("nobody wants to know any more"));
        }
        self.inner.read(buffer)
    }
}
