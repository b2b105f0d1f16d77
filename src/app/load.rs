use std::collections::VecDeque;

use super::{Ask, Effect, Model, Screen, Slot, Tab};
use crate::domain::{NodeId, Token, Underway, Usage};

/// Measurements that are kept: as many as the widest screen can show.
const KEPT: usize = 300;

/// Whose cores and memory are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadOf {
    /// A container's id.
    Container(String),
    Attempt {
        run: Token,
        node: NodeId,
        attempt: u32,
    },
}

/// What a container uses, measured about once a second while somebody looks.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// Who is measured now.
    measured: Option<LoadOf>,
    /// Whose measurements are here.
    of: Option<LoadOf>,
    samples: VecDeque<Usage>,
}

impl Load {
    /// Oldest first; empty where somebody else was measured last.
    pub fn samples(&self, of: &LoadOf) -> impl DoubleEndedIterator<Item = &Usage> + ExactSizeIterator {
        let theirs = if self.of.as_ref() == Some(of) { self.samples.len() } else { 0 };
        self.samples.iter().take(theirs)
    }

    pub(super) fn add(&mut self, usage: Usage) {
        self.samples.push_back(usage);
        let spare = self.samples.len().saturating_sub(KEPT);
        self.samples.drain(..spare);
    }
}

impl Model {
    /// The container that is looked at is measured, and no other.
    pub(super) fn sync_load(&mut self) -> Vec<Effect> {
        let wanted = match self.screen {
            _ if self.away => None,
            Screen::Local if !self.local.lost => self.service_load(),
            Screen::Workflow if self.workflow.tab == Tab::Machine => {
                self.step_load().filter(|_| self.step_runs())
            }
            _ => None,
        };
        if self.load.measured == wanted {
            return Vec::new();
        }
        self.load.measured.clone_from(&wanted);
        match wanted {
            None => vec![self.tasks.forget(Slot::Load)],
            Some(of) => {
                if self.load.of.as_ref() != Some(&of) {
                    self.load.samples.clear();
                    self.load.of = Some(of.clone());
                }
                vec![self.tasks.ask(Slot::Load, Ask::Load(of))]
            }
        }
    }

    /// Of the selected service.
    pub fn service_load(&self) -> Option<LoadOf> {
        let service = self.local_service().filter(|service| service.is_running())?;
        service.container.clone().map(LoadOf::Container)
    }

    /// Of the last attempt of the selected step.
    pub fn step_load(&self) -> Option<LoadOf> {
        let live = self.workflow.live.as_ref()?;
        let (node, tally) = live.node(self.workflow.node()?)?;
        let of = LoadOf::Attempt { run: live.past.run.token, node: node.id.clone(), attempt: tally.attempts };
        (tally.attempts > 0).then_some(of)
    }

    /// The selected step has a container that is at work.
    pub fn step_runs(&self) -> bool {
        let live = self.workflow.live.as_ref().filter(|live| !live.status().is_over());
        let tally = live.and_then(|live| Some(live.node(self.workflow.node()?)?.1));
        tally.is_some_and(|tally| matches!(tally.underway, Some(Underway::Running { .. })))
    }
}
