//! New files for a project: from patterns, and the first ones of all.

mod draft;
mod first_files;
mod new_step;
pub mod notebook;
mod pattern;
mod skeleton;

pub use draft::{Draft, Unknown};
pub use first_files::{editor_settings, first_files, project_name};
pub use new_step::NewStep;
pub use pattern::{Pattern, SIMPLEST, patterns, simplest};
pub use skeleton::{beside, skeleton};

use super::{Ink, Look};

/// The commands to type next, each with what it does.
pub fn next_commands(commands: &[(String, &str)], look: &Look) -> String {
    let width = commands.iter().map(|(command, _)| command.chars().count()).max().unwrap_or_default();
    let mut text = "\nNext:\n".to_owned();
    for (command, does) in commands {
        let command = look.paint(Ink::Accent, format!("{command:<width$}"));
        text += &format!("  {command}  {}\n", look.paint(Ink::Dim, does));
    }
    text
}
