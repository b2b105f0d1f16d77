use std::sync::Arc;

use camino::Utf8PathBuf;
use indexmap::IndexMap;
use jiff::Timestamp;

use super::graph::Act;
use super::world::{Dead, Fact, World};
use crate::domain::{
    EventKind, Manifest, Name, Node, NodeId, RunEvent, Scope, Template, TemplateError, Templates, Value,
};
use crate::engine::{
    AttemptDirs, AttemptFacts, Clock, Frame, Journal, LakeRead, LogSink, Logs, RunStore, StoreError,
};

/// A store, a journal and a clock that do what they are asked.
pub struct Office {
    pub world: Arc<World>,
    /// A folder for the few files that the engine writes itself.
    pub scratch: Utf8PathBuf,
}

impl From<Dead> for StoreError {
    fn from(_: Dead) -> Self {
        Self::Io { what: "killed".into(), source: std::io::ErrorKind::Interrupted.into() }
    }
}

impl RunStore for Office {
    fn begin(&self, node: &NodeId, attempt: u32, _adopt: bool) -> Result<AttemptDirs, StoreError> {
        let dir = self.scratch.join(format!("{node}.{attempt}"));
        let at = |name: &str| dir.join(name);
        Ok(self.world.call(|_| AttemptDirs {
            output: at("output"),
            home: at("home"),
            tmp: at("tmp"),
            launch: at("launch"),
        })?)
    }

    fn freeze_catalog(&self, _dirs: &AttemptDirs) -> Result<LakeRead, StoreError> {
        Ok(LakeRead::default())
    }

    fn reserve(&self, node: &NodeId) -> Result<Utf8PathBuf, StoreError> {
        Ok(self.scratch.join(node.to_string()))
    }

    fn usage(&self, _: &NodeId, _: u32) -> u64 {
        0
    }

    fn seal(&self, node: &Node, _dirs: &AttemptDirs, facts: &AttemptFacts) -> Result<Manifest, StoreError> {
        let act = self.world.state().acts.get(&(node.id.clone(), facts.attempt)).copied();
        if matches!(act, Some(Act::BadOutput(_))) {
            return Err(StoreError::BadOutput("it may not be".into()));
        }
        let manifest = Manifest {
            greenroom: 1,
            token: self.world.plan.token,
            node: node.id.clone(),
            attempt: facts.attempt,
            started_at: facts.exit.started_at,
            finished_at: facts.exit.finished_at,
            exit_code: facts.exit.code,
            peak_memory_bytes: None,
            image: String::new(),
            outputs: IndexMap::new(),
            files: vec![],
            empty: vec![],
            reads: vec![],
            writes: Default::default(),
            taken_from: None,
            log_complete: facts.log_complete,
        };
        Ok(self.world.call(|state| {
            let earlier = state.manifests.insert(node.id.clone(), manifest.clone());
            assert!(earlier.is_none(), "{} is sealed twice", node.id);
            manifest
        })?)
    }

    fn doubts(&self, node: &Node) -> Vec<String> {
        vec![format!("what {} left is odd", node.id)]
    }

    fn give_up(&self) {}

    fn take(&self, _node: &Node) -> Result<Manifest, StoreError> {
        unreachable!("no step here is another run's")
    }

    fn discard(&self, _node: &NodeId, _attempt: u32, _output: bool) -> Result<(), StoreError> {
        Ok(self.world.call(|_| ())?)
    }

    fn tidy(&self) -> Result<(), StoreError> {
        Ok(self.world.call(|_| ())?)
    }

    fn manifest(&self, node: &NodeId) -> Result<Option<Manifest>, StoreError> {
        Ok(self.world.call(|state| state.manifests.get(node).cloned())?)
    }
}

impl Journal for Office {
    fn append(&self, event: EventKind) -> Result<(), StoreError> {
        Ok(self.world.call(|state| {
            let event = RunEvent {
                seq: state.events.len() as u64,
                ts: state.clock(state.now()),
                token: self.world.plan.token,
                kind: event,
            };
            state.facts.push(Fact::Told(event.kind.clone()));
            state.events.push(event);
        })?)
    }
}

impl Clock for Office {
    fn now(&self) -> Timestamp {
        let state = self.world.state();
        state.clock(state.now())
    }
}

/// A log that is always whole.
struct Whole;

impl LogSink for Whole {
    fn write(&mut self, _frame: &Frame) {}

    fn finish(&mut self) -> bool {
        true
    }

    fn trouble(&mut self) -> Option<String> {
        None
    }
}

impl Logs for Office {
    fn open(&self, _node: &NodeId, _attempt: u32, _resume: bool) -> Result<Box<dyn LogSink>, StoreError> {
        Ok(Box::new(Whole))
    }

    fn masked(&self, text: &str) -> String {
        text.to_owned()
    }

    fn tail(&self, _node: &NodeId, _attempt: u32, _lines: usize) -> Vec<String> {
        vec![]
    }
}

impl Templates for Office {
    fn render(&self, template: &Template, _scope: &Scope) -> Result<Value, TemplateError> {
        Ok(Value::String(template.text.clone()))
    }

    fn holds(&self, condition: &Template, _scope: &Scope) -> Result<bool, TemplateError> {
        Ok(condition.text == "true")
    }

    fn names_status_of(&self, _condition: &Template) -> Vec<Name> {
        vec![]
    }

    fn names(&self, _condition: &Template) -> Vec<Name> {
        vec![]
    }

    fn params(&self, _template: &Template) -> Vec<Name> {
        vec![]
    }

    fn reads(&self, _template: &Template) -> Vec<(Name, Name)> {
        vec![]
    }
}
