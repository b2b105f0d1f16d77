//! What lies over a screen, one a file.

mod commands;
mod compared;
mod confirm;
mod diff;
mod form;
mod help;
mod notice;
mod picker;
mod trouble;

pub(super) use trouble::trouble;

use ratatui::layout::Rect;

use super::paint::Paint;
use super::screens;
use crate::app::{Model, Overlay};

pub(super) fn draw(model: &Model, overlay: &Overlay, paint: &mut Paint<'_>, area: Rect) {
    match overlay {
        Overlay::Help { scroll } => help::draw(model, *scroll, paint, area),
        Overlay::Palette(picker) => picker::palette(model, picker, paint, area),
        Overlay::Themes { picker, .. } => picker::themes(picker, paint, area),
        Overlay::Diff { title, files, scroll } => diff::draw(title, files, *scroll, paint, area),
        Overlay::Compared(compared) => compared::draw(compared, paint, area),
        Overlay::Rows => screens::answer_over(model, paint, area),
        Overlay::Form(form) => form::draw(form, paint, area),
        Overlay::Confirm(confirm) => confirm::draw(&confirm.question, confirm.name.as_ref(), paint, area),
        Overlay::Discard(discard) => confirm::draw(&model.discards(*discard), None, paint, area),
        Overlay::Files(picker) => picker::files(picker, paint, area),
        Overlay::Commands { selected } => commands::draw(model, *selected, paint, area),
        Overlay::Notice { trouble, scroll } => notice::draw(&model.notices, trouble, *scroll, paint, area),
    }
}
