use std::sync::Arc;

use secrecy::SecretString;

use super::mask::Mask;
use super::neutralise::neutralise;
use super::sink::Sink;
use super::spool::{Lengths, Spool};
use crate::domain::{NodeId, RunLayout};
use crate::engine::{Clock, LogSink, Logs, StoreError};

/// The logs of one run.
pub struct RunLogs {
    layout: RunLayout,
    mask: Arc<Mask>,
    clock: Arc<dyn Clock>,
}

impl RunLogs {
    /// `secrets`: all that the run's steps may see.
    pub fn new(layout: RunLayout, secrets: &[SecretString], clock: Arc<dyn Clock>) -> Self {
        Self { layout, mask: Arc::new(Mask::new(secrets)), clock }
    }
}

impl Logs for RunLogs {
    /// Never fails: a log that cannot be opened is told as trouble by the sink, and the step goes on.
    fn open(&self, node: &NodeId, attempt: u32, resume: bool) -> Result<Box<dyn LogSink>, StoreError> {
        let path = self.layout.log(node, attempt);
        let spool = match resume {
            true => Spool::resume(&path),
            false => Spool::create(&path).map(|spool| (spool, Lengths::default())),
        };
        Ok(Box::new(Sink::new(Arc::clone(&self.mask), Arc::clone(&self.clock), spool)))
    }

    fn masked(&self, text: &str) -> String {
        self.mask.text(text)
    }

    fn tail(&self, node: &NodeId, attempt: u32, lines: usize) -> Vec<String> {
        let lines = super::tail(&self.layout.log(node, attempt), lines).unwrap_or_default();
        lines.iter().map(|line| neutralise(&line.text).into_owned()).collect()
    }
}
