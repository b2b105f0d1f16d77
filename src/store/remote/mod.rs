//! A root that is a bucket. Nothing can be renamed, locked or mounted there, so a run lives in a local mirror of the same
//! layout, which all that looks at runs reads; its files go up as its steps succeed, and come down when they are asked
//! for.

mod alias;
mod artifacts;
mod bucket;
mod cache;
mod connect;
mod credentials;
mod emulator;
mod error;
mod held;
mod listing;
mod mirrored;
#[cfg(test)]
mod odd_store;
mod place;
mod push;
mod record;
mod run;
mod runtime;
mod sent;
mod sieve;
mod taken;
#[cfg(test)]
mod tests;
mod upload;
mod wanted;

pub use crate::domain::{Address, Scheme};
pub use connect::Haste;
pub use error::RemoteError;
pub(in crate::store) use held::Fetchable;
pub use held::is_fetched;
pub use mirrored::{MirroredRun, Sending};
pub use place::{Mirror, address_of, mirror_folder};
pub use push::Pushed;
pub use sent::is_sent;
