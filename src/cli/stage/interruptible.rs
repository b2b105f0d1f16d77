use std::sync::atomic::Ordering;

use super::signals::Heard;
use crate::cli::UserError;
use crate::cli::report::Patience;

/// Work on many bytes, told of while it takes its time: it tells how many it has read, and hears whether it is to go on.
/// Ctrl-C ends it so that it can clean up.
pub fn interruptible<T>(what: &str, work: impl FnOnce(&dyn Fn(u64) -> bool) -> T) -> Result<T, UserError> {
    let heard = Heard::listen()?;
    let patience = Patience::start(what);
    let so_far = patience.bytes();
    let tell = |read| {
        so_far.fetch_add(read, Ordering::Relaxed);
        !heard.is_set()
    };
    Ok(work(&tell))
}
