use std::collections::HashSet;

use super::{RunRef, Runs};
use crate::domain::{NodeId, RunLayout, Token};
use crate::store::{Origin, OwnRuns, Recorded, is_fetched, recorded};

/// Who made what a run has: a run that took it over has not.
#[derive(Clone, Debug)]
pub enum Maker {
    /// A run that this person started here. `unchanged`: forks and sweeps alone have handed it on, which take over
    /// what their other parameters do not change.
    Own { run: Box<Recorded>, unchanged: bool },
    /// One whose record is not there any more, or that lies in the environment's bucket; all that handed it on were
    /// started here.
    Unjudged,
    /// It is this run's, or came through it, which nobody here has started: what such a run says of where it has
    /// something from proves nothing.
    Foreign(Token),
}

impl Runs {
    /// Follows a node's outputs to the run that made them, by the plans of those that took them over.
    pub fn maker(&self, own: &OwnRuns, layout: &RunLayout, token: Token, node: &NodeId) -> Maker {
        let (mut layout, mut token, mut seen) = (layout.clone(), token, HashSet::new());
        let mut unchanged = true;
        while seen.insert(token) {
            let Ok(run) = recorded(&layout) else {
                return if own.started(token) { Maker::Unjudged } else { Maker::Foreign(token) };
            };
            // What lies in the environment's bucket is of those who may write there.
            if is_fetched(&layout) {
                return Maker::Unjudged;
            }
            let Ok((plan, Origin::Here)) = own.plan(&layout) else { return Maker::Foreign(token) };
            let Some(taken) = plan.node(node).and_then(|node| node.taken.as_ref()) else {
                return Maker::Own { run: Box::new(run), unchanged };
            };
            unchanged &= run.run.forked_from == Some(taken.token);
            token = taken.token;
            layout = match self.find(&RunRef::Token(token)) {
                Ok(found) => RunLayout::at(&found.path),
                Err(_) => RunLayout::at(&taken.path),
            };
        }
        Maker::Foreign(token)
    }

    /// The run that nobody here has started and that something of these nodes came from, if there is one.
    pub fn foreign_maker(
        &self,
        own: &OwnRuns,
        layout: &RunLayout,
        token: Token,
        nodes: &[NodeId],
    ) -> Option<Token> {
        nodes.iter().find_map(|node| match self.maker(own, layout, token, node) {
            Maker::Foreign(token) => Some(token),
            Maker::Own { .. } | Maker::Unjudged => None,
        })
    }
}
