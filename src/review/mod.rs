//! The rules of stage review: which entries of a ledger count, what they come to, what a package holds, and what an
//! engineer is shown of it. Git, signatures and specs are behind the traits of `ports`.

mod approval;
mod canonical;
mod closure;
mod error;
mod facts;
mod fold;
mod keys;
mod ports;
mod roster;
mod statement;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod verify;

pub use approval::standing;
pub use closure::Closure;
pub use error::ReviewError;
pub use facts::{Circumstances, Move, gather};
pub use fold::{fold, refusal};
pub use ports::{CommitFacts, Ledger, Mail, PortError, Repository, Signatures, Signers, Verified};
pub use roster::{PeopleOf, Roster, SIGNERS_FILE, SIGNERS_REVOKED, SPEC_FILE, read_roster};
pub use statement::{Decoded, decode, encode, payload};
pub use verify::{Checked, Trust, verify};
