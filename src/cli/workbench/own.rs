use std::ffi::OsString;
use std::io::{self, BufRead, Write, stdin, stdout};
use std::process::{Command, ExitStatus};

use camino::Utf8Path;

use super::foreground::{ended, suspend, went_well};
use super::signals::{Sent, Signals};
use crate::app::Trouble;
use crate::cli::{Exit, Invocation};

/// A command of the person's own, in the project's folder, until it ends; what it said stays until enter is pressed.
pub async fn run_own(
    title: &str,
    script: &str,
    variables: Vec<(String, OsString)>,
    root: &Utf8Path,
    signals: &mut Signals,
) -> Result<(), Trouble> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).envs(variables).current_dir(root);
    until_entered(title, command, went_well, signals).await
}

/// The same of one of this program's own, in a process of its own.
pub async fn run_command(
    invocation: &Invocation,
    words: &[String],
    signals: &mut Signals,
) -> Result<(), Trouble> {
    let title = invocation.command(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let program = std::env::current_exe().map_err(|error| unstarted(&title, &error))?;
    let mut command = Command::new(program);
    command.args(words);
    command.args(invocation.project().iter().flat_map(|project| ["--project", project.as_str()]));
    // What it found, and that it was stopped, it has said itself.
    let told = |status: ExitStatus| {
        let known = [Exit::Done, Exit::Failed, Exit::Cancelled];
        went_well(status) || known.iter().any(|exit| status.code() == Some(exit.code().into()))
    };
    until_entered(&title, command, told, signals).await
}

async fn until_entered(
    title: &str,
    command: Command,
    is_well: impl Fn(ExitStatus) -> bool,
    signals: &mut Signals,
) -> Result<(), Trouble> {
    let ended = ended(command, signals).await.map_err(|error| unstarted(title, &error))?;
    if !signals.told_to_end {
        let how = if is_well(ended) { "done" } else { "it failed" };
        let _ = writeln!(stdout(), "\n{how}; enter goes back to the workbench");
        entered(signals).await;
    }
    match is_well(ended) {
        true => Ok(()),
        false => Err(Trouble::new(format!("`{title}` ended with {ended}"))),
    }
}

fn unstarted(title: &str, error: &io::Error) -> Trouble {
    Trouble::new(format!("`{title}` cannot be started: {error}"))
}

/// Until enter is pressed; whatever ends the input ends the waiting.
async fn entered(signals: &mut Signals) {
    let mut entered = tokio::task::spawn_blocking(|| stdin().lock().read_line(&mut String::new()));
    loop {
        tokio::select! {
            _ = &mut entered => return,
            sent = signals.next() => match sent {
                Sent::End => return,
                Sent::Suspend => drop(suspend()),
            },
        }
    }
}
