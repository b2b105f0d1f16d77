use std::io;

use camino::Utf8Path;
use indicatif::ProgressDrawTarget;
use jiff::Timestamp;

use super::{Json, Live, Plain};
use crate::cli::{Invocation, Output, UserError};
use crate::domain::{NodeId, Plan, Run, RunEvent};

/// What a reporter may ask about a run beside its events.
pub trait RunFacts: Send + Sync {
    fn plan(&self) -> &Plan;
    /// As a person names it in a command.
    fn run(&self) -> String {
        self.plan().token.short()
    }
    /// What is on record of it; None where that cannot be read.
    fn record(&self) -> Option<Run>;
    /// Those of its own figures that tell how good it is, each with its value.
    fn figures(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    /// What of its own figures is not as its workflow asks, a sentence each.
    fn unmet(&self) -> Vec<String> {
        Vec::new()
    }
    /// The last lines of an attempt's log, without their newlines; they may hold anything.
    fn tail(&self, node: &NodeId, attempt: u32, lines: usize) -> Vec<String>;
    /// A file of the project as this run sees it; None where it has none of that name. The path comes from a step.
    fn source(&self, file: &Utf8Path) -> Option<String>;
}

/// Follows the events of one run, as they happen or years later.
pub trait Reporter {
    fn event(&mut self, event: &RunEvent) -> Result<(), UserError>;
    /// Of an earlier life of the run: counts, and is not shown again.
    fn remember(&mut self, _event: &RunEvent) {}
    /// To be called a few times a second, so that what runs can be seen to run. `width` is the terminal's now.
    fn tick(&mut self, _now: Timestamp, _width: usize) {}
    /// Something for a person that is no event, such as what Ctrl-C did.
    fn note(&mut self, text: &str) -> Result<(), UserError>;
}

/// The one that fits where the output goes.
pub fn reporter<'a>(
    output: &Output,
    facts: &'a dyn RunFacts,
    invocation: Invocation,
) -> Box<dyn Reporter + 'a> {
    match output {
        Output { json: true, .. } => Box::new(Json::new(io::stdout())),
        Output { live: true, look, .. } => {
            Box::new(Live::new(ProgressDrawTarget::stdout(), facts, invocation, *look))
        }
        Output { look, .. } => Box::new(Plain::new(io::stdout(), facts, invocation, *look)),
    }
}
