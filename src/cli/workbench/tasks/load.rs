use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::sleep;

use super::super::runner::{Around, Teller};
use crate::app::{Answer, LoadOf, News, Trouble};
use crate::cli::Machine;
use crate::engine::container_name;

/// A container that is not there yet comes soon; one that has ended is asked for only until that is known.
const AGAIN: Duration = Duration::from_secs(1);

/// What a container uses, as long as somebody wants to know: also when the engine goes and comes back meanwhile.
pub async fn load(around: &Around, of: &LoadOf, teller: &Teller) -> Result<Answer, Trouble> {
    let container = match of {
        LoadOf::Container(id) => id.clone(),
        LoadOf::Attempt { run, node, attempt } => container_name(*run, node, *attempt),
    };
    loop {
        if let Ok(machine) = Machine::connect(&around.invocation).await {
            let mut usage = machine.engine.usage(&container);
            while let Some(Ok(usage)) = usage.next().await {
                if !teller.tell(News::Load(usage)) {
                    return Ok(Answer::LoadEnded);
                }
            }
        }
        sleep(AGAIN).await;
    }
}
