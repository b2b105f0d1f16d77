use super::NodeId;

/// What of a run cannot be believed as it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Why nobody knows what its steps did.
    pub untold: Option<String>,
    /// Files were left out: they are many, or large.
    pub is_short: bool,
}

impl Doubts {
    /// A sentence each, but for where the run is from.
    pub fn told(&self) -> impl Iterator<Item = String> {
        let untold = self.untold.iter().map(|why| format!("what its steps did is not known: {why}"));
        untold.chain(self.of_steps().map(|(id, why)| format!("{id}: {why}")))
    }

    /// The same of each step.
    pub fn of_steps(&self) -> impl Iterator<Item = (&NodeId, String)> {
        let altered = self
            .altered
            .iter()
            .map(|(id, why)| (id, format!("what it made is not what there is now: {why}")));
        let unrecorded =
            self.unrecorded.iter().map(|(id, why)| (id, format!("its record lacks what happened: {why}")));
        let cut = self.cut_logs.iter().map(|(id, attempt)| {
            let why = "is not as long as it was written: somebody changed it";
            (id, format!("the log of attempt {attempt} {why}"))
        });
        altered.chain(unrecorded).chain(cut)
    }

    /// In one word, but for where the run is from.
    pub fn word(&self) -> Option<&'static str> {
        match self.altered.is_empty() {
            false => Some("altered"),
            true => self.told().next().map(|_| "doubtful"),
        }
    }
}
