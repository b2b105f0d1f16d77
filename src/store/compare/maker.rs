use super::super::kept::manifests;
use super::super::record::{read_plan, read_run};
use super::side::{Side, params};
use super::steps::changes;
use crate::domain::compare::TakenOver;
use crate::domain::{Digest, NodeId, RunLayout, Token};

/// A run takes over what another has taken over: so often that is followed.
const MOST: usize = 16;

/// The run that made what a step left, and what it was run with.
struct Maker {
    token: Token,
    /// Of the files that it could see.
    tree: Option<Digest>,
    params: Option<Vec<(String, String)>>,
}

/// Who made what a step left in each of two runs; None: both made it themselves.
pub(super) fn taken_over(old: &Side, new: &Side, id: &NodeId) -> Option<TakenOver> {
    let taken = |side: &Side| side.manifest(id).is_some_and(|manifest| manifest.taken_from.is_some());
    if !taken(old) && !taken(new) {
        return None;
    }
    let (first, second) = (maker(old, id)?, maker(new, id)?);
    let other = |side: &Side, maker: &Maker| (maker.token != side.run.token).then_some(maker.token);
    let params = match (&first.params, &second.params) {
        (Some(first), Some(second)) => changes(first, second),
        _ => Vec::new(),
    };
    let own_code = |side: &Side, maker: &Maker| maker.tree.as_ref() == Some(&side.run.tree);
    Some(TakenOver {
        same_code: own_code(old, &first) && own_code(new, &second),
        same: first.token == second.token,
        old: other(old, &first),
        new: other(new, &second),
        params: params.into_iter().filter(|change| !change.is_same()).collect(),
    })
}

/// None: it left nothing.
fn maker(side: &Side, id: &NodeId) -> Option<Maker> {
    let mut maker =
        Maker { token: side.run.token, tree: Some(side.run.tree.clone()), params: Some(side.params()) };
    let mut taken = side.manifest(id)?.taken_from;
    let mut layout = side.layout.clone();
    for _ in 0..MOST {
        let Some(token) = taken else { break };
        let path = read_plan(&layout).ok().and_then(|plan| Some(plan.node(id)?.taken.as_ref()?.path.clone()));
        // A store that was moved as a whole has them side by side still.
        let beside = layout.dir().parent().map(|folder| folder.join(token.to_string()));
        let there = path.into_iter().chain(beside).map(|dir| RunLayout::at(&dir));
        let found = there
            .filter_map(|layout| Some((read_run(&layout).ok()?, layout)))
            .find(|(run, _)| run.token == token);
        let Some((run, at)) = found else { return Some(Maker { token, tree: None, params: None }) };
        let plan = read_plan(&at).ok();
        maker = Maker { token, params: Some(params(plan.as_ref(), &run)), tree: Some(run.tree) };
        let kept = manifests(&at, token).unwrap_or_default();
        let made = kept.into_iter().find(|(node, _)| node == id).and_then(|(_, manifest)| manifest.ok());
        (taken, layout) = (made.and_then(|manifest| manifest.taken_from), at);
    }
    Some(maker)
}
