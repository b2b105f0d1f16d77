use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};

use super::clipboard::copy;
use super::config::Config;
use super::desktop::open_on_desktop;
use super::editor::edit;
use super::foreground::suspend;
use super::kept_query;
use super::own::{run_command, run_own};
use super::pace::Pace;
use super::pager::page;
use super::runner::Runner;
use super::shell::shell;
use super::signals::{Sent, Signals};
use super::tasks::editor::inside;
use super::told::CommandLine;
use super::unsaved;
use crate::app::{Effect, Leave, Model, Msg, Trouble, update};
use crate::cli::{Exit, Invocation, Place, UserError};
use crate::tui::{Display, Highlight, Input, Inputs, Look};

/// Messages that are taken in before a frame is drawn, if they are there.
const BATCH: usize = 256;
/// Where something runs that shows its time.
const TICK: Duration = Duration::from_millis(250);

/// The one loop: input first, then what was answered, then a frame if anything has changed. Idle it waits for both and
/// for nothing else.
pub struct Desk {
    model: Model,
    config: Config,
    look: Look,
    /// Of the project.
    root: Utf8PathBuf,
    /// That of the lake's screen, as it was kept the last time.
    query: String,
    invocation: Invocation,
    runner: Runner,
    inbox: UnboundedReceiver<Msg>,
    /// What was typed has been kept.
    kept: bool,
}

impl Desk {
    pub fn new(
        model: Model,
        config: Config,
        place: Place,
        invocation: Invocation,
    ) -> Result<Self, UserError> {
        let theme = config.theme(&model.theme).cloned();
        let theme = theme.ok_or_else(|| UserError::wrong(format!("there is no theme `{}`", model.theme)))?;
        let called = invocation.clone();
        let look = Look {
            theme,
            keymap: config.keymap.clone(),
            command: Arc::new(move |words| called.command(words)),
            highlight: Highlight::default(),
            tell: Arc::new(CommandLine(invocation.clone())),
        };
        let (sender, inbox) = unbounded_channel();
        let root = place.root.clone();
        let runner = Runner::new(sender, place, invocation.clone(), model.env.clone());
        let query = model.lake.query.text();
        Ok(Self { model, config, look, root, query, invocation, runner, inbox, kept: false })
    }

    /// Until the person leaves, or the terminal goes.
    pub async fn work(mut self) -> Result<Exit, UserError> {
        let lost = |error: io::Error| UserError::from_error(Exit::NotReady, "the terminal is lost", &error);
        let mut display = Display::take(self.model.mouse).map_err(lost)?;
        let mut signals = Signals::listen().map_err(lost)?;
        let mut inputs = Inputs::listen();
        for effect in self.model.begin() {
            self.runner.run(effect);
        }
        let mut pace = Pace::default();
        let mut leaves = Vec::new();
        while !self.model.done {
            let moving = self.model.is_moving();
            tokio::select! {
                biased;
                input = inputs.next() => match input {
                    Some(input) => {
                        pace.pressed = true;
                        self.take_in(&mut leaves, self.message(input));
                    }
                    None => break,
                },
                sent = signals.next() => match sent {
                    Sent::End => break,
                    Sent::Suspend => leaves.push(Leave::Suspend),
                },
                Some(message) = self.inbox.recv() => self.take_in(&mut leaves, message),
                () = sleep_until(pace.next()), if pace.dirty => {}
                () = sleep(TICK), if moving && !pace.dirty => self.take_in(&mut leaves, Msg::Tick),
            }
            pace.dirty = true;
            self.runner.stir();
            // Input that is there already comes before everything else.
            for _ in 0..BATCH {
                // Nobody has seen yet what follows would be done to: it goes with the terminal.
                if !leaves.is_empty() {
                    break;
                }
                if let Ok(input) = inputs.at_hand() {
                    let message = self.message(input);
                    pace.pressed = true;
                    self.take_in(&mut leaves, message);
                } else if let Ok(message) = self.inbox.try_recv() {
                    self.take_in(&mut leaves, message);
                } else {
                    break;
                }
            }
            for leave in leaves.drain(..) {
                inputs.stop().await;
                drop(display);
                let left = self.leave(leave, &mut signals).await;
                if signals.told_to_end {
                    return Ok(self.close(&mut signals).await);
                }
                let size = Inputs::forget().map(|size| self.message(size));
                display = Display::take(self.model.mouse).map_err(lost)?;
                inputs = Inputs::listen();
                let message = left.map_or_else(Msg::Failed, |()| Msg::FilesChanged);
                for effect in [Msg::Back, message]
                    .into_iter()
                    .chain(size)
                    .flat_map(|message| update(&mut self.model, message))
                {
                    self.runner.run(effect);
                }
            }
            if pace.next() <= Instant::now() {
                self.draw(&mut display).map_err(lost)?;
                pace.drawn();
            }
        }
        // The terminal is given back first: nobody waits for what is tidied up.
        drop(display);
        Ok(self.close(&mut signals).await)
    }

    async fn close(mut self, signals: &mut Signals) -> Exit {
        // What is brought to its end may take longer than whoever ends this process waits.
        self.keep();
        self.runner.close(signals.hurry()).await;
        Exit::Done
    }

    fn message(&self, input: Input) -> Msg {
        match input {
            Input::Key(key) => self.look.keymap.message(&self.model, key),
            Input::Paste(text) => Msg::Paste(text),
            Input::Click { column, row } => Msg::Click { column, row },
            Input::Wheel { column, row, rows } => Msg::Wheel { column, row, rows },
            Input::Resized(size) => Msg::Resized(size),
        }
    }

    fn take_in(&mut self, leaves: &mut Vec<Leave>, message: Msg) {
        self.model.now = Timestamp::now();
        for effect in update(&mut self.model, message) {
            match effect {
                Effect::Leave(leave) => leaves.push(leave),
                Effect::Copy(text) => copy(&text),
                Effect::CopyCommand(command) => copy(&command.line(&*self.look.command)),
                Effect::Keep(theme) => {
                    if let Err(error) = self.config.keep_theme(&theme) {
                        self.model.notices.wrong(Trouble::new(format!("the theme is not kept: {error}")));
                    }
                }
                Effect::Open { program, root, below } => {
                    if let Err(trouble) = open_on_desktop(&program, &root, &below) {
                        self.model.notices.wrong(trouble);
                    }
                }
                effect => self.runner.run(effect),
            }
        }
    }

    /// Another program has the terminal until it ends.
    async fn leave(&self, leave: Leave, signals: &mut Signals) -> Result<(), Trouble> {
        match leave {
            Leave::Own { title, script, variables } => {
                run_own(&title, &script, variables, &self.root, signals).await
            }
            Leave::Command(words) => run_command(&self.invocation, &words, signals).await,
            Leave::Shell { inside, words } => shell(&self.invocation, &inside, &words, signals).await,
            Leave::Page { root, below } => page(&root, &below, signals).await,
            // A run may have told where, and have put a link there.
            Leave::Edit { file, line } => edit(&inside(&self.root, &file)?, line, signals).await,
            Leave::Suspend => suspend(),
        }
    }

    fn draw(&mut self, display: &mut Display) -> io::Result<()> {
        if let Some(theme) = self.config.theme(&self.model.theme) {
            self.look.theme = theme.clone();
        }
        let seen = display.draw(&self.model, &self.look)?;
        for effect in update(&mut self.model, Msg::Drawn(seen)) {
            self.runner.run(effect);
        }
        Ok(())
    }

    /// What was typed, unless the person has left it.
    fn keep(&mut self) {
        if std::mem::replace(&mut self.kept, true) {
            return;
        }
        if let Err(error) = kept_query::keep(&self.root, &self.query, &self.model.lake.query.text()) {
            let _ = writeln!(io::stderr(), "the query on the lake is not kept: {error}");
        }
        if !self.model.done
            && let Err(error) = unsaved::keep(&self.root, &self.model.editor)
        {
            let _ = writeln!(io::stderr(), "not all that was typed is kept: {error}");
        }
    }
}

impl Drop for Desk {
    /// However it ends, also by a panic.
    fn drop(&mut self) {
        self.keep();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Stage;
    use super::*;

    #[test]
    fn what_is_typed_is_kept_when_it_panics() {
        let mut stage = Stage::new(80, 24, "dark");
        stage.open("workflows/daily_delays.yaml").work().type_in("# typed ");
        let root = stage.root();
        let place = Place { root: root.clone() };
        let config = Config::read().unwrap();
        let desk = Desk::new(stage.model.clone(), config, place, Invocation::default()).unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _desk = desk;
            panic!("it went wrong");
        }));
        assert!(panicked.is_err());
        let kept = root.join(".greenroom/unsaved/workflows/daily_delays.yaml");
        assert!(fs_err::read_to_string(kept).unwrap().contains("# typed "));
    }
}
