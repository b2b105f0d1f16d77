use super::NodeId;

/// What of a run cannot be believed as it is told.
#[derive(Clone, Debug, Default)]
pub struct Doubts {
    /// Why this person did not start it here, or not like this.
    pub foreign: Option<&'static str>,
    /// The archive that it came as, when and by whom.
    pub imported: Option<String>,
    /// Steps, and why what they made is not what there is now.
    pub altered: Vec<(NodeId, String)>,
    /// Steps of which there is what no event tells of.
    pub unrecorded: Vec<(NodeId, String)>,
    /// Steps, and the attempts whose log is not as long as its index says.
    pub cut_logs: Vec<(NodeId, u32)>,
}

impl Doubts {
    /// A sentence each, but for where the run is from.
    pub fn told(&self) -> impl Iterator<Item = String> {
        let altered = self
            .altered
            .iter()
            .map(|(id, why)| format!("{id}: what it made is not what there is now: {why}"));
        let unrecorded =
            self.unrecorded.iter().map(|(id, why)| format!("{id}: its record lacks what happened: {why}"));
        let cut = self.cut_logs.iter().map(|(id, attempt)| {
            format!(
                "{id}: the log of attempt {attempt} is not as long as it was written: somebody changed it"
            )
        });
        altered.chain(unrecorded).chain(cut)
    }
}
