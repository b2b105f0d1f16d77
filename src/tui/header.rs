use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Role;
use super::paint::Paint;
use crate::app::{Hit, Model, Screen, Slot};
use crate::domain::figures::counted;
use crate::domain::text::width;
use crate::domain::{ImageState, LocalStatus, ServiceState};

/// Two lines: where one is and how the environment is, and the screens.
pub(super) fn draw(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let [first, second] = [0, 1].map(|row| Rect { y: area.y + row, height: 1, ..area });
    let look = paint.look;
    let place = match model.project.get() {
        Some(project) => {
            let branch = project
                .branch
                .as_ref()
                .map(|branch| format!(" · {branch}{}", if project.dirty { "*" } else { "" }));
            format!("{} · {}{}", project.name, model.env, branch.unwrap_or_default())
        }
        None => model.env.clone(),
    };
    let mut left = Line::from(vec![look.span(Role::Title, " greenroom "), look.span(Role::Accent, place)]);
    if model.project.get().is_some() && model.project.trouble.is_some() {
        left.push_span(look.span(Role::Bad, " ✗ as it was before"));
    }
    let room = usize::from(first.width).saturating_sub(left.width() + 1);
    paint.line_cut(first, left);
    let right = [health(model, paint, true), health(model, paint, false)];
    if let Some(right) = right.into_iter().find(|line| line.width() <= room) {
        let x = first.right() - u16::try_from(right.width()).unwrap_or(first.width);
        paint.line(Rect { x, width: first.right() - x, ..first }, right);
    }
    tabs(model, paint, second);
}

/// All screens, closer together where there is little room; where there is none for all names, only the current one has
/// its own. That of reviews is there where something is reviewed.
fn tabs(model: &Model, paint: &mut Paint<'_>, area: Rect) {
    let screens = || Screen::ALL.into_iter().filter(|screen| *screen != Screen::Review || model.reviews());
    let label = |screen: Screen, named: bool, [lead, gap]: [&str; 2]| {
        let unsaved = screen == Screen::Editor && model.editor.any_unsaved();
        let (digit, title) = (screen.digit(), screen.title());
        match (named, unsaved, lead.is_empty()) {
            (true, true, true) => format!("{digit}*{title}{gap}"),
            (true, true, false) => format!("{lead}{digit} {title}*{gap}"),
            (true, false, _) => format!("{lead}{digit} {title}{gap}"),
            (false, true, _) => format!("{lead}{digit}*{gap}"),
            (false, false, _) => format!("{lead}{digit}{gap}"),
        }
    };
    let all = |gaps| screens().map(|screen| width(&label(screen, true, gaps))).sum::<usize>();
    let room = usize::from(area.width);
    // The closest have no room before the first, nor behind the last.
    let ways =
        [([" ", " "], room.saturating_sub(1)), ([" ", ""], room.saturating_sub(1)), (["", " "], room + 1)];
    let gaps = ways.into_iter().find(|(gaps, room)| all(*gaps) <= *room).map(|(gaps, _)| gaps);
    let mut x = if gaps == Some(["", " "]) { area.x } else { area.x + 1 };
    for screen in screens() {
        let label = label(screen, gaps.is_some() || screen == model.screen, gaps.unwrap_or([" ", " "]));
        let columns = u16::try_from(width(&label)).unwrap_or(u16::MAX);
        let columns = columns.min(area.right().saturating_sub(x));
        if usize::from(columns) < width(label.trim_end()) {
            break;
        }
        let place = Rect { x, width: columns, ..area };
        let role = if screen == model.screen { Role::Selected } else { Role::Bar };
        let line = Line::from(paint.look.span(role, label));
        paint.line(place, line);
        paint.hit(place, Hit::Screen(screen));
        x += columns;
    }
}

/// What is well is said shortly, if `all` has room; what is not is named.
fn health(model: &Model, paint: &Paint<'_>, all: bool) -> Line<'static> {
    let look = paint.look;
    let mut spans: Vec<Span<'static>> = Vec::new();
    match (model.health.get(), &model.health.trouble) {
        (Some(_), Some(_)) if model.local.lost => spans.push(look.span(Role::Bad, "✗ engine lost ")),
        (None, Some(_)) if model.local.lost => spans.push(look.span(Role::Bad, "✗ no engine ")),
        (_, Some(_)) => spans.push(look.span(Role::Warn, "! environment unread ")),
        (None, None) if model.tasks.waits(Slot::Health) => spans.push(look.span(Role::Dim, "… engine ")),
        (None, None) => {}
        (Some(LocalStatus { engine, images, services, volumes: _ }), None) => {
            spans.push(look.span(Role::Good, "● "));
            if all {
                spans.push(look.span(Role::Dim, format!("{} {} ", engine.kind, engine.version)));
            }
            let stale = images.iter().filter(|image| image.state != ImageState::Ready).count();
            if stale > 0 {
                spans.push(look.span(Role::Warn, format!("· {} to build ", counted(stale as u64, "image"))));
            }
            let up = services.iter().filter(|service| service.state == ServiceState::Up).count();
            if !services.is_empty() && (all || up < services.len()) {
                let role = if up == services.len() { Role::Dim } else { Role::Warn };
                spans.push(look.span(role, format!("· services {up}/{} ", services.len())));
            }
        }
    }
    Line::from(spans)
}
