//! The rooms `git` and `review` put together: where somebody sits who has something reviewed, or reviews it.

mod accept;
mod bearing;
mod came;
mod closures;
mod columns;
mod desk;
mod diff;
mod everybody;
mod find;
mod gone;
mod in_clear;
mod keys;
mod lease;
mod lines;
mod look;
mod material;
mod memory;
mod ports;
mod ready;
mod remote;
mod rerun;
mod say;
mod seal;
mod setup;
mod shown;
mod signers;
mod since;
mod target;
#[cfg(test)]
pub mod tests;
mod twice;
mod version;
mod versions;
mod wrong;

pub use came::Came;
pub use desk::Desk;
pub use look::Looked;
pub use material::{evidence, gathered};
pub use ready::signing;
pub use rerun::rerun;
pub use say::{Draft, On, Unsaid};
pub use seal::{Packaged, Sealable, seal};
pub use setup::{Written, write_signer};
pub use shown::shown;
pub use twice::twice;
pub use wrong::of_git;
