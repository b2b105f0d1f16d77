use indexmap::IndexMap;

use super::{Deed, Effect};
use crate::domain::Name;

/// Lines of what a job says that are kept.
const KEPT: usize = 1000;

/// A deed that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub deed: Deed,
    /// The last lines of what it said.
    pub lines: Vec<String>,
}

/// Deeds that are under way, in the order in which they began.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    next: u64,
    pub jobs: IndexMap<u64, Job>,
}

impl Jobs {
    pub fn start(&mut self, deed: Deed) -> Effect {
        let job = self.next;
        self.next += 1;
        self.jobs.insert(job, Job { deed: deed.clone(), lines: Vec::new() });
        Effect::Do { job, deed }
    }

    pub fn progress(&mut self, job: u64, line: String) {
        if let Some(job) = self.jobs.get_mut(&job) {
            job.lines.push(line);
            let spare = job.lines.len().saturating_sub(KEPT);
            job.lines.drain(..spare);
        }
    }

    pub fn end(&mut self, job: u64) -> Option<Job> {
        self.jobs.shift_remove(&job)
    }

    /// A run of this workflow is being started.
    pub fn starts(&self, workflow: &Name) -> bool {
        self.jobs.values().any(|job| matches!(&job.deed, Deed::Start(asked) if asked.name == *workflow))
    }

    /// The same is being done already.
    pub fn does(&self, deed: &Deed) -> bool {
        self.jobs.values().any(|job| job.deed == *deed)
    }
}
