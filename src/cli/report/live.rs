use indexmap::IndexMap;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use super::live_line::live_line;
use super::narrator::{Detail, Narrator};
use super::quiet_echo::QuietEcho;
use super::{Reporter, RunFacts};
use crate::cli::output::tolerate_gone_reader;
use crate::cli::{Ink, Invocation, Look, UserError};
use crate::domain::text::safe;
use crate::domain::{NodeId, RunEvent};

/// For a terminal: one live line a running step below the lines that stay.
pub struct Live<'a> {
    narrator: Narrator<'a>,
    screen: MultiProgress,
    lines: IndexMap<NodeId, ProgressBar>,
    _quiet: Option<QuietEcho>,
}

impl<'a> Live<'a> {
    pub fn new(
        target: ProgressDrawTarget,
        facts: &'a dyn RunFacts,
        invocation: Invocation,
        look: Look,
    ) -> Self {
        Self {
            narrator: Narrator::new(facts, invocation, look, Detail::Ends),
            screen: MultiProgress::with_draw_target(target),
            lines: IndexMap::new(),
            _quiet: QuietEcho::start(),
        }
    }

    /// Gives every step that is under way a line, and takes it from those that are not.
    fn arrange(&mut self) {
        let nodes = &self.narrator.tally.nodes;
        let going = |id: &NodeId| nodes.get(id).is_some_and(|node| node.underway.is_some());
        self.lines.retain(|id, line| {
            let stays = going(id);
            if !stays {
                line.finish_and_clear();
                self.screen.remove(line);
            }
            stays
        });
        for id in nodes.keys().filter(|id| going(id)) {
            self.lines.entry(id.clone()).or_insert_with(|| {
                let bare = ProgressStyle::with_template("{msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner());
                self.screen.add(ProgressBar::no_length().with_style(bare))
            });
        }
    }

    fn print(&self, text: &str) -> Result<(), UserError> {
        match text.is_empty() {
            true => Ok(()),
            false => tolerate_gone_reader(self.screen.println(text.trim_end_matches('\n'))),
        }
    }
}

impl Reporter for Live<'_> {
    fn remember(&mut self, event: &RunEvent) {
        self.narrator.tally.add(event);
    }

    fn event(&mut self, event: &RunEvent) -> Result<(), UserError> {
        let text = self.narrator.tell(event);
        self.arrange();
        self.print(&text)?;
        self.tick(event.ts, self.narrator.look.width);
        Ok(())
    }

    fn tick(&mut self, now: Timestamp, width: usize) {
        self.narrator.look.width = width;
        let name_width = self.narrator.name_width();
        for (id, line) in &self.lines {
            let Some(node) = self.narrator.tally.nodes.get(id) else { continue };
            let Some(underway) = &node.underway else { continue };
            let last = self.narrator.facts().tail(id, node.attempts, 1).pop();
            let place = (now, name_width, &self.narrator.look);
            line.set_message(live_line(id, node.attempts, underway, last.as_deref(), place));
        }
    }

    fn note(&mut self, text: &str) -> Result<(), UserError> {
        self.print(&self.narrator.look.paint(Ink::Warn, safe(text)))
    }
}

impl Drop for Live<'_> {
    /// A reader that stops before the run ends leaves no half-drawn lines behind.
    fn drop(&mut self) {
        // Nothing can be done about a terminal that is gone.
        let _ = self.screen.clear();
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;
    use crate::cli::report::scene::{self, Scene};

    fn screen_after(events: &[RunEvent], width: u16) -> String {
        let term = InMemoryTerm::new(40, width);
        let target = ProgressDrawTarget::term_like(Box::new(term.clone()));
        let scene = Scene::default();
        let look = Look { width: width.into(), colour: false };
        let mut live = Live::new(target, &scene, Invocation::default(), look);
        events.iter().for_each(|event| live.event(event).unwrap());
        live.tick(scene::at(4.0), width.into());
        live.note("stopping; Ctrl-C again stops at once").unwrap();
        term.contents()
    }

    #[test]
    fn running_steps_have_a_line_below_what_ended() {
        insta::assert_snapshot!(screen_after(&scene::good_run()[..7], 80), @r#"
        daily_delays 1.0.0  run 3f2a in dev  day=2013-01-01
        ✓ flights_ready     1.2s
        stopping; Ctrl-C again stops at once
        ⠴ delays            2.5s  KeyError: 'carrier'
        "#);
    }

    #[test]
    fn the_end_leaves_only_lines_that_stay() {
        insta::assert_snapshot!(screen_after(&scene::failed_run(), 80), @r#"
        daily_delays 1.0.0  run 3f2a in dev  day=2013-01-01
        ✓ flights_ready     1.2s
        ✓ delays            1.2s  delays.parquet  11.4 KiB, 1,045 rows
        ↻ report            1.2s  attempt 1 failed: exit code 1; again in 10s
        ! report                  cpu capped to 2
        ✗ report            2.5s  exit code 1
          │ Traceback (most recent call last):
          │   File "report.py", line 12
          │ KeyError: 'carrier'
          all of it: greenroom logs 3f2a report
        − publish                 skipped: report failed

           step           attempts  time    memory  made
        ✓  flights_ready         1  1.2s  90.0 MiB
        ✓  delays                1  1.2s  90.0 MiB  delays.parquet  11.4 KiB, 1,045 rows
        ✗  report                2  2.5s  90.0 MiB  exit code 1
        −  publish               −     −         −  skipped: report failed

        ✗ run 3f2a of daily_delays 1.0.0 failed after 15s: report failed
          files  /data/store/flights/dev/daily_delays/1.0.0/
                 01900000-0000-7000-8000-000000003f2a
          next   greenroom logs 3f2a report
                 greenroom run daily_delays --param day=2013-01-01 --from report
                 greenroom resume 3f2a
        stopping; Ctrl-C again stops at once
        "#);
    }

    #[test]
    fn a_terminal_made_narrower_is_kept_to() {
        let term = InMemoryTerm::new(10, 100);
        let target = ProgressDrawTarget::term_like(Box::new(term.clone()));
        let scene = Scene::default();
        let mut live = Live::new(target, &scene, Invocation::default(), Look { width: 100, colour: false });
        scene::good_run()[..7].iter().for_each(|event| live.event(event).unwrap());
        live.tick(scene::at(5.0), 30);
        let last = term.contents().lines().last().unwrap_or_default().to_owned();
        assert!(last.contains(" delays ") && last.chars().count() < 30, "{last}");
    }
}
