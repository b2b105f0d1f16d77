use std::ffi::OsString;
use std::io::{BufRead, Write, stdin, stdout};
use std::process::Command;

use camino::Utf8Path;

use super::foreground::{ended, suspend, went_well};
use super::signals::{Sent, Signals};
use crate::app::Trouble;

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
    let ended = ended(command, signals).await;
    let ended = ended.map_err(|error| Trouble::new(format!("`{title}` cannot be started: {error}")))?;
    if !signals.told_to_end {
        let how = if went_well(ended) { "done" } else { "it failed" };
        let _ = writeln!(stdout(), "\n{how}; enter goes back to the workbench");
        entered(signals).await;
    }
    match went_well(ended) {
        true => Ok(()),
        false => Err(Trouble::new(format!("`{title}` ended with {ended}"))),
    }
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
