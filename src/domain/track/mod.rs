//! A workflow's way to production, as its ledger tells it.

mod check;

pub use check::{Check, CheckFinding, CheckPlace, CheckStatus, TEST_RESULT};
