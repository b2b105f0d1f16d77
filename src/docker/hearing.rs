use std::sync::atomic::{AtomicUsize, Ordering};

static HEARING: AtomicUsize = AtomicUsize::new(0);

/// As long as one lives, somebody hears Ctrl-C and ends what there is to end: nobody else is to end the process before.
#[derive(Debug)]
pub struct Hearing(());

impl Hearing {
    #[allow(clippy::new_without_default, reason = "it does something")]
    pub fn new() -> Self {
        HEARING.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    pub fn is_there() -> bool {
        HEARING.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        HEARING.fetch_sub(1, Ordering::SeqCst);
    }
}
