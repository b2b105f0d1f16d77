use serde::{Serialize, Serializer};

use super::{CommitId, Parted, RefName, TrackId};
use crate::domain::text::safe;
use crate::domain::{Name, Role};

/// Why an entry of a ledger does not count. It stays in the ledger and is shown with this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("it is not an entry of a ledger: {}", safe(.0))]
    Malformed(String),
    #[error("it is not a statement that Greenroom signs: {}", safe(.0))]
    NotAStatement(String),
    #[error("this Greenroom knows no event `{}`; a newer one may", safe(.0))]
    UnknownEvent(String),
    #[error("it was signed for the track {0}")]
    OtherTrack(TrackId),
    #[error("it was signed to follow {signed}, and here follows {found}")]
    OutOfPlace { signed: String, found: String },
    #[error("the signature does not count: {}", safe(.0))]
    Signature(String),
    #[error("its key was revoked, and counts for nothing that it has signed")]
    Revoked,
    #[error("{claimed} is said to have signed, but the key is of {}", safe(.principals))]
    OtherPerson { claimed: Name, principals: String },
    #[error("the key is listed for more than one person ({}), so it proves none of them", safe(.0))]
    SharedKey(String),
    #[error("{0} is none of the people of the target branch")]
    UnknownPerson(Name),
    #[error("it was signed as {}, but the target branch has {person} as {}", role(*.claimed), role(*.is))]
    OtherRole { person: Name, claimed: Role, is: Role },
    #[error("`{}` is not the branch that this project's tracks lead to", safe(.0.short()))]
    OtherTarget(RefName),
    #[error("its time had run out when it was signed")]
    Expired,
    #[error("it is dated in the future")]
    Future,
    #[error("the {what} comes too early: {missing}")]
    TooEarly { what: &'static str, missing: &'static str },
    #[error("the {what} is for an {}, and {person} is none", needs.title())]
    OtherSide { what: &'static str, needs: super::Side, person: Name },
    #[error("{person} may not approve this: {}", safe(.why))]
    OwnWork { person: Name, why: String },
    #[error("who wrote these commits cannot be told: {}", safe(.0))]
    AuthorsUnknown(String),
    #[error("what the merge comes to cannot be told: {}", safe(.0))]
    MergeUnknown(String),
    #[error("the evidence is not whole: {}", safe(.0))]
    Evidence(String),
    /// One side alone would have signed for both.
    #[error("the key of {person} counts no more, and nobody vouches for it who is an {} too", side.title())]
    OtherVoucher { person: Name, side: super::Side },
    #[error("the ledger was rewritten: {}, which was seen here, is no part of it; ask who did that first", .0.short())]
    Rewritten(CommitId),
    #[error("the ledger is gone, which was seen here up to {}; ask who removed it", .0.short())]
    Gone(CommitId),
    #[error("{0}")]
    Parted(Box<Parted>),
    /// `what`: `head`, `base`, `merge result`, `target` or `package`.
    #[error("it was signed for another {what}: {}, and not {}", safe(.signed), safe(.is))]
    OtherSubject { what: &'static str, signed: String, is: String },
    #[error("changes were requested for this very package; commit something, and package the branch again")]
    AfterRequest,
    #[error("it is on its target already")]
    Promoted,
    /// It was on its target.
    #[error("{}", safe(.0))]
    TakenBack(String),
    /// What is there now voids it from the start.
    #[error("it would be void at once: {}", safe(.0))]
    Outdated(String),
    #[error("required checks are not green: {}", safe(&.0.join(", ")))]
    Checks(Vec<String>),
    #[error("the track is already open")]
    AlreadyOpen,
    #[error("the track was abandoned")]
    Ended,
    #[error("an earlier entry says the same already")]
    Repeated,
    #[error("it does not hold together: {}", safe(.0))]
    Inconsistent(String),
    #[error("the release was armed for 24 hours at most, and they are over")]
    Disarmed,
    #[error("there is no comment {} to answer", .0.short())]
    NoComment(CommitId),
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Analyst => "analyst",
        Role::Scientist => "scientist",
        Role::Engineer => "engineer",
    }
}

/// As its sentence.
impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
