use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;

use crate::docker::Engine;

const LAST_LINES: usize = 20;
const ANSWER: Duration = Duration::from_secs(5);

/// What a service wrote last; nothing where the engine cannot tell: it goes with a problem that is told anyway.
pub(super) async fn last_lines(engine: &Engine, container: &str) -> Vec<String> {
    let mut log = engine.service_log(container, Some(LAST_LINES), false);
    let mut bytes = Vec::new();
    let read = async {
        while let Some(Ok(frame)) = log.next().await {
            bytes.extend_from_slice(&frame.bytes);
        }
    };
    let _as_far_as_it_came = timeout(ANSWER, read).await;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].iter().map(|line| (*line).to_owned()).collect()
}
