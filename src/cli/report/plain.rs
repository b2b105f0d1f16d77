use std::io::Write;

use super::narrator::{Detail, Narrator};
use super::{Reporter, RunFacts};
use crate::cli::output::tolerate_gone_reader;
use crate::cli::{Invocation, Look, UserError};
use crate::domain::RunEvent;
use crate::domain::text::safe;

/// Plain lines, for a file, a pipe or the log of a CI: nothing is drawn over.
pub struct Plain<'a, W> {
    output: W,
    narrator: Narrator<'a>,
}

impl<'a, W: Write> Plain<'a, W> {
    pub fn new(output: W, facts: &'a dyn RunFacts, invocation: Invocation, look: Look) -> Self {
        Self { output, narrator: Narrator::new(facts, invocation, look, Detail::Everything) }
    }

    fn write(&mut self, text: &str) -> Result<(), UserError> {
        tolerate_gone_reader(self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush()))
    }
}

impl<W: Write> Reporter for Plain<'_, W> {
    fn remember(&mut self, event: &RunEvent) {
        self.narrator.tally.add(event);
    }

    fn event(&mut self, event: &RunEvent) -> Result<(), UserError> {
        let text = self.narrator.tell(event);
        self.write(&text)
    }

    fn note(&mut self, text: &str) -> Result<(), UserError> {
        self.write(&format!("{}\n", safe(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene::{self, Scene};
    use crate::domain::EventKind;

    fn told(events: &[RunEvent], width: usize) -> String {
        let scene = Scene::default();
        let look = Look { width, colour: false };
        let mut reporter = Plain::new(Vec::new(), &scene, Invocation::default(), look);
        events.iter().for_each(|event| reporter.event(event).unwrap());
        String::from_utf8(reporter.output).unwrap()
    }

    #[test]
    fn where_files_are_that_do_not_stay_is_not_told() {
        let scene = Scene::default();
        let passing = Invocation::default().passing();
        let mut reporter = Plain::new(Vec::new(), &scene, passing, Look { width: 100, colour: false });
        scene::good_run().iter().for_each(|event| reporter.event(event).unwrap());
        let told = String::from_utf8(reporter.output).unwrap();
        assert!(told.ends_with("succeeded after 4.4s\n") && !told.contains("/data/store"), "{told}");
    }

    #[test]
    fn a_run_that_succeeds_reads_from_top_to_bottom() {
        insta::assert_snapshot!(told(&scene::good_run(), Look::UNBOUNDED), @r#"
        daily_delays 1.0.0  run 3f2a in dev  day=2013-01-01
           0.1s  › flights_ready           started
           0.9s  · flights_ready           not yet (poll 1)
           1.4s  ✓ flights_ready     1.2s
           1.5s  › delays                  started
           2.8s  ✓ delays            1.2s  delays.parquet  11.4 KiB, 1,045 rows
           2.9s  › report                  started
           4.2s  ✓ report            1.2s  page 1.2 KiB, figures 1.6 KiB
           4.3s  − publish                 skipped: when is false

           step           attempts  time    memory  made
        ✓  flights_ready         1  1.2s  90.0 MiB
        ✓  delays                1  1.2s  90.0 MiB  delays.parquet  11.4 KiB, 1,045 rows
        ✓  report                1  1.2s  90.0 MiB  page → report.html  1.2 KiB
                                                    figures.csv  1.6 KiB, 45 rows
        −  publish               −     −         −  skipped: when is false

        ✓ run 3f2a of daily_delays 1.0.0 succeeded after 4.4s
          files  /data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a
          next   greenroom artifacts 3f2a
                 greenroom path 3f2a report.figures
        "#);
    }

    #[test]
    fn a_run_that_succeeds_tells_its_figures() {
        let figures = [("auc", "0.713"), ("log_loss", "0.41")];
        let figures = figures.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let scene = Scene { figures, ..Scene::default() };
        let told = |events: &[RunEvent]| {
            let mut reporter = Plain::new(Vec::new(), &scene, Invocation::default(), Look::PLAIN);
            events.iter().for_each(|event| reporter.event(event).unwrap());
            String::from_utf8(reporter.output).unwrap()
        };
        let good = told(&scene::good_run());
        assert!(
            good.contains(" succeeded after 4.4s\n  with   auc 0.713, log_loss 0.41\n  files  "),
            "{good}"
        );
        assert!(!told(&scene::failed_run()).contains("auc"));
    }

    #[test]
    fn a_run_that_fails_says_where_to_look() {
        insta::assert_snapshot!(told(&scene::failed_run(), 80), @r#"
        daily_delays 1.0.0  run 3f2a in dev  day=2013-01-01
           0.1s  › flights_ready           started
           0.9s  · flights_ready           not yet (poll 1)
           1.4s  ✓ flights_ready     1.2s
           1.5s  › delays                  started
           2.8s  ✓ delays            1.2s  delays.parquet  11.4 KiB, 1,045 rows
           2.9s  › report                  started
           4.2s  ↻ report            1.2s  attempt 1 failed: exit code 1; again in 10s
            14s  › report                  attempt 2 started
            14s  ! report                  cpu capped to 2
            15s  ✗ report            2.5s  exit code 1
          │ Traceback (most recent call last):
          │   File "report.py", line 12
          │ KeyError: 'carrier'
          all of it: greenroom logs 3f2a report
            15s  − publish                 skipped: report failed

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
        "#);
    }

    #[test]
    fn an_attempt_whose_end_is_not_on_record_was_interrupted() {
        let mut events = scene::good_run()[..6].to_vec();
        let mut lost = scene::failed_run().pop().unwrap();
        let EventKind::RunFinished { seconds, reason, .. } = &mut lost.kind else { panic!() };
        (*seconds, *reason) = (0.0, "cannot record".to_owned());
        lost.ts = scene::at(6.7);
        events.push(lost);
        let text = told(&events, 80);
        assert!(text.contains("!  delays                1  5.2s         −  interrupted"), "{text}");
        assert!(text.contains("failed after 6.7s: cannot record"), "{text}");
    }

    #[test]
    fn an_sql_error_is_shown_in_the_analysts_file() {
        insta::assert_snapshot!(told(&scene::sql_error_run(), 80), @r#"
        daily_delays 1.0.0  run 3f2a in dev  day=2013-01-01
           0.1s  › flights_ready           started
           0.9s  · flights_ready           not yet (poll 1)
           1.5s  › delays                  started
           2.8s  ✗ delays            1.2s  the query failed
        error: no column `carier` in lake.flights
         --> sql/delays.sql:1:8
          |
        1 | select carier,
          |        ^
          |
          = help: did you mean `carrier`?
          all of it: greenroom logs 3f2a delays
        "#);
    }

    #[test]
    fn nothing_hostile_gets_through() {
        let text = told(&scene::hostile_run(), 80);
        assert!(text.contains("␛]52;c;"), "{text}");
        for raw in ['\x1b', '\x07', '\u{202e}', '\u{9b}'] {
            assert!(!text.contains(raw), "{raw:?} in {text:?}");
        }
    }
}
