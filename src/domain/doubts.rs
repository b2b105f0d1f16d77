use indexmap::IndexMap;

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
    /// What of its record is not there.
    pub damage: Option<String>,
    /// Why nobody knows what its steps did.
    pub untold: Option<String>,
    /// Files were left out: they are many, or large.
    pub is_short: bool,
}

impl Doubts {
    /// A sentence each, but for where the run is from.
    pub fn told(&self) -> impl Iterator<Item = String> {
        let damage = self.damage.iter().map(|why| format!("it is damaged: {why}"));
        let untold = self.untold.iter().map(|why| format!("what its steps did is not known: {why}"));
        // What is so of many, as where a whole folder is gone, is told once.
        let mut by_reason: IndexMap<String, Vec<&NodeId>> = IndexMap::new();
        for (id, why) in self.of_steps() {
            by_reason.entry(why).or_default().push(id);
        }
        let told = by_reason.into_iter().map(|(why, ids)| {
            let ids: Vec<String> = ids.into_iter().map(NodeId::to_string).collect();
            format!("{}: {why}", ids.join(", "))
        });
        damage.chain(untold).chain(told)
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
        match (&self.damage, self.altered.is_empty()) {
            (Some(_), _) => Some("damaged"),
            (None, false) => Some("altered"),
            (None, true) => self.told().next().map(|_| "doubtful"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene::id;

    #[test]
    fn what_is_so_of_many_steps_is_told_once() {
        let gone = || "its manifest is not there any more".to_owned();
        let altered = vec![(id("a"), gone()), (id("b"), "`x` was changed".to_owned()), (id("c"), gone())];
        let doubts = Doubts { altered, ..Doubts::default() };
        let told: Vec<String> = doubts.told().collect();
        let what = "what it made is not what there is now";
        let expected = [
            format!("a, c: {what}: its manifest is not there any more"),
            format!("b: {what}: `x` was changed"),
        ];
        assert_eq!((told, doubts.word()), (expected.to_vec(), Some("altered")));
    }
}
