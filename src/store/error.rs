use std::io;

use super::given_up::was_given_up;
use crate::engine::StoreError;

/// `.map_err(failed("…"))`: the disk's fault, with what was being done.
pub(super) fn failed(what: impl Into<String>) -> impl FnOnce(io::Error) -> StoreError {
    let what = what.into();
    move |source| match was_given_up(&source) {
        true => StoreError::GivenUp,
        false => StoreError::Io { what, source },
    }
}

/// A record that says what it cannot say: edited, torn, or of another run.
pub(super) fn invalid(what: impl Into<String>, why: impl Into<String>) -> StoreError {
    StoreError::Io { what: what.into(), source: io::Error::new(io::ErrorKind::InvalidData, why.into()) }
}

pub(super) fn bad<T>(why: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::BadOutput(why.into()))
}
