use std::sync::Arc;

use futures_util::FutureExt;

use super::super::runner::{Around, Teller};
use crate::app::{Answer, News, PastRun, Trouble};
use crate::cli::stage::{fetch_source, find, runs_of, why_imported};
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{RunLayout, Token};
use crate::engine::StoreError;
use crate::store::{self, Events};

/// Events that are told at once.
const BATCH: usize = 1000;

/// A run from its beginning, and on as long as somebody drives it.
pub async fn follow(around: &Around, token: Token, teller: &Teller) -> Result<Answer, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let recorded = find(&runs_of(&workspace, &around.env)?, &token.to_string())?;
    fetch_source(&recorded)?;
    let layout = RunLayout::at(&recorded.path);
    let unread = |error| unread(token, &error);
    let plan = store::read_plan(&layout).map_err(unread)?;
    let foreign = why_imported(&layout);
    let run = PastRun { run: Arc::new(recorded.run), path: recorded.path, foreign };
    teller.tell(News::Run { run, plan: Arc::new(plan) });
    let mut events = Events::open(&layout, token);
    while let Some(event) = events.next().await.map_err(unread)? {
        let mut batch = vec![event];
        while batch.len() < BATCH
            && let Some(next) = events.next().now_or_never()
        {
            match next.map_err(unread)? {
                Some(event) => batch.push(event),
                None => break,
            }
        }
        teller.tell(News::Events(batch));
    }
    Ok(Answer::RunEnded)
}

pub(super) fn unread(token: Token, error: &StoreError) -> UserError {
    UserError::from_error(Exit::NotReady, format!("run {} cannot be shown", token.short()), error)
}
