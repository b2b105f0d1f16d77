use std::process::{Command, ExitStatus, Stdio};

use camino::Utf8Path;
use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

use super::{RunLock, SupervisorError};
use crate::disk::{Access, open_record};

/// A supervisor that was started.
#[derive(Debug)]
pub struct Started(Box<dyn ChildWrapper>);

impl Started {
    /// Until it has ended; tells how.
    pub fn wait(mut self) -> std::io::Result<ExitStatus> {
        self.0.wait()
    }
}

/// Starts `greenroom <arguments>` as the process that drives a run. It holds the lock from the first instant, and
/// has no terminal: what it says goes to `log`. It is in a session of its own before its first instruction, so that
/// no ctrl-c, ctrl-z or hang-up of the terminal ever reaches it.
pub fn start(arguments: &[String], lock: &RunLock, log: &Utf8Path) -> Result<Started, SupervisorError> {
    let output = || open_record(log, Access::Append);
    let spawn = || {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(arguments)
            .stdin(lock.hand_down()?)
            .stdout(Stdio::from(output()?))
            .stderr(Stdio::from(output()?));
        CommandWrap::from(command).wrap(ProcessSession).spawn()
    };
    // Waited for is the supervisor, not whatever else may come to be in its group.
    spawn().map(|child| Started(child.into_inner())).map_err(SupervisorError::Start)
}
