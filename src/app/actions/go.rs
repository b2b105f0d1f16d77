use super::{Action, Group, always};
use crate::app::picker::moved;
use crate::app::{Effect, Model, Overlay, Trouble};

macro_rules! movement {
    ($name:ident, $id:literal, $keys:expr, $title:literal, $about:literal, $act:expr) => {
        pub const $name: Action = Action {
            id: $id,
            keys: $keys,
            title: $title,
            about: $about,
            group: Group::Move,
            on: &[],
            applies: always,
            act: $act,
        };
    };
}

movement!(UP, "up", &["k", "up"], "up", "One row up", |model| model.go_rows(-1));
movement!(DOWN, "down", &["j", "down"], "down", "One row down", |model| model.go_rows(1));
movement!(
    LEFT,
    "left",
    &["h", "left"],
    "left",
    "To the left: in the graph, to the step beside it; out of a folder",
    |model| { model.go_columns(-1) }
);
movement!(RIGHT, "right", &["l", "right"], "right", "To the right; into a folder", |model| model
    .go_columns(1));
movement!(PAGE_UP, "page_up", &["ctrl-u", "pageup"], "half a page up", "Half a page up", |model| {
    let rows = half_page(model);
    model.go_rows(-rows)
});
movement!(PAGE_DOWN, "page_down", &["ctrl-d", "pagedown"], "half a page down", "Half a page down", |model| {
    let rows = half_page(model);
    model.go_rows(rows)
});
movement!(TOP, "top", &["g", "home"], "top", "To the beginning", |model| model.go_to_end(false));
movement!(BOTTOM, "bottom", &["G", "end"], "bottom", "To the end", |model| model.go_to_end(true));

fn half_page(model: &Model) -> i64 {
    i64::try_from(model.seen.page / 2).unwrap_or(1).max(1)
}

impl Model {
    pub(in crate::app) fn go_rows(&mut self, rows: i64) -> Vec<Effect> {
        match self.overlays.last_mut() {
            Some(Overlay::Palette(picker)) => picker.go(rows),
            Some(Overlay::Files(picker)) => picker.go(rows),
            Some(Overlay::Themes { picker, .. }) => {
                picker.go(rows);
                self.preview_theme();
            }
            Some(Overlay::Form(form)) => form.go(rows),
            Some(Overlay::Help { scroll } | Overlay::Diff { scroll, .. }) => {
                *scroll = moved(*scroll, rows, usize::MAX)
            }
            Some(Overlay::Compared(compared)) => compared.go(rows),
            Some(Overlay::Commands { selected }) => {
                *selected = moved(*selected, rows, self.commands.commands().len());
            }
            Some(Overlay::Rows) => {
                if let Some(grid) = self.lake.answer() {
                    grid.go(rows, 0);
                }
            }
            Some(Overlay::Notice { scroll, .. }) => {
                *scroll = moved(*scroll, rows, self.seen.scrolls.saturating_add(1));
            }
            Some(Overlay::Confirm(_) | Overlay::Discard(_)) => {}
            None => return (self.screen.manners().rows)(self, rows),
        }
        Vec::new()
    }

    fn go_columns(&mut self, columns: i64) -> Vec<Effect> {
        match self.overlays.last_mut() {
            None => return (self.screen.manners().columns)(self, columns),
            Some(Overlay::Compared(compared)) => compared.fold(Some(columns < 0)),
            Some(Overlay::Notice { trouble, scroll }) => {
                let errors: Vec<&Trouble> = self.notices.errors().map(|error| &error.trouble).collect();
                let at = errors.iter().position(|error| *error == trouble).unwrap_or(0);
                if let Some(other) =
                    errors.get(moved(at, columns, errors.len())).filter(|other| **other != trouble)
                {
                    (*trouble, *scroll) = ((*other).clone(), 0);
                }
            }
            Some(_) => {}
        }
        Vec::new()
    }

    fn go_to_end(&mut self, bottom: bool) -> Vec<Effect> {
        if self.overlays.is_empty() {
            return (self.screen.manners().end)(self, bottom);
        }
        // Help and texts know no end: their view stops where they do.
        self.go_rows(if bottom { i64::from(u32::MAX) } else { -i64::from(u32::MAX) })
    }
}
