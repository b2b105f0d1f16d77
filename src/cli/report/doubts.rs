use crate::domain::NodeId;

/// What of a run cannot be believed as it is told.
#[derive(Clone, Debug, Default)]
pub struct Doubts {
    /// This person did not start it here, or not like this.
    pub foreign: bool,
    /// Steps that succeeded, and why the record of what they made tells nothing any more.
    pub manifests: Vec<(NodeId, String)>,
}
