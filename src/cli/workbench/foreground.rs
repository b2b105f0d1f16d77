use std::ffi::OsStr;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, getpid, getppid, kill_process};
use tokio::process::Child;
use tokio::time::timeout;

use super::signals::{Sent, Signals};
use crate::app::Trouble;

/// So long a program that is told to end may tidy up; one that does not heed it is left to itself.
const HEED: Duration = Duration::from_secs(5);

/// The command that a person has named in one of these variables, else the first of the usual programs that is there.
pub fn chosen(variables: &[&str], usual: &[&str]) -> Option<String> {
    let named = variables.iter().filter_map(|name| std::env::var(name).ok());
    let named = named.map(|command| command.trim().to_owned()).find(|command| !command.is_empty());
    named.or_else(|| usual.iter().find(|program| is_there(program)).map(|program| (*program).to_owned()))
}

/// Another program has the terminal until it ends; `what` it is to the person.
pub async fn run(
    what: &str,
    command: &str,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    stdin: Stdio,
    signals: &mut Signals,
) -> Result<(), Trouble> {
    // A variable may hold a whole command line; a file's name never becomes a part of it.
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{command} \"$@\"")).arg("sh").args(args).stdin(stdin);
    match ended(shell, signals).await {
        Ok(status) if went_well(status) => Ok(()),
        Ok(status) => Err(Trouble::new(format!("the {what} `{command}` ended with {status}"))),
        Err(error) => Err(Trouble::new(format!("the {what} `{command}` cannot be started: {error}"))),
    }
}

/// One that the person has interrupted did as it was told.
pub fn went_well(status: ExitStatus) -> bool {
    status.success() || status.signal() == Some(Signal::INT.as_raw())
}

/// How it ends.
pub async fn ended(command: Command, signals: &mut Signals) -> io::Result<ExitStatus> {
    wait(tokio::process::Command::from(command).spawn()?, signals).await
}

/// How it ends. When it is suspended, with all that share the terminal, so is this process: the shell above would wait
/// for it otherwise. When this process is told to end, so is it.
pub async fn wait(mut child: Child, signals: &mut Signals) -> io::Result<ExitStatus> {
    loop {
        let sent = tokio::select! {
            ended = child.wait() => return ended,
            sent = signals.next() => sent,
        };
        let send = |signal| child.id().and_then(pid).map(|child| kill_process(child, signal));
        match sent {
            // Where nobody could bring it back, the other program goes on instead.
            Sent::Suspend => drop(suspend().is_err().then(|| send(Signal::CONT))),
            Sent::End => {
                // Some shells stay above what they were given; one that ended alone would leave it behind.
                for below in child.id().map(children).unwrap_or_default() {
                    kill_process(below, Signal::TERM).ok();
                }
                send(Signal::TERM);
                let ended = timeout(HEED, child.wait()).await;
                return ended.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            }
        }
    }
}

/// Stops this process until a shell continues it.
///
/// # Errors
/// No shell above it could.
pub fn suspend() -> Result<(), Trouble> {
    let watched = getppid().is_some_and(|parent| {
        let (ours, theirs) = (Job::of("self"), Job::of(&parent.as_raw_nonzero().to_string()));
        ours.zip(theirs)
            .is_some_and(|(ours, theirs)| ours.session == theirs.session && ours.group != theirs.group)
    });
    if !watched {
        return Err(Trouble::new("it cannot be suspended: no shell is there to bring it back"));
    }
    kill_process(getpid(), Signal::STOP)
        .map_err(|error| Trouble::new(format!("it cannot be suspended: {error}")))
}

/// What a shell calls by this name: the processes that it stops and continues as one.
struct Job {
    group: i32,
    session: i32,
}

impl Job {
    /// The system calls are not asked: rustix takes no 0 for an answer, which stands for one outside of a container.
    fn of(process: &str) -> Option<Self> {
        let stat = fs_err::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // proc_pid_stat(5): its name, which may hold anything, then its state, parent, group and session.
        let mut numbers = stat.rsplit_once(')')?.1.split_whitespace().skip(2).map(str::parse);
        Some(Self { group: numbers.next()?.ok()?, session: numbers.next()?.ok()? })
    }
}

fn children(process: u32) -> Vec<Pid> {
    let children = fs_err::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let children = children.unwrap_or_default();
    children.split_whitespace().filter_map(|child| child.parse().ok().and_then(pid)).collect()
}

fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

pub fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}
