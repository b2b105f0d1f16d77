use super::Runs;
use super::earlier::{changed_file, has, passed_over, taken};
use crate::domain::{Name, NodeId, RunLayout, Status, Taken, Token, Version};
use crate::store::{Origin, OwnRuns, manifest, recorded};

/// What a run must be to feed another.
pub struct Wanted<'a> {
    pub name: &'a Name,
    /// Whether a run of this version will do.
    pub fits: &'a dyn Fn(Version) -> bool,
    /// What it has to have. The last of them it has to have made itself: a prediction has the model of an older training,
    /// and is not newer than the training that came between.
    pub nodes: &'a [NodeId],
    /// The error says why a run will not do, though it has made all of it.
    pub accept: &'a dyn Fn(&RunLayout) -> Result<(), String>,
}

const NEWEST: &str = "the newest success that fits";

/// Why no run will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// None of a version that fits has succeeded and made what is wanted.
    None,
    /// The newest that has, and why it was not accepted.
    Refused { token: Token, why: String },
    /// The newest that has, if nobody here had to have started it.
    Foreign { token: Token },
}

impl Runs {
    /// The newest success that will do, of those that this person started here.
    pub fn newest_fitting(&self, own: &OwnRuns, wanted: &Wanted<'_>) -> Result<Taken, Unfit> {
        let (found, _) = self.scan(Some(wanted.name));
        let mut refused: Option<(Token, String)> = None;
        let mut foreign = None;
        let mut changed: Option<(Token, String)> = None;
        for run in found.iter().filter(|run| (wanted.fits)(run.version)) {
            let layout = run.layout(self);
            let succeeded = recorded(&layout).is_ok_and(|found| found.run.status == Status::Succeeded);
            if !succeeded
                || wanted.nodes.iter().any(|node| !matches!(manifest(&layout, run.token, node), Ok(Some(_))))
                || !wanted.nodes.last().is_some_and(|node| made(&layout, run.token, node))
            {
                continue;
            }
            if !own.plan(&layout).is_ok_and(|(_, origin)| origin == Origin::Here)
                || self.foreign_maker(own, &layout, run.token, wanted.nodes).is_some()
            {
                foreign.get_or_insert(Unfit::Foreign { token: run.token });
                continue;
            }
            match (wanted.accept)(&layout) {
                Ok(()) => match (changed_file(&layout, run.token, wanted.nodes), changed) {
                    (None, changed) => {
                        // Whoever has made a newer one believes that it is used.
                        let changed = changed.map(|(newer, file)| passed_over(newer, &file));
                        let refused =
                            refused.map(|(newer, why)| format!("as the newer run {} {why}", newer.short()));
                        let chosen: Vec<String> =
                            [Some(NEWEST.to_owned()), refused, changed].into_iter().flatten().collect();
                        return Ok(taken(layout, run.token, &chosen.join(", ")));
                    }
                    (file, before) => changed = before.or(file.map(|file| (run.token, file))),
                },
                Err(why) => {
                    refused.get_or_insert((run.token, why));
                }
            }
        }
        let changed = changed
            .map(|(token, file)| (token, format!("has not what it made: {file} is gone or was changed")));
        let refused = refused.or(changed).map(|(token, why)| Unfit::Refused { token, why });
        Err(refused.or(foreign).unwrap_or(Unfit::None))
    }
}

fn made(layout: &RunLayout, token: Token, node: &NodeId) -> bool {
    matches!(manifest(layout, token, node), Ok(Some(manifest)) if manifest.taken_from.is_none())
}

/// One run for all of them.
pub fn has_all(layout: &RunLayout, token: Token, nodes: &[NodeId]) -> bool {
    nodes.iter().all(|node| has(layout, token, node))
}
