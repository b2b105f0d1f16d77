//! The rules of stage review: which entries of a ledger count, what they come to, what a package holds, and what an
//! engineer is shown of it. Git, signatures and specs are behind the traits of `ports`.

mod approval;
mod attested;
mod canonical;
mod card;
pub mod checks;
mod closure;
mod code;
mod contributors;
mod cover;
mod error;
mod facts;
mod fold;
mod keys;
mod line;
mod markdown;
mod package;
mod persons;
mod ports;
mod promotion;
mod provenance;
mod record;
mod report;
mod risks;
mod roster;
mod statement;
mod steps;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod trusted;
mod verify;

pub use approval::standing;
#[cfg(test)]
pub(crate) use canonical::digest_of;
pub use card::{Material, card};
pub use closure::{Bearing, Closure};
pub use error::ReviewError;
pub use facts::{Circumstances, Move, Span, gather, settle};
pub use fold::{fold, refusal};
pub use markdown::{markdown, marker};
pub use package::{Assembled, Draft, assemble, is_evidence};
pub use persons::Persons;
pub use ports::{
    CommitFacts, LONGEST_LINE, Ledger, Mail, PortError, Repository, Signatures, Signers, TargetCommit,
    Unverified, Verified,
};
pub use promotion::{Coming, recognise, recognise_last, taken_back};
pub use provenance::{fits, provenance, read_provenance};
pub use record::{Unpacked, record, unpack};
pub use report::report;
pub use roster::{
    PeopleOf, Roster, SIGNERS_FILE, SIGNERS_REVOKED, SIGNERS_VOUCHED, SPEC_FILE, change_of_signers,
    public_key, read_roster,
};
pub use statement::{Decoded, decode, encode, payload};
pub use steps::{StepChange, StepDiff, step_diff};
pub use trusted::{Change, Known, RosterCommit, Trusted, Unvouched, Vouching, trusted};
pub use verify::{Checked, Trust, verify};
