use std::collections::VecDeque;
use std::io::{self, Write};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::foreground::wait;
use super::signals::Signals;
use crate::app::Trouble;
use crate::cli::{Exit, Invocation};
use crate::domain::text::safe;

/// Lines of what it complained of that are kept.
const LAST_LINES: usize = 10;

/// A shell in a step or an image, until it is left: its command in a process of its own, which reads the terminal until
/// its very end.
pub async fn shell(
    invocation: &Invocation,
    inside: &str,
    words: &[String],
    signals: &mut Signals,
) -> Result<(), Trouble> {
    let unopened = |why: String| {
        let mut trouble = Trouble::new(format!("the shell in {inside} cannot be opened"));
        trouble.why.push(why);
        trouble.todo.push(invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>()));
        trouble
    };
    let program = std::env::current_exe().map_err(|error| unopened(error.to_string()))?;
    let mut command = Command::new(program);
    command.args(words);
    command.args(invocation.project().iter().flat_map(|project| ["--project", project.as_str()]));
    // The shell itself writes to standard output alone: what comes here is of what is done before it opens.
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(|error| unopened(error.to_string()))?;
    let complaints = child.stderr.take().map(|stream| tokio::spawn(show(stream)));
    let status = wait(child, signals).await.map_err(|error| unopened(error.to_string()))?;
    let complaints = match complaints {
        Some(complaints) if !signals.told_to_end => complaints.await.unwrap_or_default(),
        _ => Vec::new(),
    };
    // How the last command typed into it ended is that command's affair.
    let opened = [Exit::Done, Exit::Failed].iter().any(|exit| status.code() == Some(exit.code().into()));
    if opened { Ok(()) } else { Err(unopened(complaints.join("\n"))) }
}

/// On the terminal too: building an image takes its time.
async fn show(stream: impl AsyncRead + Unpin) -> Vec<String> {
    let mut last = VecDeque::new();
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = safe(String::from_utf8_lossy(&line).trim_end()).into_owned();
        let _ = writeln!(io::stderr(), "{line}");
        last.push_back(line);
        if last.len() > LAST_LINES {
            last.pop_front();
        }
    }
    last.into()
}
