//! The workbench on a terminal: the terminal itself, keys, themes, and pure views of the model.

mod cells;
mod display;
mod footer;
mod frame;
mod graph;
mod grid;
mod header;
mod highlight;
mod input;
mod inputs;
mod keymap;
mod list;
mod mistake;
mod overlays;
mod paint;
mod plot;
mod preview;
mod screens;
mod tell;
mod terminal;
#[cfg(test)]
pub mod testing;
mod theme;

pub use display::Display;
pub use frame::view;
pub use highlight::Highlight;
pub use input::{Input, input};
pub use inputs::Inputs;
pub use keymap::Keymap;
pub use mistake::Mistake;
pub use paint::Look;
pub use plot::{PlotPart, plot_lines};
pub use tell::{Tell, Told};
pub use terminal::{Guard, is_taken, leave_now, panicked_at};
pub use theme::{Colours, Role, Theme, built_in};
