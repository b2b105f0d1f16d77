use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::Role;
use super::super::paint::Paint;
use crate::app::{ACTIONS, Group, Model, OwnCommand, Typing};
use crate::domain::text::{pad, wrapped};

/// Columns of the keys.
const KEYS: usize = 24;

/// Every action that is there on this screen, from the table of actions itself.
pub fn draw(model: &Model, scroll: usize, paint: &mut Paint<'_>, area: Rect) {
    let inside = paint.popup(area, (86, area.height), &format!("keys on the {}", model.screen.title()));
    let look = paint.look;
    let room = usize::from(inside.width).saturating_sub(KEYS + 1).max(10);
    let mut lines: Vec<Line<'static>> = Vec::new();
    if let Some(typing) = model.typing_below() {
        let mut told =
            "Letters are typed into the text: what has no other key is in the palette, ctrl-p.".to_owned();
        if typing == Typing::Text {
            told += " tab and shift-tab move its line, or those that are selected, in and out.";
        }
        lines.extend(
            wrapped(&told, inside.width.into())
                .into_iter()
                .map(|text| Line::from(look.span(Role::Dim, text))),
        );
    }
    let mut list = |title: &str, entries: Vec<(String, String)>| {
        if entries.is_empty() {
            return;
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::from(look.span(Role::Title, title)));
        for (keys, about) in entries {
            let [keys, about] = [wrapped(&keys, KEYS - 1), wrapped(&about, room)];
            for index in 0..keys.len().max(about.len()) {
                let part = |of: &[String]| of.get(index).cloned().unwrap_or_default();
                lines.push(Line::from(vec![
                    look.span(Role::Key, format!(" {}", pad(&part(&keys), KEYS))),
                    look.span(Role::Text, part(&about)),
                ]));
            }
        }
    };
    for group in Group::ALL {
        let there = |action: &&&crate::app::Action| {
            action.group == group && (action.on.is_empty() || action.on.contains(&model.screen))
        };
        let entry = |action: &&'static crate::app::Action| {
            let keys: Vec<String> =
                look.keymap.keys_below(model, action).map(|key| key.to_string()).collect();
            let works = !keys.is_empty() || model.typing_below().is_none();
            works.then(|| (keys.join(" "), format!("{}  [{}]", action.about, action.id)))
        };
        list(group.title(), ACTIONS.iter().filter(there).filter_map(entry).collect());
    }
    let own =
        model.own.iter().filter(|command| command.is_on(model.screen) && model.typing_below().is_none());
    let entry = |command: &OwnCommand| {
        let key = command.key.map(|key| key.to_string()).unwrap_or_default();
        (key, format!("{}: {}", command.title, command.run))
    };
    list("Your own", own.map(entry).collect());
    paint.seen.page = inside.height.into();
    paint.seen.scrolls = lines.len().saturating_sub(inside.height.into());
    let first = scroll.min(paint.seen.scrolls);
    paint.lines(inside, lines.into_iter().skip(first));
}
