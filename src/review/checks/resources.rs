use super::{MeasuredStep, Subject};
use crate::domain::figures::{count, counted, size};
use crate::domain::track::{Check, CheckStatus};
use crate::domain::{Memory, Name};

const STEP: u64 = 64 << 20;
/// A request that is so many times what is suggested keeps others out for nothing.
const MUCH: u64 = 4;

/// What is asked for is near what was needed.
pub(super) fn check(subject: &Subject<'_>, mut check: Check) -> Check {
    let (mut measured_any, mut ran_any) = (false, false);
    for workflow in &subject.asked {
        let (measured, runs) = subject.history.measured(&workflow.name);
        for step in workflow.steps.values() {
            let most = Most::of(&measured, &step.name);
            measured_any |= most.is_some();
            ran_any |= measured.iter().any(|one| one.step == step.name);
            let (cpu, memory) = (step.resources.requests.cpu, step.resources.requests.memory);
            let place = || subject.place_of(workflow, &step.name, &["resources", "requests"]);
            let took = match &most {
                Some(most) => most.told(runs),
                None => "; no run has measured it".to_owned(),
            };
            let wanted = most.as_ref().map(|most| most.suggested());
            let lacks: Vec<&str> = [(cpu.is_none(), "cpu"), (memory.is_none(), "memory")]
                .into_iter()
                .filter_map(|(lacks, what)| lacks.then_some(what))
                .collect();
            let name = format!("{}.{}", workflow.name, step.name);
            if !lacks.is_empty() {
                let what = format!("{name} asks for no {}{took}", lacks.join(" and no "));
                let cpu = cpu.map_or("500m".to_owned(), |cpu| cpu.to_string());
                let memory = memory.or(wanted).map_or("…".to_owned(), |memory| memory.to_string());
                let help = format!("resources: {{requests: {{cpu: {cpu}, memory: {memory}}}}}");
                check.find(CheckStatus::Warned, what, place(), help);
            }
            if let (Some(asked), Some(most), Some(wanted)) = (memory, &most, wanted)
                && (asked.0 < most.bytes || asked.0 > wanted.0.saturating_mul(MUCH))
            {
                let what = format!("{name} asks for {asked} of memory{took}");
                let help = format!("resources: {{requests: {{memory: {wanted}}}}}");
                check.find(CheckStatus::Warned, what, place(), help);
            }
        }
    }
    if !measured_any && ran_any && check.findings.is_empty() {
        // That they need little is known: what ends within a second holds nothing for long.
        let what = "each step ended before it could be measured".to_owned();
        check.find(CheckStatus::Warned, what, None, "see that what they ask for is little, too".to_owned());
        return check;
    }
    if !measured_any && check.findings.is_empty() {
        let help = "greenroom run measures them";
        return Check::not_checked(&check.id, &check.title, "no run has measured the steps", help);
    }
    check
}

/// The most that a step has needed.
struct Most<'m> {
    bytes: u64,
    of: &'m MeasuredStep,
}

impl<'m> Most<'m> {
    fn of(measured: &'m [MeasuredStep], step: &Name) -> Option<Self> {
        let of_step = measured.iter().filter(|one| one.step == *step);
        let known = of_step.filter_map(|of| of.peak_memory_bytes.map(|bytes| Self { bytes, of }));
        known.max_by_key(|most| most.bytes)
    }

    /// Half as much again, in steps that people write.
    fn suggested(&self) -> Memory {
        let wanted = self.bytes.saturating_add(self.bytes / 2).max(1);
        Memory(wanted.div_ceil(STEP).saturating_mul(STEP))
    }

    fn told(&self, runs: usize) -> String {
        let rows = self.of.rows.map_or(String::new(), |rows| format!(" on {} rows", count(rows)));
        let runs = counted(runs as u64, "run");
        format!("; it took {} at most{rows} ({runs} in {})", size(self.bytes), self.of.env)
    }
}
