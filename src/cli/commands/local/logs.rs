use std::io::{self, Write};

use futures_util::StreamExt;
use serde_json::json;

use super::Local;
use crate::cli::args::LocalLogs;
use crate::cli::local_error::local_error;
use crate::cli::{Exit, UserError};
use crate::domain::Name;
use crate::domain::text::json_safe;
use crate::local::{self, LocalError};
use crate::logs::{Line, LiveLines, neutralise};

pub async fn run(asked: &LocalLogs, local: &Local<'_>) -> Result<Exit, UserError> {
    let told = |error: LocalError| local_error(&error, local.site.project, local.invocation);
    let mut frames =
        local::service_log(local.site, &asked.service, None, asked.follow).await.map_err(told)?;
    let mut lines = LiveLines::default();
    while let Some(frame) = frames.next().await {
        let ended = lines.push(&frame.map_err(told)?);
        if !show(&asked.service, &ended, local.output.json)? {
            return Ok(Exit::Done);
        }
    }
    show(&asked.service, &lines.finish(), local.output.json)?;
    Ok(Exit::Done)
}

/// False: nobody reads any more.
fn show(service: &Name, lines: &[Line], as_json: bool) -> Result<bool, UserError> {
    let mut text = String::new();
    for line in lines {
        text += &match as_json {
            true => {
                let line = json!({"service": service, "stream": stream(line), "line": line.text});
                format!("{}\n", json_safe(&line.to_string()))
            }
            false => format!("{}\n", neutralise(&line.text)),
        };
    }
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(UserError::from_error(Exit::NotReady, "cannot write to standard output", &error)),
    }
}

fn stream(line: &Line) -> Option<&'static str> {
    line.stream.map(|stream| match stream {
        crate::engine::Stream::Stdout => "stdout",
        crate::engine::Stream::Stderr => "stderr",
    })
}
