//! A made-up run for the tests of this room.

use camino::Utf8Path;

use super::{RunFacts, RunRow};
pub use crate::domain::scene::*;
use crate::domain::{NodeId, Plan, Run, Status};

pub struct Scene {
    pub plan: Plan,
    pub tail: Vec<String>,
    pub figures: Vec<(String, String)>,
}

impl Default for Scene {
    fn default() -> Self {
        let tail =
            ["Traceback (most recent call last):", "  File \"report.py\", line 12", "KeyError: 'carrier'"];
        Self { plan: plan(), tail: tail.map(str::to_owned).to_vec(), figures: Vec::new() }
    }
}

impl RunFacts for Scene {
    fn plan(&self) -> &Plan {
        &self.plan
    }
    fn record(&self) -> Option<Run> {
        Some(run(Status::Running))
    }
    fn figures(&self) -> Vec<(String, String)> {
        self.figures.clone()
    }
    fn tail(&self, _node: &NodeId, _attempt: u32, lines: usize) -> Vec<String> {
        self.tail[self.tail.len().saturating_sub(lines)..].to_vec()
    }
    fn source(&self, file: &Utf8Path) -> Option<String> {
        (file == "sql/delays.sql").then(|| "select carier,\n  avg(delay)\nfrom lake.flights\n".to_owned())
    }
}

pub fn run_row(status: Status) -> RunRow {
    let path = "/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a".into();
    let found = crate::store::Recorded { run: run(status), path, supervisor_pid: None };
    RunRow { status, ..RunRow::from(found) }
}
