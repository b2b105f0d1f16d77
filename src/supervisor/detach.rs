use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use camino::Utf8Path;
use rustix::io::Errno;
use rustix::process::{getsid, setpgid, setsid};

use super::{RunLock, SupervisorError};
use crate::disk::{Access, open_record};

/// A supervisor that was started. Its child handle tells how it ended to whoever waits for it.
#[derive(Debug)]
pub struct Started {
    pub child: Child,
}

/// Starts `greenroom <arguments>` as the process that drives a run. It holds the lock from the first instant, and
/// has no terminal: what it says goes to `log`.
pub fn start(arguments: &[String], lock: &RunLock, log: &Utf8Path) -> Result<Started, SupervisorError> {
    let output = || open_record(log, Access::Append);
    let spawn = || {
        Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(lock.hand_down()?)
            .stdout(Stdio::from(output()?))
            .stderr(Stdio::from(output()?))
            // Before it can leave the session by itself, a Ctrl-C or a terminal that closes at once would end it.
            .process_group(0)
            .spawn()
    };
    spawn().map(|child| Started { child }).map_err(SupervisorError::Start)
}

/// Leaves the session of whoever started this process: no ctrl-c, ctrl-z or hang-up of a terminal reaches it.
pub fn own_session() -> Result<(), SupervisorError> {
    let started = |error: Errno| SupervisorError::Start(error.into());
    match setsid() {
        // The leader of a group can begin no session: it joins the group that begun this one first.
        Err(Errno::PERM) => {}
        result => return result.map(|_| ()).map_err(started),
    }
    match getsid(None).and_then(|leader| setpgid(None, Some(leader))) {
        Ok(()) => setsid().map(|_| ()).map_err(started),
        // That is gone with its terminal, which has signalled its own group alone.
        Err(_) => Ok(()),
    }
}
