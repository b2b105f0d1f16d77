//! The workbench put together: the terminal, the model, and what carries out its effects.

mod clipboard;
mod config;
mod desk;
mod desktop;
mod editor;
mod foreground;
mod kept_query;
mod own;
mod pace;
mod pager;
mod runner;
mod shell;
mod signals;
mod tasks;
#[cfg(test)]
mod tests;
mod told;
mod trouble;
mod unsaved;

use std::io::{IsTerminal, stdin, stdout};

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use self::desktop::{desktop, open_on_desktop};

use self::config::Config;
use self::desk::Desk;
use super::{Exit, Invocation, Place, UserError};
use crate::app::{Model, TextBuffer, Trouble};
use crate::tui::Display;

/// Somebody sits before it, and there is a project to work on.
pub fn fits(invocation: &Invocation) -> bool {
    stdin().is_terminal() && stdout().is_terminal() && Place::find(invocation.project()).is_ok()
}

/// From the first frame until the person leaves.
pub async fn open(env: &str, invocation: &Invocation) -> Result<Exit, UserError> {
    let config = Config::read()?;
    let place = Place::find(invocation.project())?;
    let mut model = Model::new(env, &config.theme, Display::size(), Timestamp::now(), TimeZone::system());
    model.themes = config.theme_names();
    model.own.clone_from(&config.keymap.own);
    config.troubles.iter().cloned().for_each(|trouble| model.notices.wrong(trouble));
    model.artifacts.desktop = desktop(|name| std::env::var(name).ok());
    match kept_query::read(&place.root) {
        Ok(query) => model.lake.query = TextBuffer::of(&query.unwrap_or_default()),
        Err(error) => {
            let mut trouble = Trouble::new("the query that was kept cannot be read");
            trouble.why.push(error.to_string());
            trouble.todo.push(
                "it stays as it is in .greenroom/query.sql; what is typed now is kept beside it".to_owned(),
            );
            model.notices.wrong(trouble);
        }
    }
    // Where one would go on.
    model.lake.query.go_to(usize::MAX, usize::MAX);
    if let Some(trouble) = unsaved::kept(&place.root) {
        model.notices.wrong(trouble);
    }
    Desk::new(model, config, place, invocation.clone())?.work().await
}
