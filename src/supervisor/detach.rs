use std::process::{Child, Command, Stdio};

use camino::Utf8Path;

use super::{RunLock, SupervisorError};

/// A supervisor that was started. Its child handle tells how it ended to whoever waits for it.
#[derive(Debug)]
pub struct Started {
    pub child: Child,
}

/// Starts `greenroom <arguments>` as the process that drives a run. It holds the lock from the first instant, and
/// has no terminal: what it says goes to `log`.
pub fn start(arguments: &[String], lock: &RunLock, log: &Utf8Path) -> Result<Started, SupervisorError> {
    let output = || std::fs::File::options().create(true).append(true).open(log);
    let spawn = || {
        Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(lock.hand_down()?)
            .stdout(Stdio::from(output()?))
            .stderr(Stdio::from(output()?))
            .spawn()
    };
    spawn().map(|child| Started { child }).map_err(SupervisorError::Start)
}

/// Leaves the session of whoever started this process: no ctrl-c, ctrl-z or hang-up of a terminal reaches it.
pub fn own_session() -> Result<(), SupervisorError> {
    rustix::process::setsid().map(|_| ()).map_err(|e| SupervisorError::Start(e.into()))
}
