//! The text that is typed, with what is wrong in it and what could be typed.

pub mod completion;
pub mod text;

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;

use self::text::{Marks, gutter, spans};
use super::super::Role;
use super::super::paint::Paint;
use crate::app::{Hit, Model, OpenFile, Outside, Slot, action, found};
use crate::domain::columns::spot;
use crate::domain::figures::counted;
use crate::domain::text::{safe, truncate, width};
use crate::domain::{Diagnostic, Language, Severity};

pub fn editor(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let Some(file) = model.editor.file() else { return empty(model, paint, area) };
    let about = about(model, file);
    let rows = u16::try_from(about.len()).unwrap_or(0);
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(rows)]).areas(area);
    files(model, file, paint, head);
    let cursor = lines(model, file, paint, body);
    let room = usize::from(foot.width).saturating_sub(2);
    let look = paint.look;
    let cut = about.iter().any(|(_, text)| width(&safe(text)) > room);
    let whole = action("notice").and_then(|action| look.keymap.key_here(model, action)).filter(|_| cut);
    let told = about.iter().enumerate().map(|(index, (role, text))| {
        // What is wrong is shown whole elsewhere.
        let whole = whole.filter(|_| index == 0 && matches!(role, Role::Bad | Role::Warn));
        let more = whole.map(|key| format!("  ({key}: all of it)")).unwrap_or_default();
        let text = format!(" {}", truncate(&safe(text), room.saturating_sub(width(&more))));
        Line::from(vec![look.span(*role, text), look.span(Role::Dim, more)])
    });
    paint.lines(foot, told);
    let find = &model.editor.find;
    if find.editing {
        let typed: String = find.input.text().chars().take(find.input.cursor()).collect();
        let x = foot.x + 2 + u16::try_from(width(&typed)).unwrap_or(0);
        paint.cursor = Some((x.min(foot.right().saturating_sub(1)), foot.y).into());
    }
    if let Some(completion) = &model.editor.completion {
        completion::draw(completion, paint, body, cursor);
    }
}

fn empty(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let waits = model.tasks.waits(Slot::Editor(crate::app::EditorSlot::Read));
    let told = match &model.editor.coming {
        Some(coming) if waits => format!("reading {} …", coming.spot.path),
        _ => "no file is open: ctrl-o finds or begins one, e on the board edits a workflow".to_owned(),
    };
    paint.line(area, Line::from(paint.look.span(Role::Dim, format!(" {told}"))));
}

/// The open files, and where in the one that is shown the cursor stands.
fn files(model: &Model, file: &OpenFile, paint: &mut Paint<'_>, area: Rect) {
    let look = paint.look;
    let (row, letter) = file.buffer.cursor();
    let mut right = vec![];
    for (severity, role, noun) in
        [(Severity::Error, Role::Bad, "error"), (Severity::Warning, Role::Warn, "warning")]
    {
        let count = file.count(severity);
        if count > 0 {
            right.push(look.span(role, format!("{} ", counted(count as u64, noun))));
        }
    }
    right.push(look.span(Role::Dim, format!("{}:{} ", row + 1, letter + 1)));
    let right = Line::from(right);
    let room = usize::from(area.width).saturating_sub(right.width() + 1);
    let label = |file: &OpenFile| {
        let unsaved = if file.unsaved { "*" } else { "" };
        // Somebody else was there.
        let outside = if file.outside.is_some() { " !" } else { "" };
        format!(" {}{unsaved}{outside} ", file.path)
    };
    let labels: Vec<String> = model.editor.files.iter().map(label).collect();
    // The one that is shown is always there, and before it as many as have room.
    let current = model.editor.current;
    let mut first = current;
    while first > 0
        && labels[first - 1..=current].iter().map(|label| width(&safe(label)) + 1).sum::<usize>() <= room
    {
        first -= 1;
    }
    let mut left = Vec::new();
    for (index, label) in labels.iter().enumerate().skip(first) {
        let role = if index == current { Role::Selected } else { Role::Bar };
        left.push(look.span(role, label));
        left.push(look.span(Role::Text, " "));
    }
    let room = u16::try_from(room).unwrap_or(area.width);
    paint.line(Rect { width: room, ..area }, Line::from(left));
    let width = area.width.saturating_sub(room + 1);
    paint.line(Rect { x: area.right() - width, width, ..area }, right);
}

/// The rows that have room; where the cursor is on the screen.
fn lines(model: &Model, file: &OpenFile, paint: &mut Paint<'_>, area: Rect) -> (u16, u16) {
    let (look, all) = (paint.look, file.buffer.lines());
    let (at, letter) = file.buffer.cursor();
    let height = usize::from(area.height);
    let first = file.first_row(height).min(all.len().saturating_sub(1));
    let digits = all.len().to_string().len().max(3);
    let margin = u16::try_from(digits + 3).unwrap_or(u16::MAX).min(area.width);
    let body = Rect { x: area.x + margin, width: area.width - margin, ..area };
    let column = all.get(at).map_or(0, |line| spot(line, letter, usize::MAX).column);
    let room = usize::from(body.width).max(1);
    // A line that is longer than the screen is shown where the cursor is.
    let skipped = (column + 1).saturating_sub(room).div_ceil(room / 2 + 1) * (room / 2 + 1);
    let pieces = look.highlight.rows(&file.path, all, first..first + height);
    let finding = model.editor.find.input.text();
    for ((row, screen), pieces) in (first..).zip(area.rows()).zip(&pieces) {
        let line = &all[row];
        let here: Vec<&Diagnostic> =
            file.all_problems().filter(|problem| problem.span.line == row + 1).collect();
        let marks = Marks {
            problems: here.iter().map(|problem| text::marked(problem)).collect(),
            selected: file.buffer.selection().and_then(|range| text::selected(row, range)),
            found: found(line, finding).collect(),
        };
        paint.line(screen, gutter(look, row, digits, file.problem(row), row == at));
        let place = Rect { y: screen.y, height: 1, ..body };
        paint.line(place, spans(line, pieces, &marks, skipped..skipped + room, look));
        paint.hit(Rect { y: screen.y, height: 1, ..area }, Hit::Text { row, skipped, x: body.x });
    }
    (paint.seen.page, paint.seen.width) = (height, room);
    let narrow = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    let x = body.x.saturating_add(narrow(column.saturating_sub(skipped))).min(area.right().saturating_sub(1));
    let y = area.y.saturating_add(narrow(at.saturating_sub(first))).min(area.bottom().saturating_sub(1));
    if !model.editor.find.editing {
        paint.cursor = Some((x, y).into());
    }
    (x, y)
}

/// What is searched for, what is wrong where the cursor is, or what the chosen word means: at most two lines.
fn about(model: &Model, file: &OpenFile) -> Vec<(Role, String)> {
    let editor = &model.editor;
    if editor.find.is_set() {
        let told = counted(file.places.count as u64, "place");
        let keys = "enter and f3 go on, shift-f3 back, esc ends it";
        return vec![
            (Role::Accent, format!("/{}", editor.find.input.text())),
            (Role::Dim, format!("{told}; {keys}")),
        ];
    }
    if let Some(item) = editor.completion.as_ref().and_then(|all| all.items.get(all.selected)) {
        let keys = "tab takes it, down goes to the next, esc leaves".to_owned();
        let about = (!item.about.is_empty()).then(|| (Role::Text, item.about.clone()));
        return about.into_iter().chain([(Role::Dim, keys)]).collect();
    }
    let outside = file.outside.map(|outside| match outside {
        Outside::Changed => (
            "! somebody else has changed this file; what you have typed is still here",
            "alt-r takes what is on disk, alt-w writes yours in its place",
        ),
        Outside::Gone => (
            "! somebody else has removed this file; its text is still here",
            "ctrl-s writes it anew, ctrl-q closes it",
        ),
    });
    if let Some((told, keys)) = outside {
        return vec![(Role::Warn, told.to_owned()), (Role::Dim, keys.to_owned())];
    }
    let Some(problem) = file.problem(file.buffer.cursor().0) else {
        // Of a spec only the queries in it are meant.
        let unchecked = file.unchecked.filter(|_| Language::of(&file.path).is_some());
        return unchecked.map(|why| (Role::Dim, format!("not checked: {why}"))).into_iter().collect();
    };
    let (sign, role) = text::sign(problem.severity);
    let help = (!problem.help.is_empty()).then(|| (Role::Dim, problem.help.clone()));
    std::iter::once((role, format!("{sign} {}", problem.message))).chain(help).collect()
}
