//! What is asked and done, one kind a file; each goes through the calls that the command line makes.

mod alike;
pub(super) mod artifacts;
mod changes;
mod check;
mod compare;
mod deed;
mod doubts;
pub(super) mod editor;
mod follow;
mod health;
mod lake;
mod load;
mod local;
mod log;
mod marks;
mod metrics;
pub(super) mod project;
mod reads;
pub(super) mod review;
mod runs;
mod sought;
mod step;
mod watch;

pub use deed::deed;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::runner::{Around, Teller};
use crate::app::{Answer, Ask, News, Trouble};

pub async fn answer(
    around: Around,
    ask: Ask,
    teller: Teller,
    stop: CancellationToken,
) -> Result<Answer, Trouble> {
    match ask {
        Ask::Project => project::project(&around).map(|project| Answer::Project(Box::new(project))),
        Ask::Runs => runs::runs(&around).await.map(Answer::Runs),
        Ask::RunsOnceEnded(running) => {
            runs::until_one_ends(&running).await;
            runs::runs(&around).await.map(Answer::Runs)
        }
        Ask::Alike(touched) => alike::alike(&around, touched, &stop).map(Answer::Alike),
        Ask::Doubts(token) => doubts::doubts(&around, token, &stop).await,
        Ask::Sought(query) => sought::sought(&around, query),
        Ask::Watch => watch::watch(&around, &teller).await,
        Ask::Changes { then, now } => {
            changes::changes(&around, then, now).map(|files| Answer::Changes { then, now, files })
        }
        Ask::Compare { old, new } => {
            compare::compare(&around, old, new, stop).map(|found| Answer::Compared(Arc::new(found)))
        }
        Ask::Check(asked) => Ok(check::check(&around, asked).await),
        Ask::Metrics(of) => metrics::metrics(&around, of.as_deref(), &teller).await,
        Ask::Lake(ask) => lake::ask(&around, ask, &teller).await,
        Ask::Health => health::health(&around, &teller).await,
        Ask::Run(token) => follow::follow(&around, token, &teller).await,
        Ask::Log(ask) => log::window(&ask),
        Ask::LogLength { run, node, attempt } => log::lengths(&run, &node, attempt, &teller).await,
        Ask::LogSearch { run, node, attempt, wanted, from } => {
            log::search(&run, &node, attempt, &wanted, from, &teller, &stop)
        }
        Ask::Load(of) => load::load(&around, &of, &teller).await,
        Ask::Local(ask) => local::local(&around, ask, &teller).await,
        Ask::Artifacts { root, ask } => artifacts::artifacts(&around, root, &ask, &teller, &stop),
        Ask::Tracks { fetch } => {
            let tell = |look| {
                let _ = teller.tell(News::Tracks(look));
            };
            review::tracks(&around.place, fetch, &tell).map(Answer::Tracks)
        }
        Ask::Review(track) => {
            review::pause().await;
            review::review(&around.place, &track).map(|look| Answer::Review(Box::new(look)))
        }
        Ask::Editor(ask) => {
            editor::pause(&ask).await;
            editor::answer(&around.place, ask)
        }
    }
}
