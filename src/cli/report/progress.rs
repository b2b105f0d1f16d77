use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::{Ink, Look, terminal_width};
use crate::domain::show_duration;
use crate::domain::text::{safe, truncate, width};

/// Something that takes more than a second and is no run: a build, a pull, an install. Shown on stderr, so that what a
/// command answers stays clean.
pub struct Progress {
    what: String,
    started: Instant,
    look: Look,
    sink: Sink,
}

enum Sink {
    /// One line that is drawn over.
    Live(ProgressBar),
    /// Every line as it comes.
    Lines(Box<dyn Write + Send>),
}

impl Progress {
    pub fn start(what: &str) -> Self {
        let look = Look::of_stderr(&stderr());
        match stderr().is_terminal() {
            true => Self::live(what, look, ProgressDrawTarget::stderr()),
            false => Self::lines(what, look, Box::new(stderr())),
        }
    }

    pub(super) fn live(what: &str, look: Look, target: ProgressDrawTarget) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ");
        let bar = ProgressBar::with_draw_target(None, target).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(100));
        let progress = Self::new(what, look, Sink::Live(bar));
        progress.draw("");
        progress
    }

    fn lines(what: &str, look: Look, output: Box<dyn Write + Send>) -> Self {
        let mut progress = Self::new(what, look, Sink::Lines(output));
        progress.print(&format!("{} …", safe(what)));
        progress
    }

    fn new(what: &str, look: Look, sink: Sink) -> Self {
        Self { what: what.to_owned(), started: Instant::now(), look, sink }
    }

    /// One line is drawn over, so that what comes is not in the way of what came.
    pub fn is_live(&self) -> bool {
        matches!(self.sink, Sink::Live(_))
    }

    /// What is being done has changed: `pulling debian:bookworm-slim` has become `bootstrapping …`.
    pub fn change(&mut self, what: &str) {
        self.what = what.to_owned();
        match &self.sink {
            Sink::Live(_) => self.draw(""),
            Sink::Lines(_) => self.print(&format!("{} …", safe(what))),
        }
    }

    /// A line of its output.
    pub fn line(&mut self, line: &str) {
        match &self.sink {
            Sink::Live(_) => self.draw(line),
            Sink::Lines(_) => self.print(&format!("  {}", safe(line))),
        }
    }

    pub fn done(self, told: &str) {
        self.end(Ink::Good, "✓", told);
    }

    /// The error that follows says why, with the last lines.
    pub fn fail(self, told: &str) {
        self.end(Ink::Bad, "✗", told);
    }

    fn end(mut self, ink: Ink, sign: &str, told: &str) {
        let took = show_duration(self.started.elapsed());
        let sign = self.look.paint(ink, sign);
        let told = if told.is_empty() { String::new() } else { format!(": {}", safe(told)) };
        let text =
            format!("{sign} {}{told} {}", safe(&self.what), self.look.paint(Ink::Dim, format!("({took})")));
        match &self.sink {
            Sink::Live(bar) => {
                bar.println(text);
                bar.finish_and_clear();
            }
            Sink::Lines(_) => self.print(&text),
        }
    }

    fn draw(&self, line: &str) {
        let Sink::Live(bar) = &self.sink else { return };
        let columns = terminal_width(&stderr()).min(self.look.width);
        let what = safe(&self.what);
        let line = safe(line);
        let room = columns.saturating_sub(width(&what) + 6);
        let message = match line.trim() {
            "" => what.into_owned(),
            line => format!("{what}  {}", self.look.paint(Ink::Dim, truncate(line, room))),
        };
        bar.set_message(message);
    }

    fn print(&mut self, text: &str) {
        if let Sink::Lines(output) = &mut self.sink {
            // Work goes on even when nobody can be told of it.
            let _ = writeln!(output, "{text}");
        }
    }
}

impl Drop for Progress {
    /// Given up on the way: an error says why elsewhere.
    fn drop(&mut self) {
        if let Sink::Live(bar) = &self.sink {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::InMemoryTerm;

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Times differ from run to run.
    fn without_times(text: &str) -> String {
        text.split("(0.").map(|part| part.split_once("s)").map_or(part, |(_, rest)| rest)).collect()
    }

    #[test]
    fn without_a_terminal_every_line_is_kept() {
        let shared = Shared::default();
        let mut progress = Progress::lines("building default", Look::PLAIN, Box::new(shared.clone()));
        progress.line("Step 1/4 : FROM debian");
        progress.line("\x1b[31mred\x07");
        progress.change("installing pip packages");
        progress.fail("pip exited with 1");
        let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        insta::assert_snapshot!(without_times(&text), @r#"
        building default …
          Step 1/4 : FROM debian
          ␛[31mred␇
        installing pip packages …
        ✗ installing pip packages: pip exited with 1
        "#);
    }

    #[test]
    fn a_failure_leaves_one_line() {
        let term = InMemoryTerm::new(30, 60);
        let target = ProgressDrawTarget::term_like(Box::new(term.clone()));
        let mut progress = Progress::live("building default", Look { width: 60, colour: false }, target);
        (1..=25).for_each(|number| progress.line(&format!("line {number}\x1b[2J")));
        progress.fail("");
        let text = term.contents();
        assert!(text.starts_with("✗ building default (") && text.lines().count() == 1, "{text}");
    }
}
