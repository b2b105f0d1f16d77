use std::future::Future;
use std::io;
use std::thread;

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads on which requests are made. Who asks for something of a bucket waits for it as for a file, in whatever thread
/// they are.
#[derive(Debug)]
pub(super) struct Background(Option<Runtime>);

impl Background {
    pub fn start() -> io::Result<Self> {
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("bucket").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// # Errors
    /// It was stopped, or what was waited for ended early.
    pub fn wait<T: Send>(&self, work: impl Future<Output = T> + Send) -> io::Result<T> {
        let handle: Handle = self.0.as_ref().map(|runtime| runtime.handle().clone()).ok_or_else(ended)?;
        // A thread that drives other work may not wait for some of its own.
        thread::scope(|scope| scope.spawn(|| handle.block_on(work)).join()).map_err(|_| ended())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn ended() -> io::Error {
    io::Error::other("a worker ended early")
}
