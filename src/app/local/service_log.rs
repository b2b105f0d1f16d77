use super::{LocalAsk, LocalSlot};
use crate::app::{Ask, Effect, LogLine, LogView, Model, Screen, Slot, Trouble};
use crate::domain::Name;

/// Lines that are kept, and their bytes; older ones go.
const MOST_LINES: usize = 10_000;
const MOST_BYTES: usize = 8 << 20;
/// So many are let go at once, so that not every line moves all others.
const SLACK: usize = 1_000;

/// Which life of which service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLogOf {
    pub service: Name,
    /// Its container's id.
    container: String,
    running: bool,
}

/// The end of what a service wrote. It is the engine's, not ours: only what is kept here can be looked at.
#[derive(Clone, Debug, Default)]
pub struct ServiceLog {
    /// What is being read; None while nobody looks.
    of: Option<ServiceLogOf>,
    /// Whose lines are here.
    pub service: Option<Name>,
    pub view: LogView,
    bytes: usize,
    /// The lines that come take the place of those that are here.
    renewed: bool,
    /// Older lines have gone.
    pub cut: bool,
    /// Why it cannot be read.
    pub trouble: Option<Trouble>,
}

impl ServiceLog {
    pub(super) fn add(&mut self, more: Vec<LogLine>) {
        let lines = &mut self.view.window.lines;
        if std::mem::take(&mut self.renewed) {
            lines.clear();
            (self.bytes, self.cut) = (0, false);
            self.view.search.found.clear();
        }
        self.bytes += more.iter().map(|line| line.text.len()).sum::<usize>();
        let come = more.len();
        lines.extend(more);
        let (mut spare, mut bytes) = (0, self.bytes);
        while lines.len() - spare > MOST_LINES || bytes > MOST_BYTES {
            bytes -= lines[spare].text.len();
            spare += 1;
        }
        if spare > SLACK || bytes < self.bytes / 2 {
            lines.drain(..spare);
            (self.bytes, self.cut) = (bytes, true);
        }
        self.view.look_among(come);
    }

    fn open(&mut self, of: &ServiceLogOf) {
        if self.service.as_ref() != Some(&of.service) {
            self.view.open(None);
            self.view.window.from_start = true;
            self.view.window.to_end = true;
            self.service = Some(of.service.clone());
            (self.bytes, self.cut) = (0, false);
        }
        // Until the first lines come, those of its life before stay.
        self.renewed = true;
        self.trouble = None;
    }
}

impl Model {
    /// The log of the selected service is read as long as it is looked at, and from its beginning on when another
    /// container is at work.
    pub(in crate::app) fn sync_service_log(&mut self) -> Vec<Effect> {
        let is_seen = self.screen == Screen::Local && !self.local.lost && !self.away;
        let service = self.local_service().filter(|_| is_seen);
        let wanted = service.and_then(|service| {
            Some(ServiceLogOf {
                service: service.name.clone(),
                container: service.container.clone()?,
                running: service.is_running(),
            })
        });
        if self.local.log.of == wanted {
            return Vec::new();
        }
        self.local.log.of.clone_from(&wanted);
        let slot = Slot::Local(LocalSlot::Log);
        match wanted {
            None => vec![self.tasks.forget(slot)],
            Some(of) => {
                self.local.log.open(&of);
                vec![self.tasks.ask(slot, Ask::Local(LocalAsk::Log(of.service)))]
            }
        }
    }

    /// The log of the selected service, if it has one and any of it is here.
    pub fn local_log(&self) -> Option<&ServiceLog> {
        let service = self.local_service().filter(|service| service.container.is_some())?;
        (self.local.log.service.as_ref() == Some(&service.name)).then_some(&self.local.log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Wanted;

    fn lines(numbers: std::ops::Range<u64>, text: &str) -> Vec<LogLine> {
        let line = |offset| LogLine { offset, stderr: false, time: None, text: text.to_owned() };
        numbers.map(line).collect()
    }

    #[test]
    fn only_the_end_of_a_long_log_is_kept() {
        let mut log = ServiceLog::default();
        for start in (0..100_000).step_by(1_000) {
            log.add(lines(start..start + 1_000, "x"));
        }
        let kept = &log.view.window.lines;
        assert!(kept.len() <= MOST_LINES + SLACK && kept.len() >= MOST_LINES, "{}", kept.len());
        assert_eq!(kept.last().unwrap().offset, 99_999);
        assert!(log.cut);
    }

    /// As if all lines that are kept were looked at each time.
    #[test]
    fn what_is_looked_for_is_found_among_the_lines_that_are_here() {
        let mut log = ServiceLog::default();
        log.add(lines(0..10, "a needle"));
        log.view.look_for(Wanted::Text("needle".to_owned()));
        for start in (10..50_000).step_by(1_000) {
            log.add(lines(start..start + 999, "hay"));
            log.add(lines(start + 999..start + 1_000, "Needle"));
            let search = &log.view.search;
            let here = log.view.window.lines.iter().filter(|line| line.text != "hay");
            let here: Vec<u64> = here.map(|line| line.offset).collect();
            assert_eq!((&search.found, search.count), (&here, here.len()));
        }
        log.renewed = true;
        log.add(lines(0..3, "needle"));
        assert_eq!(log.view.search.found, [0, 1, 2]);
    }

    #[test]
    fn long_lines_are_counted_by_their_bytes() {
        let mut log = ServiceLog::default();
        let long = "x".repeat(16 << 10);
        for start in (0..4_000).step_by(100) {
            log.add(lines(start..start + 100, &long));
        }
        let bytes: usize = log.view.window.lines.iter().map(|line| line.text.len()).sum();
        assert!(bytes <= 2 * MOST_BYTES, "{bytes}");
        assert_eq!(log.bytes, bytes);
    }
}
