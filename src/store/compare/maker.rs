use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::kept::manifest;
use super::super::record::{read_plan, read_run};
use super::super::recorded::Recorded;
use super::side::{Side, params, short};
use super::steps::changes;
use crate::domain::compare::TakenOver;
use crate::domain::{Manifest, Node, NodeId, Plan, Run, RunLayout, Token};

/// A run takes over what another has taken over: so often that is followed.
const MOST: usize = 16;

/// Who made what the steps of a run left: it did by itself, or those did that it took something over from.
pub struct Makers {
    own: Rc<MakerRun>,
    /// None: it cannot be read.
    others: RefCell<HashMap<Token, Option<Rc<MakerRun>>>>,
}

/// A run that made something itself.
pub struct MakerRun {
    pub token: Token,
    pub layout: RunLayout,
    /// None: it cannot be read.
    pub plan: Option<Plan>,
    run: Run,
}

/// The run that made what a step left.
pub struct MadeBy {
    pub token: Token,
    /// None: it cannot be read.
    pub run: Option<Rc<MakerRun>>,
}

impl Makers {
    pub fn of(recorded: &Recorded) -> Self {
        let own = MakerRun::new(recorded.run.clone(), RunLayout::at(&recorded.path));
        Self { own: Rc::new(own), others: RefCell::default() }
    }

    /// The run whose steps these are.
    pub fn own(&self) -> &Rc<MakerRun> {
        &self.own
    }

    /// What is not there, the run itself has not made.
    pub fn of_step(&self, id: &NodeId) -> MadeBy {
        let mut maker = Rc::clone(&self.own);
        let mut taken = maker.manifest(id).and_then(|manifest| manifest.taken_from);
        for _ in 0..MOST {
            let Some(token) = taken else { break };
            let Some(found) = self.other(&maker, id, token) else { return MadeBy { token, run: None } };
            taken = found.manifest(id).and_then(|manifest| manifest.taken_from);
            maker = found;
        }
        MadeBy { token: maker.token, run: Some(maker) }
    }

    fn other(&self, from: &MakerRun, id: &NodeId, token: Token) -> Option<Rc<MakerRun>> {
        if let Some(known) = self.others.borrow().get(&token) {
            return known.clone();
        }
        let found = source(from, id, token).map(Rc::new);
        self.others.borrow_mut().insert(token, found.clone());
        found
    }
}

/// The run of this token, from which another took a step's outputs over, itself or through those that its plan names.
fn source(from: &MakerRun, id: &NodeId, token: Token) -> Option<MakerRun> {
    let next = |run: &MakerRun| Some(RunLayout::at(&run.node(id)?.taken.as_ref()?.path));
    let mut named = next(from);
    for _ in 0..MOST {
        let Some(run) = named.and_then(MakerRun::read) else { break };
        if run.token == token {
            return Some(run);
        }
        named = next(&run);
    }
    // A store that was moved as a whole has them side by side still.
    let beside = RunLayout::at(&from.layout.dir().parent()?.join(token.to_string()));
    MakerRun::read(beside).filter(|run| run.token == token)
}

impl MakerRun {
    fn new(run: Run, layout: RunLayout) -> Self {
        let plan = read_plan(&layout).ok().filter(|plan| plan.token == run.token);
        Self { token: run.token, layout, plan, run }
    }

    fn read(layout: RunLayout) -> Option<Self> {
        Some(Self::new(read_run(&layout).ok()?, layout))
    }

    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        self.plan.as_ref()?.node(id)
    }

    fn manifest(&self, id: &NodeId) -> Option<Manifest> {
        manifest(&self.layout, self.token, id).ok().flatten()
    }

    fn params(&self) -> Vec<(String, String)> {
        params(self.plan.as_ref(), &self.run)
    }

    pub(super) fn image_of(&self, node: &Node) -> Option<String> {
        let image = self.plan.as_ref()?.images.get(&node.image)?;
        Some(format!("{} {}", node.image, short(&image.id)))
    }

    /// A text of its plan without what is another in every run: its token, and the paths that hold it.
    pub(super) fn own(&self, text: &str) -> String {
        let plan = self.plan.as_ref().map(|plan| RunLayout::of("/".into(), plan));
        let inside = plan.as_ref().map_or_else(|| self.layout.inside(), |layout| layout.inside());
        text.replace(inside.as_str(), "/store/…").replace(&self.token.to_string(), "…")
    }
}

/// Who made what a step left in each of two runs; None: both made it themselves, or one has left nothing. `asked`: the
/// parameters that the step may ask for.
pub(super) fn taken_over(old: &Side, new: &Side, id: &NodeId, asked: &[String]) -> Option<TakenOver> {
    let taken = |side: &Side| side.manifest(id).map(|manifest| manifest.taken_from.is_some());
    if let (false, false) = (taken(old)?, taken(new)?) {
        return None;
    }
    let (first, second) = (old.makers.of_step(id), new.makers.of_step(id));
    let params = match (&first.run, &second.run) {
        (Some(first), Some(second)) => changes(&first.params(), &second.params()),
        _ => Vec::new(),
    };
    let other = |side: &Side, made: &MadeBy| (made.token != side.run.token).then_some(made.token);
    let counts = |name: &String| asked.contains(name);
    Some(TakenOver {
        same: first.token == second.token,
        old: other(old, &first),
        new: other(new, &second),
        params: params.into_iter().filter(|change| !change.is_same() && counts(&change.name)).collect(),
    })
}
