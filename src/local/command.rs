use std::collections::VecDeque;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;

use super::{Event, Progress};

const LAST_LINES: usize = 20;

/// A program of this machine that did not do what it was started for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// `exit code 100`, or why it could not be started.
    pub how: String,
    pub last_lines: Vec<String>,
}

/// Runs a program to its end; what it writes is reported line by line. It never gets to ask anything.
pub(super) async fn run_command(
    argv: &[String],
    env: &[(&str, &str)],
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let Some((program, arguments)) = argv.split_first() else { return Ok(()) };
    let mut child = Command::new(program)
        .args(arguments)
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Failure { how: error.to_string(), last_lines: Vec::new() })?;
    let (send, mut lines) = mpsc::channel(64);
    if let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) {
        tokio::spawn(pass_on(out, send.clone()));
        tokio::spawn(pass_on(err, send));
    }
    let mut last = VecDeque::new();
    while let Some(line) = lines.recv().await {
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(line.clone());
        progress.report(Event::Line(line));
    }
    let failure = |how: String| Failure { how, last_lines: last.into() };
    match child.wait().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failure(match status.code() {
            Some(code) => format!("exit code {code}"),
            None => status.to_string(),
        })),
        Err(error) => Err(failure(error.to_string())),
    }
}

async fn pass_on(stream: impl AsyncRead + Unpin, lines: mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    // A stream that breaks has nothing more to tell; how the program ended is told by itself.
    while let Ok(1..) = reader.read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        if !text.is_empty() && lines.send(text).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn both_streams_are_told_and_a_failure_has_its_last_lines() {
        let seen = Mutex::new(Vec::new());
        let note = |event: Event| {
            if let Event::Line(line) = event {
                seen.lock().unwrap().push(line);
            }
        };
        let argv = ["sh", "-c", "echo \"$WORD\"; seq 30 >&2; exit 4"].map(str::to_owned);
        let failure = run_command(&argv, &[("WORD", "hello")], &note).await.unwrap_err();
        assert_eq!(failure.how, "exit code 4");
        assert_eq!(failure.last_lines.len(), LAST_LINES);
        let seen = seen.into_inner().unwrap();
        assert!(seen.len() == 31 && seen.contains(&"hello".to_owned()), "{seen:?}");
        let missing = run_command(&["/nowhere/tool".to_owned()], &[], &|_| {}).await.unwrap_err();
        assert!(missing.how.contains("No such file"), "{missing:?}");
    }
}
