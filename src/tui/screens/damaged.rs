use camino::Utf8PathBuf;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::domain::Token;
use crate::domain::figures::counted;

/// Of more it is told how many there are.
const SHOWN: usize = 3;

/// Folders that look like runs and cannot be read, below the runs, each with why. Answers what is left of the area.
pub fn damaged(broken: &[(Utf8PathBuf, String)], paint: &mut Paint<'_>, area: Rect) -> Rect {
    if broken.is_empty() || area.height < 6 {
        return area;
    }
    let rows = broken.len().min(SHOWN) + usize::from(broken.len() > SHOWN);
    let rows = u16::try_from(rows).unwrap_or(1);
    let [rest, place] = Layout::vertical([Constraint::Min(0), Constraint::Length(rows)]).areas(area);
    let mut lines = place.rows();
    for ((path, why), row) in broken.iter().take(SHOWN).zip(lines.by_ref()) {
        // A run is told by the end of its token, as everywhere.
        let name = path.file_name().unwrap_or_default();
        let short = match name.parse::<Token>() {
            Ok(token) => format!("run {}", token.short()),
            Err(_) => name.to_owned(),
        };
        let line = Line::from(vec![
            paint.look.span(Role::Bad, format!("   ! {short}  damaged  ")),
            paint.look.span(Role::Text, why),
        ]);
        paint.line_cut(row, line);
    }
    if let Some(row) = lines.next() {
        let more = counted((broken.len() - SHOWN) as u64, "more damaged run");
        paint.line_cut(row, Line::from(paint.look.span(Role::Dim, format!("   {more}: greenroom runs"))));
    }
    rest
}
