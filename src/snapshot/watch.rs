use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

type Heed = dyn Fn(u64) -> io::Result<()> + Send + Sync;

/// Who is told how many bytes have been read, piece by piece, and may end the work with an error: a large project
/// takes half a minute.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<Heed>>);

impl Watch {
    pub fn new(heed: impl Fn(u64) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(heed)))
    }

    pub(super) fn over<R: Read>(&self, from: R) -> Watched<'_, R> {
        Watched { from, watch: self }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

pub(super) struct Watched<'a, R> {
    from: R,
    watch: &'a Watch,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(piece)?;
        if let Some(heed) = &self.watch.0 {
            heed(read as u64)?;
        }
        Ok(read)
    }
}
