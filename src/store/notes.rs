use std::io::{self, Write};

use rustix::fs::{FlockOperation, flock};

use super::atomic_write::atomic_write;
use super::error::{failed, invalid};
use crate::disk::{Access, open_record, read_record};
use crate::domain::{Note, Notes, RunLayout};
use crate::engine::StoreError;

/// What was said of a run. A line that says nothing, such as a torn one, keeps the others from nobody.
pub fn read_notes(layout: &RunLayout) -> Result<Notes, StoreError> {
    let text = text(layout)?;
    Ok(Notes(lines(&text).filter_map(|line| serde_json::from_slice(line).ok()).collect()))
}

/// The same, for who lets runs go: a line that is torn may have been the one that counts, and is an error.
pub(super) fn read_whole_notes(layout: &RunLayout) -> Result<Notes, StoreError> {
    let torn = |error: serde_json::Error| {
        invalid(format!("a line of {} is no note", layout.notes()), error.to_string())
    };
    let text = text(layout)?;
    let notes = lines(&text).map(|line| serde_json::from_slice(line).map_err(torn));
    notes.collect::<Result<_, _>>().map(Notes)
}

fn text(layout: &RunLayout) -> Result<Vec<u8>, StoreError> {
    match read_record(&layout.notes()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(failed("cannot read a run's notes")),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty())
}

/// Adds a line. Two who do so at once both have theirs.
pub fn add_note(layout: &RunLayout, note: &Note) -> Result<(), StoreError> {
    let wrong = || failed(format!("cannot write {}", layout.notes()));
    let text = serde_json::to_vec(note).map_err(|error| wrong()(error.into()))?;
    // With what was written before: a last line that was cut short must not take this one along.
    let mut file = open_record(&layout.notes(), Access::Append).map_err(wrong())?;
    flock(&file, FlockOperation::LockExclusive).map_err(|error| wrong()(error.into()))?;
    let before = read_record(&layout.notes()).map_err(wrong())?;
    let torn = before.last().is_some_and(|byte| *byte != b'\n');
    let line = [if torn { &b"\n"[..] } else { b"" }, &text, b"\n"].concat();
    file.write_all(&line).and_then(|()| file.sync_all()).map_err(wrong())
}

/// Takes back what was pinned elsewhere: what stays here is said here. What was written stays.
pub(super) fn unpin(layout: &RunLayout) -> io::Result<()> {
    let text = match read_record(&layout.notes()) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let (mut left, mut changed) = (Vec::new(), false);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match serde_json::from_slice::<Note>(line) {
            Ok(note) if note.pinned.is_some() => {
                changed = true;
                if note.text.is_some() {
                    left.extend(serde_json::to_vec(&Note { pinned: None, ..note })?);
                    left.push(b'\n');
                }
            }
            _ => left.extend_from_slice(line),
        }
    }
    match (changed, left.is_empty()) {
        (false, _) => Ok(()),
        (true, true) => fs_err::remove_file(layout.notes()),
        (true, false) => atomic_write(&layout.notes(), &left),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Noon, recorded_run, temp};
    use super::*;
    use crate::engine::Clock;

    fn note(text: &str, pinned: Option<bool>) -> Note {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        Note { ts: Noon.now(), user: "ana".to_owned(), text, pinned }
    }

    #[test]
    fn notes_add_up_and_a_torn_one_costs_only_itself() {
        let (_dir, root) = temp();
        let (layout, _) = recorded_run(&root);
        assert_eq!(read_notes(&layout).unwrap(), Notes::default());
        add_note(&layout, &note("the baseline", Some(true))).unwrap();
        let text = fs_err::read_to_string(layout.notes()).unwrap();
        fs_err::write(layout.notes(), text + "{\"ts\": \"20").unwrap();
        assert!(read_whole_notes(&layout).is_err());
        add_note(&layout, &note("Too\nlong", None)).unwrap();
        let why = read_whole_notes(&layout).unwrap_err().to_string();
        assert!(why.contains("notes.jsonl is no note"), "{why}");
        let notes = read_notes(&layout).unwrap();
        assert_eq!(notes.texts().collect::<Vec<_>>(), ["the baseline", "Too\nlong"]);
        assert!(notes.is_pinned() && notes.say("BASE") && notes.say("too") && !notes.say("short"));
        add_note(&layout, &note("", Some(false))).unwrap();
        assert!(!read_notes(&layout).unwrap().is_pinned());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| add_note(&layout, &note("at once", None)).unwrap());
            }
        });
        assert_eq!(read_notes(&layout).unwrap().texts().filter(|text| *text == "at once").count(), 8);
    }

    #[test]
    fn of_what_others_pinned_the_words_stay() {
        let (_dir, root) = temp();
        let (layout, _) = recorded_run(&root);
        unpin(&layout).unwrap();
        add_note(&layout, &note("good", Some(true))).unwrap();
        add_note(&layout, &note("", Some(true))).unwrap();
        add_note(&layout, &note("old", None)).unwrap();
        unpin(&layout).unwrap();
        let notes = read_notes(&layout).unwrap();
        assert_eq!(notes.texts().collect::<Vec<_>>(), ["good", "old"]);
        assert!(!notes.is_pinned() && notes.0.len() == 2);
        fs_err::remove_file(layout.notes()).unwrap();
        add_note(&layout, &note("", Some(true))).unwrap();
        unpin(&layout).unwrap();
        assert!(!layout.notes().exists());
    }
}
