use std::io::{self, Read, Seek, SeekFrom};

use super::super::error::failed;
use super::line::{events, whole_length};
use crate::disk::{Access, LONGEST_RECORD, open_record, read_record, refuse_longer};
use crate::domain::{RunEvent, RunLayout, Token};
use crate::engine::StoreError;

/// Where the last event stands, at most; a line that is longer is looked for in the whole file.
const LAST_LOOK: u64 = 16 * 1024;

/// All events of a run so far. A torn last line is none; a run that has none has not begun.
pub fn read_events(layout: &RunLayout, token: Token) -> Result<Vec<RunEvent>, StoreError> {
    let path = layout.events();
    let text = match read_record(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("cannot read a run's events")(error)),
    };
    events(&path, &text[..whole_length(&text)], 0, token)
}

/// The last event, without reading those before it.
pub(in crate::store) fn last_event(layout: &RunLayout) -> Result<Option<RunEvent>, StoreError> {
    let wrong = || failed("cannot read a run's events");
    let mut file = match open_record(&layout.events(), Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong()(error)),
    };
    let length = file.metadata().map_err(wrong())?.len();
    refuse_longer(&layout.events(), length, LONGEST_RECORD).map_err(wrong())?;
    let mut look = LAST_LOOK;
    loop {
        let start = length.saturating_sub(look);
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(start)).map_err(wrong())?;
        file.read_to_end(&mut text).map_err(wrong())?;
        let whole = &text[..whole_length(&text)];
        let lines = whole.strip_suffix(b"\n").unwrap_or(whole);
        match lines.iter().rposition(|byte| *byte == b'\n') {
            Some(before) => return parse(layout, &lines[before + 1..]),
            None if start == 0 && lines.is_empty() => return Ok(None),
            None if start == 0 => return parse(layout, lines),
            None => look *= 16,
        }
    }

    fn parse(layout: &RunLayout, line: &[u8]) -> Result<Option<RunEvent>, StoreError> {
        let event = serde_json::from_slice(line).map_err(io::Error::from);
        event.map(Some).map_err(failed(format!("{} ends with a line that is no event", layout.events())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{journal, recorded_run, started, temp};
    use super::*;
    use crate::domain::EventKind;
    use crate::engine::Journal;

    #[test]
    fn the_last_event_is_found_behind_long_ones_and_before_a_torn_one() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        assert_eq!(last_event(&layout).unwrap(), None);
        let log = journal(&layout, token);
        for length in [0, 100_000, 10, 1_000_000] {
            log.append(EventKind::Warned {
                step: None,
                cell: None,
                message: "x".repeat(length),
                of_log: None,
            })
            .unwrap();
            let text = fs_err::read(layout.events()).unwrap();
            for torn in ["", "{\"event\":", "{\"event\":\n"] {
                fs_err::write(layout.events(), [&text, torn.as_bytes()].concat()).unwrap();
                let last = last_event(&layout).unwrap();
                assert_eq!(last.as_ref(), read_events(&layout, token).unwrap().last());
                assert!(
                    matches!(last.unwrap().kind, EventKind::Warned { message, .. } if message.len() == length)
                );
            }
            fs_err::write(layout.events(), text).unwrap();
        }
        log.append(started(true)).unwrap();
        assert_eq!(last_event(&layout).unwrap().unwrap().seq, 4);
    }

    #[test]
    fn garbage_is_told_with_its_line() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        journal(&layout, token).append(started(false)).unwrap();
        let text = fs_err::read_to_string(layout.events()).unwrap();
        fs_err::write(layout.events(), format!("{text}\0\u{1}garbage\n{text}")).unwrap();
        let error = read_events(&layout, token).unwrap_err().to_string();
        assert!(error.contains("events.jsonl, line 2"), "{error}");
    }
}
