use super::{ContainersError, StoreError};

/// Why an attempt cannot go on, other than by its own fault.
#[derive(Debug)]
pub(super) enum Broken {
    Store(StoreError),
    Engine(ContainersError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ContainersError> for Broken {
    fn from(error: ContainersError) -> Self {
        Self::Engine(error)
    }
}
