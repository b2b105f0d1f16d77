use std::collections::HashMap;

use super::{ArtifactsSlot, Ask, EditorSlot, Effect, LakeSlot, LocalSlot};

/// What is asked for, one at a time of each: a new question makes the answer to the one before worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Project,
    Runs,
    /// Which of the workflows that were written to are as their runs had them.
    Alike,
    Health,
    Watch,
    /// The run that is followed.
    Run,
    Log,
    LogLength,
    LogSearch,
    Changes,
    /// What cannot be believed of the run that is looked at.
    Doubts,
    /// Which runs fit the criteria that are typed.
    Sought,
    Metrics,
    Compare,
    Lake(LakeSlot),
    /// What a container uses.
    Load,
    Local(LocalSlot),
    Artifacts(ArtifactsSlot),
    Editor(EditorSlot),
    Tracks,
    /// The package that is reviewed.
    Review,
}

/// Which question of each slot is the last, and which wait for an answer.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    slots: HashMap<Slot, Task>,
}

#[derive(Clone, Debug, Default)]
struct Task {
    generation: u64,
    /// Of the last question.
    subject: String,
    waits: bool,
}

impl Tasks {
    pub fn ask(&mut self, slot: Slot, ask: Ask) -> Effect {
        let task = self.slots.entry(slot).or_default();
        task.generation += 1;
        task.subject = ask.subject();
        task.waits = true;
        Effect::Ask { slot, generation: task.generation, ask }
    }

    /// Nobody wants the answer any more.
    pub fn forget(&mut self, slot: Slot) -> Effect {
        let task = self.slots.entry(slot).or_default();
        task.generation += 1;
        task.waits = false;
        Effect::Forget(slot)
    }

    /// Whether an answer is to the last question of its slot.
    pub fn is_current(&self, slot: Slot, generation: u64) -> bool {
        self.slots.get(&slot).is_some_and(|task| task.generation == generation)
    }

    /// Of what the last question of a slot asks.
    pub fn subject(&self, slot: Slot) -> &str {
        self.slots.get(&slot).map_or("", |task| task.subject.as_str())
    }

    /// The last answer has come.
    pub fn done(&mut self, slot: Slot) {
        if let Some(task) = self.slots.get_mut(&slot) {
            task.waits = false;
        }
    }

    pub fn waits(&self, slot: Slot) -> bool {
        self.slots.get(&slot).is_some_and(|task| task.waits)
    }
}
