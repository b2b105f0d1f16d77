use super::table::{Cell, Table, left, yielding};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::track::{CellState, NextAction, Track};

/// The same, of those that are not over unless `all` are wanted; and how many others there are.
pub fn listed_tracks(tracks: &[&Track], all: bool, invocation: &Invocation, look: &Look) -> String {
    let listed: Vec<&Track> = tracks.iter().copied().filter(|track| all || !track.is_over()).collect();
    let more = match tracks.len() - listed.len() {
        0 => String::new(),
        over => {
            let every = invocation.command(&["track", "list", "--all"]);
            look.paint(Ink::Dim, format!("{over} abandoned: {every}\n"))
        }
    };
    tracks_table(&listed, invocation, look) + &more
}

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
            NextAction::AskAboutLedger
            | NextAction::AskAboutGoneLedger
            | NextAction::AskAboutPartedLedgers => Ink::Bad,
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
    let shown = tracks.iter().find(|track| track.next.action != NextAction::AskAboutGoneLedger);
    let id = shown.or(tracks.first()).map_or("TRACK", |track| track.id.as_str());
    let hint = match shown {
        Some(_) => format!("\none of them: {}\n", invocation.command(&["track", "show", id])),
        // Of what is gone there is nothing to show.
        None => {
            let accept = invocation.command(&["track", "accept-rewritten", id]);
            format!("\nif it is gone for good, let go of it: {accept}\n")
        }
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::review_scene::{ID, track};

    #[test]
    fn what_was_given_up_is_counted_and_listed_where_it_is_asked_for() {
        let over = Track { abandoned: true, ..track("airports-a1b2c3", 1, NextAction::Nothing, &[]) };
        let open = track(ID, 3, NextAction::Review, &["eli"]);
        // Somebody of the other side has to sign that still.
        let signed_by_one =
            Track { abandoned: true, ..track("weather-d4e5f6", 1, NextAction::CoSign, &["eli"]) };
        let tracks = [&over, &open, &signed_by_one];
        let told = |all| listed_tracks(&tracks, all, &Invocation::default(), &Look::PLAIN);
        let some = told(false);
        assert!(!some.contains("airports") && some.contains(ID) && some.contains("weather"), "{some}");
        assert!(some.ends_with("1 abandoned: greenroom track list --all\n"), "{some}");
        let all = told(true);
        assert!(all.contains("airports") && !all.contains("--all"), "{all}");
    }
}
