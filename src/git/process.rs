use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use rustix::process::{Pid, Signal, kill_process_group};

/// Whether a program that needs a password or a passphrase may ask for it on the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    Terminal,
    /// It has no terminal, and fails where neither an agent nor a credential helper answers.
    Never,
}

/// More is nothing that Greenroom asks for.
const LONGEST_ANSWER: u64 = 64 << 20;
const LONGEST_COMPLAINT: u64 = 64 << 10;
/// A remote that says nothing any more would be waited for as long as its connection is open. A clone of everything is
/// never asked for.
pub(super) const LONGEST: Duration = Duration::from_secs(10 * 60);

pub(super) struct Ended {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// Runs a program to its end. It reads and writes files: a connection that ssh keeps open for the next time holds on to
/// its streams, and a pipe would end only with that.
///
/// # Errors
/// [`io::ErrorKind::TimedOut`] where nobody can be asked and it takes longer than [`LONGEST`]; it is ended then, with
/// all that it has started.
pub(super) fn run(command: Command, input: &[u8], prompt: Prompt) -> io::Result<Ended> {
    run_within(LONGEST, command, input, prompt)
}

/// `limit`: instead of [`LONGEST`].
pub(super) fn run_within(
    limit: Duration,
    mut command: Command,
    input: &[u8],
    prompt: Prompt,
) -> io::Result<Ended> {
    let mut stdin = tempfile::tempfile()?;
    stdin.write_all(input)?;
    stdin.seek(SeekFrom::Start(0))?;
    let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(stdin).stdout(Stdio::from(stdout.try_clone()?)).stderr(Stdio::from(stderr.try_clone()?));
    let status = match prompt {
        Prompt::Terminal => command.status()?,
        // Without a session of its own it would find the terminal, whatever its streams are.
        Prompt::Never => {
            let mut child = CommandWrap::from(command).wrap(ProcessSession).spawn()?;
            wait_within(limit, &mut *child)?
        }
    };
    let stdout = start_of(stdout, LONGEST_ANSWER + 1)?;
    if stdout.len() as u64 > LONGEST_ANSWER {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Ended { status, stdout, stderr: start_of(stderr, LONGEST_COMPLAINT)? })
}

/// `child` leads a group of its own.
fn wait_within(limit: Duration, child: &mut dyn ChildWrapper) -> io::Result<ExitStatus> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let (ended, end) = channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let late = end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if let Some(group) = group.filter(|_| late) {
                // It may have ended at this very moment.
                let _ = kill_process_group(group, Signal::KILL);
            }
            late
        });
        let status = child.wait();
        drop(ended);
        match watch.join() {
            Ok(true) => Err(io::ErrorKind::TimedOut.into()),
            _ => status,
        }
    })
}

fn start_of(mut file: std::fs::File, bytes: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut start = Vec::new();
    file.take(bytes).read_to_end(&mut start)?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn shell(script: &str, input: &[u8], prompt: Prompt) -> io::Result<Ended> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, input, prompt)
    }

    #[test]
    fn what_it_leaves_running_is_not_waited_for() {
        let started = Instant::now();
        let ended = shell("cat; echo wrong >&2; sleep 60 & exit 3", b"given", Prompt::Never).unwrap();
        assert!(started.elapsed() < Duration::from_secs(30));
        assert_eq!(
            (ended.status.code(), &*ended.stdout, &*ended.stderr),
            (Some(3), &b"given"[..], &b"wrong\n"[..])
        );
    }

    #[test]
    fn it_has_a_terminal_only_where_it_may_ask() {
        let leads_its_own_group = |prompt| {
            let told = shell("echo $$; ps -o pgid= -p $$", b"", prompt).unwrap().stdout;
            let told = String::from_utf8(told).unwrap();
            let [process, group] = told.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{told}") };
            process == group
        };
        assert!(!leads_its_own_group(Prompt::Terminal) && leads_its_own_group(Prompt::Never));
    }

    #[test]
    fn what_never_answers_is_ended_with_all_that_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & wait"]);
        let error = run_within(Duration::from_millis(50), command, b"", Prompt::Never).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn an_answer_without_end_is_an_error_and_a_complaint_is_cut() {
        let error = shell("head -c 70000000 /dev/zero", b"", Prompt::Never).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        let ended = shell("head -c 1000000 /dev/zero >&2", b"", Prompt::Never).unwrap();
        assert_eq!(ended.stderr.len() as u64, LONGEST_COMPLAINT);
    }
}
