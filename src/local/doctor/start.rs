use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use camino::Utf8Path;
use tokio::time::{Instant, sleep};

use super::Host;
use crate::docker::connect;
use crate::local::bootstrap::on_path;
use crate::local::command::run_command;
use crate::local::{Event, LocalError, Progress};

/// For a service manager's engine, which may have to make its first state.
const SERVICE: Duration = Duration::from_secs(20);
const ALONE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(200);
const LOG: &str = "/var/log/greenroom-dockerd.log";

/// Starts the installed engine as this machine starts services; where nothing does (a container, a machine without
/// systemd), by itself in the background. Comes back when it answers.
pub(super) async fn start_engine(progress: &dyn Progress) -> Result<(), LocalError> {
    let argv: Vec<&str> = match Host::read().systemd {
        true => vec!["systemctl", "start", "docker"],
        false if on_path("service") && Utf8Path::new("/etc/init.d/docker").exists() => {
            vec!["service", "docker", "start"]
        }
        false => Vec::new(),
    };
    if !argv.is_empty() {
        let argv: Vec<String> = argv.into_iter().map(str::to_owned).collect();
        match run_command(&argv, &[], progress).await {
            Ok(()) => {
                if answers(SERVICE, &mut None).await.is_ok() {
                    return Ok(());
                }
            }
            Err(failure) => progress.report(Event::Line(format!("{}: {}", argv.join(" "), failure.how))),
        }
    }
    alone(progress).await
}

async fn alone(progress: &dyn Progress) -> Result<(), LocalError> {
    let log = fs_err::File::create(LOG).map_err(LocalError::io("cannot write the engine's log"))?;
    let log = log.into_parts().0;
    let err = log.try_clone().map_err(LocalError::io("cannot write the engine's log"))?;
    progress.report(Event::Line(format!("dockerd in the background, its log is {LOG}")));
    let child = Command::new("dockerd")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(err)
        // Its own group: a Ctrl-C here is not for it.
        .process_group(0)
        .spawn()
        .map_err(LocalError::io("cannot start dockerd"))?;
    answers(ALONE, &mut Some(child)).await.map_err(|how| {
        let text = fs_err::read_to_string(LOG).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(10)..].iter().map(|line| (*line).to_owned());
        LocalError::FixFailed { command: "dockerd".to_owned(), how, last_lines: last.collect() }
    })
}

/// Waits for an engine, or for the end of the one that was started.
async fn answers(limit: Duration, child: &mut Option<Child>) -> Result<(), String> {
    let since = Instant::now();
    loop {
        let problem = match connect().await {
            Ok(_) => return Ok(()),
            Err(error) => error.to_string(),
        };
        if let Some(Ok(Some(status))) = child.as_mut().map(Child::try_wait) {
            return Err(format!("it ended: {status}"));
        }
        if since.elapsed() > limit {
            return Err(format!("no answer after {} s: {problem}", limit.as_secs()));
        }
        sleep(PAUSE).await;
    }
}
