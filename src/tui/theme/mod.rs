//! What each thing on the screen looks like: roles in a TOML file, with styles as git writes them.

mod built_in;
mod colours;
mod read;
mod role;

pub use built_in::built_in;
pub use colours::Colours;
pub use role::Role;

use ratatui::style::{Color, Style};

use super::Mistake;

/// A style for each role.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    styles: [Style; Role::ALL.len()],
    colours: Colours,
}

impl Theme {
    /// Of a file's text, for a terminal that shows so many colours.
    ///
    /// # Errors
    /// All that keeps the text from being a theme, in the order of their places.
    pub fn read(text: &str, colours: Colours) -> Result<Self, Vec<Mistake>> {
        let mut styles = [Style::new(); Role::ALL.len()];
        for (role, style) in read::read(text)? {
            styles[role as usize] = colours.reduce(style);
        }
        // A theme without a colour is for whoever wants none.
        let plain = styles.iter().all(|style| style.fg.is_none() && style.bg.is_none());
        Ok(Self { styles, colours: if plain { Colours::None } else { colours } })
    }

    /// Two points of a picture, red, green and blue, one above the other; None: no colours are shown.
    pub fn points(&self, [upper, lower]: [[u8; 3]; 2]) -> Option<Style> {
        let rgb = |[red, green, blue]: [u8; 3]| Color::Rgb(red, green, blue);
        let style = Style::new().fg(rgb(upper)).bg(rgb(lower));
        (self.colours != Colours::None).then(|| self.colours.reduce(style))
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }
}
