//! A workflow's way to production, as its ledger tells it.

mod ids;

pub use ids::{CommitId, IdError, RefName, TreeId};
