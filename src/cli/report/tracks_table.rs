use super::table::{Cell, Table, left, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::Name;
use crate::domain::track::{CellState, Next, NextAction, Track};

/// A line a track: its eight steps, what is next, and whose that is.
pub fn tracks_table(tracks: &[&Track], invocation: &Invocation, look: &Look) -> String {
    if tracks.is_empty() {
        let open = invocation.command(&["track", "open", "WORKFLOW", "--need", "TEXT"]);
        return format!("no track is open; begin one: {open}\n");
    }
    let mut table = Table::new([left("track"), left("12345678"), yielding("next"), yielding("whose")]);
    for track in tracks {
        let cells: String = track.cells.iter().map(|cell| sign(cell.state).0).collect();
        let ink = match track.next.action {
            NextAction::AskAboutLedger => Ink::Bad,
            NextAction::Nothing => Ink::Dim,
            _ => Ink::Accent,
        };
        let next = match track.abandoned {
            true => "abandoned".to_owned(),
            false => track.next.action.title().to_owned(),
        };
        table.row([
            Cell::inked(track.id.as_str(), Ink::Strong),
            cells.into(),
            Cell::inked(next, ink),
            whose(&track.next).into(),
        ]);
    }
    let first = tracks.first().map_or("TRACK", |track| track.id.as_str());
    let hint = format!("\none of them: {}\n", invocation.command(&["track", "show", first]));
    table.render(look) + &look.paint(Ink::Dim, hint)
}

/// How a step's state is drawn.
pub(super) fn sign(state: CellState) -> (char, Ink) {
    match state {
        CellState::Done => ('✓', Ink::Good),
        CellState::Ready => ('●', Ink::Accent),
        CellState::Waiting => ('·', Ink::Dim),
        CellState::Void => ('↺', Ink::Warn),
        CellState::Invalid => ('✗', Ink::Bad),
    }
}

/// Those who can, or which side is missing where nobody can.
pub(super) fn whose(next: &Next) -> String {
    let names: Vec<&str> = next.people.iter().map(Name::as_str).collect();
    match (names.is_empty(), next.side, next.action) {
        (_, _, NextAction::Nothing) => String::new(),
        (false, ..) => names.join(", "),
        (true, Some(side), _) => format!("an {}, of whom there is none who may", side.title()),
        (true, None, _) => "anybody".to_owned(),
    }
}
