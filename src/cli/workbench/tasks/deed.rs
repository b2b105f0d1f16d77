use super::super::runner::Around;
use super::follow::unread;
use super::{local, review, step};
use crate::app::{Deed, ForkRun, NoteRun, Outcome, StartRun, Trouble};
use crate::cli::args::{Cancel, Fork, Resume, Target};
use crate::cli::commands::{alias, cancel, note, resume};
use crate::cli::stage::{runs_of, start, start_fork};
use crate::cli::{UserError, Workspace};
use crate::local::Event;

/// Does it, to its end. `tell`: what is being done now; `warn`: what a person should know.
pub async fn deed(
    around: &Around,
    deed: Deed,
    tell: &(dyn Fn(String) + Send + Sync),
    warn: &(dyn Fn(&str) + Send + Sync),
) -> Result<Outcome, Trouble> {
    Ok(done(around, deed, tell, warn).await?)
}

async fn done(
    around: &Around,
    deed: Deed,
    tell: &(dyn Fn(String) + Send + Sync),
    warn: &(dyn Fn(&str) + Send + Sync),
) -> Result<Outcome, UserError> {
    let Around { place, invocation, env, .. } = around;
    let progress = |event| match event {
        Event::Started { what } => tell(what),
        Event::Line(line) => tell(line),
        Event::Done => {}
    };
    match deed {
        Deed::Local(deed) => local::deed(around, deed, tell, &progress).await.map(|()| Outcome::Done),
        Deed::Start(StartRun { name, params, use_case, inputs_from, from, only }) => {
            let workspace = Workspace::open(Some(&place.root))?;
            let params = params.into_iter().collect();
            let (name, env) = (name.to_string(), env.clone());
            let inputs_from = inputs_from.map(|run| run.to_string());
            let target = Target { name, params, use_case, from, only, inputs_from, env, base: None };
            let launched = start(&workspace, &target, None, &progress, warn, invocation).await?;
            Ok(Outcome::Run(launched.leave()))
        }
        Deed::Resume(token) => {
            let workspace = Workspace::open(Some(&place.root))?;
            let asked = Resume { run: token.to_string(), jobs: None, env: env.clone() };
            let mut launched = resume::go_on(&workspace, &asked, &progress, warn, invocation).await?;
            // Whoever reads it from its beginning would take the end of its earlier life for its end.
            let begun = launched.events.next().await;
            let token = launched.leave();
            begun.map_err(|error| unread(token, &error))?;
            Ok(Outcome::Run(token))
        }
        Deed::Fork(ForkRun { run, params, .. }) => {
            let workspace = Workspace::open(Some(&place.root))?;
            let asked = Fork {
                run: run.to_string(),
                params: params.into_iter().collect(),
                only: None,
                current_code: false,
                jobs: None,
                detach: true,
                env: env.clone(),
            };
            let launched = start_fork(&workspace, &asked, &progress, warn, invocation).await?;
            Ok(Outcome::Run(launched.leave()))
        }
        Deed::Cancel(token) => {
            let asked = Cancel { run: token.to_string(), env: env.clone() };
            cancel::stop(&asked, invocation).await.map(|_| Outcome::Done)
        }
        Deed::Review(said) => review::deed(place, &said, invocation, warn).map(|()| Outcome::Done),
        Deed::Note(NoteRun { run, text, pinned }) => {
            let workspace = Workspace::open(Some(&place.root))?;
            let said = note::write(&workspace, env, &run.to_string(), text, pinned)?;
            said.only_here.iter().for_each(|told| warn(told));
            Ok(Outcome::Done)
        }
        Deed::Alias { run, alias } => {
            let workspace = Workspace::open(Some(&place.root))?;
            let runs = runs_of(&workspace, env)?;
            alias::give(&workspace, env, &runs, (&run.to_string(), &alias)).map(|_| Outcome::Done)
        }
        Deed::MakeStep(made) => step::make(&Workspace::open(Some(&place.root))?, made).map(Outcome::Written),
        Deed::Save(save) => super::editor::save(&place.root, &save).map(|()| Outcome::Done),
    }
}
