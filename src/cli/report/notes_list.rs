use jiff::Timestamp;

use super::table::{Cell, Table, left, wrapping};
use crate::cli::{Ink, Look};
use crate::domain::figures::ago;
use crate::domain::text::safe;
use crate::domain::{Note, Notes};

/// What was said of a run, the oldest first, and whether it is pinned.
pub fn notes_list(run: &str, notes: &Notes, now: Timestamp, look: &Look) -> String {
    let named = format!("run {}", look.paint(Ink::Accent, run));
    if notes.0.is_empty() {
        return format!("{named} has no notes\n");
    }
    let mut table = Table::new([left("when"), left("by"), wrapping("note")]);
    for note in &notes.0 {
        let by = safe(note.user.split(" <").next().unwrap_or_default()).into_owned();
        table.row([ago(note.ts, now).into(), by.into(), Cell::from(said(note))]);
    }
    let pinned = if notes.is_pinned() { format!("{named} is pinned\n") } else { String::new() };
    table.render(look) + &pinned
}

fn said(note: &Note) -> String {
    let pinned = note.pinned.map(|pinned| if pinned { "pinned" } else { "unpinned" });
    let text = note.text.as_deref().map(|text| safe(text).into_owned());
    pinned.map(str::to_owned).into_iter().chain(text).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::report::scene;

    #[test]
    fn a_long_note_is_told_to_its_end() {
        let text =
            Some("the baseline before the weather of the spring was added, as agreed with eli".to_owned());
        let note =
            Note { ts: scene::at(0.0), user: "ana <ana@example.com>".to_owned(), text, pinned: Some(true) };
        let look = Look { width: 50, colour: false };
        insta::assert_snapshot!(notes_list("3f2a", &Notes(vec![note]), scene::at(150.0), &look), @r"
        when       by   note
        2 min ago  ana  pinned: the baseline before the
                        weather of the spring was added,
                        as agreed with eli
        run 3f2a is pinned
        ");
    }
}
