use super::CommitId;

/// One commit of a ledger, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub commit: CommitId,
    pub parent: Option<CommitId>,
    /// Or why it is not what a link has to be: it has two parents, or a file that it may not have.
    pub content: Result<Signed, String>,
}

/// `event.json` and `event.sig`, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub statement: Vec<u8>,
    pub signature: Vec<u8>,
}
