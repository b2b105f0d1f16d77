use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::list::window;
use super::super::paint::Paint;
use crate::app::{FieldKind, Form, Hit, Purpose};
use crate::domain::ParamType;
use crate::domain::text::{pad, truncate, width};

/// A parameter a row, checked as it is typed.
pub fn draw(form: &Form, paint: &mut Paint<'_>, area: Rect) {
    let what = match &form.purpose {
        Purpose::Run { name, from: Some(step), .. } => format!("run {name} from {step}"),
        Purpose::Run { name, only: Some(step), .. } => format!("run {step} of {name} alone"),
        Purpose::Run { name, .. } => format!("run {name}"),
        Purpose::Step { .. } => "make a step of the query".to_owned(),
    };
    let rows = u16::try_from(form.fields.len()).unwrap_or(u16::MAX).saturating_add(4);
    let inside = paint.popup(area, (76, rows), &what);
    let names = form.fields.iter().map(|field| width(field.name.as_str())).max().unwrap_or(0).min(24);
    let body = Rect { height: inside.height.saturating_sub(2), ..inside };
    let foot = Rect { y: inside.bottom().saturating_sub(1), height: 1.min(inside.height), ..inside };
    for (row, index) in body.rows().zip(window(form.selected, form.fields.len(), body.height.into())) {
        let field = &form.fields[index];
        let look = paint.look;
        let selected = index == form.selected;
        let name = pad(&truncate(field.name.as_str(), names), names);
        let wrong = field.wrong();
        let kind = match &field.kind {
            FieldKind::Param(ParamType::Enum(values)) => values.join(" | "),
            FieldKind::Param(kind) => kind.name().to_owned(),
            FieldKind::Name => "name".to_owned(),
            FieldKind::UseCase(cases) => {
                cases.iter().map(crate::domain::Name::as_str).collect::<Vec<_>>().join(" | ")
            }
            FieldKind::Table if field.input.text().is_empty() => {
                "dataset.table; empty: an export, one file in storage".to_owned()
            }
            FieldKind::Table => "dataset.table".to_owned(),
        };
        let (role, told) = match &wrong {
            Some(wrong) => (Role::Bad, wrong.clone()),
            None => (Role::Dim, kind),
        };
        let value = field.input.text();
        let line = Line::from(vec![
            look.span(if selected { Role::Accent } else { Role::Text }, format!(" {name}  ")),
            look.span(Role::Strong, value),
            look.span(Role::Text, "  "),
            look.span(role, told),
        ]);
        paint.line(row, line);
        paint.hit(row, Hit::Row(index));
        if selected {
            let before: String = value.chars().take(field.input.cursor()).collect();
            let x = usize::from(row.x) + names + 3 + width(&before);
            let x = u16::try_from(x).unwrap_or(u16::MAX).min(row.right().saturating_sub(1));
            paint.cursor = Some((x, row.y).into());
        }
    }
    let told = match form.fields.get(form.selected).map(|field| field.description.as_str()) {
        Some("") | None => "enter does it, tab goes to the next, esc leaves",
        Some(about) => about,
    };
    paint.line(foot, Line::from(paint.look.span(Role::Dim, format!(" {told}"))));
}
