use super::table::{Cell, Table, left, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::track::{CellState, NextAction, Track};

/// A line a track: its eight steps, what is next, and whose that is.
pub fn tracks_table(tracks: &[&Track], invocation: &Invocation, look: &Look) -> String {
    if tracks.is_empty() {
        let open = invocation.command(&["track", "open", "WORKFLOW", "--need", "TEXT"]);
        return format!("no track is open; begin one: {open}\n");
    }
    let mut table = Table::new([left("track"), left("12345678"), yielding("next"), yielding("whose")]);
    for track in tracks {
        let cells: String = track.cells.iter().map(|cell| cell.state.symbol()).collect();
        let ink = match track.next.action {
            NextAction::AskAboutLedger | NextAction::AskAboutGoneLedger => Ink::Bad,
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
            track.next.whose().into(),
        ]);
    }
    let first = tracks.first().map_or("TRACK", |track| track.id.as_str());
    let hint = format!("\none of them: {}\n", invocation.command(&["track", "show", first]));
    table.render(look) + &look.paint(Ink::Dim, hint)
}

/// How a step's state is painted.
pub(super) fn ink(state: CellState) -> Ink {
    match state {
        CellState::Done => Ink::Good,
        CellState::Ready => Ink::Accent,
        CellState::Waiting => Ink::Dim,
        CellState::Void => Ink::Warn,
        CellState::Invalid => Ink::Bad,
    }
}
