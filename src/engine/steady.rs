use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ContainersError;

/// Asks again, at growing intervals, while the engine does not answer; gives up after `patience`, yet not after one
/// call, however long that took: an answer may be lost on its way.
///
/// An engine that restarts must not cost a run: what it was asked for is repeatable (create adopts by name, start
/// and remove of what is started or gone are no errors).
pub(super) async fn steady<T, F, Fut>(patience: Duration, mut ask: F) -> Result<T, ContainersError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, ContainersError>>,
{
    let deadline = Instant::now() + patience;
    let mut pause = Duration::from_millis(100);
    let mut first = true;
    loop {
        match ask().await {
            Err(ContainersError::Unreachable(_)) if first || Instant::now() + pause < deadline => {
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
                first = false;
            }
            answer => return answer,
        }
    }
}
