use std::cell::RefCell;
use std::collections::HashMap;

use crate::cli::{UserError, Workspace};
use crate::domain::{Name, NodeId, Taken};
use crate::plan::Earlier;
use crate::store::{OwnRuns, Params, Recorded, Runs, named_with};

use super::history::{find_source, runs_of};
use super::remote::fetch_source;

/// Where the outputs of steps that are not run come from: the run that was named, or the newest with the
/// same parameters that has them.
pub struct EarlierRuns {
    runs: Runs,
    own: OwnRuns,
    name: Name,
    params: Params,
    named: Option<Recorded>,
    /// A step is asked for more than once, and its run must not change in between.
    known: RefCell<HashMap<NodeId, Option<Taken>>>,
}

impl EarlierRuns {
    pub fn of(
        workspace: &Workspace,
        name: &Name,
        params: Params,
        env: &str,
        inputs_from: Option<&str>,
    ) -> Result<Self, UserError> {
        let runs = runs_of(workspace, env)?;
        let named = inputs_from.map(|reference| find_source(&runs, reference)).transpose()?;
        if let Some(named) = &named
            && named.run.name != *name
        {
            let told = format!("run {} is one of {}, not of {name}", named.run.token.short(), named.run.name);
            return Err(UserError::wrong(told).to_do(format!("name a run of {name}, such as {name}@last")));
        }
        named.as_ref().map(fetch_source).transpose()?;
        let own = OwnRuns::of_user();
        Ok(Self { runs, own, name: name.clone(), params, named, known: RefCell::default() })
    }
}

impl Earlier for EarlierRuns {
    fn with(&self, node: &NodeId) -> Option<Taken> {
        let mut known = self.known.borrow_mut();
        let look = || match &self.named {
            Some(named) => named_with(&named.path, named.run.token, node),
            None => self.runs.newest_with(&self.own, &self.name, &self.params, node),
        };
        known.entry(node.clone()).or_insert_with(look).clone()
    }

    fn named(&self) -> Option<String> {
        self.named.as_ref().map(|named| named.run.token.short())
    }
}
