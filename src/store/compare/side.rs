use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::Timestamp;

use super::super::altered::altered;
use super::super::events::read_events;
use super::super::figures::{Outputs, figures};
use super::super::kept::manifests;
use super::super::record::read_plan;
use super::super::recorded::Recorded;
use super::maker::Makers;
use crate::domain::compare::{ComparedRun, StepOutcome};
use crate::domain::{
    Digest, EventKind, Manifest, Node, NodeId, Plan, Run, RunEvent, RunFigures, RunLayout, Status, Tally,
};

/// One of two runs, as far as it can be read.
pub(super) struct Side<'a> {
    pub(super) run: &'a Run,
    pub(super) layout: RunLayout,
    pub(super) makers: Makers,
    plan: Option<Plan>,
    tally: Tally,
    events: Vec<RunEvent>,
    manifests: BTreeMap<NodeId, Manifest>,
    /// None: they are not known.
    pub(super) figures: Option<RunFigures>,
    /// What its events tell of its steps is all there is.
    is_told: bool,
    /// What of it cannot be read, and why.
    pub(super) doubts: Vec<String>,
}

impl<'a> Side<'a> {
    pub(super) fn read(recorded: &'a Recorded) -> Self {
        let (run, layout) = (&recorded.run, RunLayout::at(&recorded.path));
        let mut doubts = Vec::new();
        let mut doubt = |why: String| doubts.push(format!("run {}: {why}", run.token.short()));
        let mut plan =
            read_plan(&layout).map_err(|error| doubt(format!("its plan is not known: {error}"))).ok();
        if plan.as_ref().is_some_and(|plan| plan.token != run.token) {
            doubt("its plan is that of another run".to_owned());
            plan = None;
        }
        let read = read_events(&layout, run.token);
        let mut is_told = read.is_ok();
        let events = read.unwrap_or_else(|error| {
            doubt(format!("what its steps did is not known: {error}"));
            Vec::new()
        });
        let ends = |event: &RunEvent| matches!(event.kind, EventKind::RunFinished { .. });
        if is_told && run.finished_at.is_some() && !events.last().is_some_and(ends) {
            doubt("its events.jsonl was cut: its end is not in it".to_owned());
            is_told = false;
        }
        let kept = manifests(&layout, run.token);
        let none_is_known = kept.is_err();
        let kept = kept.unwrap_or_else(|error| {
            doubt(format!("what its steps made is not known: {error}"));
            Vec::new()
        });
        let mut broken = BTreeSet::new();
        let kept = kept.into_iter().filter_map(|(node, manifest)| match manifest {
            Ok(manifest) => Some((node, manifest)),
            Err(error) => {
                doubt(format!("what step {node} made is not known: {error}"));
                broken.insert(node);
                None
            }
        });
        let manifests: BTreeMap<NodeId, Manifest> = kept.collect();
        let figures = figures(&layout, run.token, Outputs::Held).ok().filter(|_| plan.is_some());
        let without_figures: Vec<&String> = figures.iter().flat_map(|figures| &figures.altered).collect();
        let told_already = |node: &NodeId| {
            let of_node = format!("{node}.");
            none_is_known
                || broken.contains(node)
                || without_figures.iter().any(|output| output.starts_with(&of_node))
        };
        let changed = altered(&layout, run.token, &events);
        let changed = changed.into_iter().filter(|(node, _)| !told_already(node));
        doubts.extend(changed.map(|(node, why)| format!("run {}, step {node}: {why}", run.token.short())));
        for output in without_figures {
            doubts.push(format!(
                "run {}: {output} was changed after it was made: what it says counts for nothing",
                run.token.short()
            ));
        }
        let mut tally = plan.as_ref().map(Tally::of_plan).unwrap_or_default();
        events.iter().for_each(|event| tally.add(event));
        tally.stand(run.status, run.finished_at.unwrap_or(run.started_at));
        let makers = Makers::of(recorded);
        Self { run, layout, makers, plan, tally, events, manifests, figures, is_told, doubts }
    }

    pub(super) fn compared(&self) -> ComparedRun {
        ComparedRun::of(self.run)
    }

    /// The digest of all files that it could see.
    pub(super) fn tree(&self) -> Option<&Digest> {
        self.plan.as_ref().map(|plan| &plan.tree)
    }

    /// Its plan could be read.
    pub(super) fn is_planned(&self) -> bool {
        self.plan.is_some()
    }

    /// Its steps, each after what it needs; without a plan by their names.
    pub(super) fn nodes(&self) -> Vec<NodeId> {
        match &self.plan {
            Some(plan) => plan.nodes.iter().map(|node| node.id.clone()).collect(),
            None => self.manifests.keys().cloned().collect(),
        }
    }

    pub(super) fn node(&self, id: &NodeId) -> Option<&Node> {
        self.plan.as_ref()?.node(id)
    }

    pub(super) fn manifest(&self, id: &NodeId) -> Option<&Manifest> {
        self.manifests.get(id)
    }

    /// Those of a step, or of all its cells.
    pub(super) fn manifests_of(&self, step: &str) -> impl Iterator<Item = &Manifest> {
        self.manifests.values().filter(move |manifest| manifest.node.step.as_str() == step)
    }

    /// None: it has no such step.
    pub(super) fn outcome(&self, id: &NodeId) -> Option<StepOutcome> {
        let (tally, manifest) = (self.tally.nodes.get(id), self.manifests.get(id));
        // A step has succeeded if its manifest is there, whatever became of the events.
        let made = manifest.map(|_| Status::Succeeded);
        let status = made.or(tally.and_then(|tally| tally.status));
        let seconds = tally.filter(|tally| tally.attempts > 0).map(|tally| tally.seconds);
        (self.node(id).is_some() || manifest.is_some()).then(|| StepOutcome {
            status,
            seconds,
            peak_memory_bytes: tally.and_then(|tally| tally.peak_memory_bytes),
            taken_from: manifest.and_then(|manifest| manifest.taken_from),
        })
    }

    /// How a step ended can be known: its manifest is there, or its events are whole.
    pub(super) fn knows(&self, id: &NodeId) -> bool {
        self.is_told || self.manifests.contains_key(id)
    }

    pub(super) fn params(&self) -> Vec<(String, String)> {
        params(self.plan.as_ref(), self.run)
    }

    /// Image → its tag and the beginning of its id.
    pub(super) fn images(&self) -> IndexMap<String, String> {
        let images = self.plan.iter().flat_map(|plan| &plan.images);
        images
            .map(|(name, image)| (name.to_string(), format!("{} {}", image.tag, short(&image.id))))
            .collect()
    }

    /// When it told that a step had succeeded.
    pub(super) fn told_at(&self, id: &NodeId) -> Timestamp {
        let told = self.events.iter().rev().find(|event| {
            matches!(event.kind, EventKind::StepFinished { .. }) && event.kind.node().as_ref() == Some(id)
        });
        told.map_or(Timestamp::MIN, |event| event.ts)
    }
}

/// What a run was run with, as its plan tells it, or its record.
pub(super) fn params(plan: Option<&Plan>, run: &Run) -> Vec<(String, String)> {
    match plan {
        Some(plan) => plan.params.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        None => run.typed_params().map(|(name, value)| (name.to_string(), value)).collect(),
    }
}

pub(super) fn short(id: &str) -> &str {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    id.get(..12).unwrap_or(id)
}
