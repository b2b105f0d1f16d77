use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::{Command, ExitStatus, Stdio};

use process_wrap::std::{CommandWrap, ProcessSession};

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

pub(super) struct Ended {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// Runs a program to its end. It reads and writes files: a connection that ssh keeps open for the next time holds on to
/// its streams, and a pipe would end only with that.
pub(super) fn run(mut command: Command, input: &[u8], prompt: Prompt) -> io::Result<Ended> {
    let mut stdin = tempfile::tempfile()?;
    stdin.write_all(input)?;
    stdin.seek(SeekFrom::Start(0))?;
    let (stdout, stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(stdin).stdout(Stdio::from(stdout.try_clone()?)).stderr(Stdio::from(stderr.try_clone()?));
    let status = match prompt {
        Prompt::Terminal => command.status()?,
        // Without a session of its own it would find the terminal, whatever its streams are.
        Prompt::Never => CommandWrap::from(command).wrap(ProcessSession).spawn()?.into_inner().wait()?,
    };
    let stdout = start_of(stdout, LONGEST_ANSWER + 1)?;
    if stdout.len() as u64 > LONGEST_ANSWER {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Ended { status, stdout, stderr: start_of(stderr, LONGEST_COMPLAINT)? })
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
    fn an_answer_without_end_is_an_error_and_a_complaint_is_cut() {
        let error = shell("head -c 70000000 /dev/zero", b"", Prompt::Never).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        let ended = shell("head -c 1000000 /dev/zero >&2", b"", Prompt::Never).unwrap();
        assert_eq!(ended.stderr.len() as u64, LONGEST_COMPLAINT);
    }
}
