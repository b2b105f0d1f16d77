use anstyle_lossy::palette::DEFAULT as PALETTE;
use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// None are wanted: what is selected shows by reversed video.
    None,
    Sixteen,
    TwoHundredFiftySix,
    True,
}

impl Colours {
    /// By the usual variables; `NO_COLOR` counts if it is not empty.
    pub fn of_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let term = get("TERM").unwrap_or_default();
        if set("NO_COLOR").is_some() || term == "dumb" {
            return Self::None;
        }
        match set("COLORTERM").as_deref() {
            Some("truecolor" | "24bit") => Self::True,
            _ if term.ends_with("-direct") => Self::True,
            _ if term.contains("256color") => Self::TwoHundredFiftySix,
            _ => Self::Sixteen,
        }
    }

    /// A style as this terminal can show it.
    pub(super) fn reduce(self, style: Style) -> Style {
        let reduce = |color: Option<Color>| color.map(|color| self.colour(color));
        let mut style = style;
        if self == Self::None {
            // What stood out by what is behind it still does.
            if style.bg.is_some_and(|bg| bg != Color::Reset) {
                style = style.add_modifier(Modifier::REVERSED);
            }
            (style.fg, style.bg) = (None, None);
            return style;
        }
        (style.fg, style.bg) = (reduce(style.fg), reduce(style.bg));
        style
    }

    fn colour(self, color: Color) -> Color {
        let ansi = match color {
            Color::Rgb(r, g, b) => anstyle::Color::Rgb(anstyle::RgbColor(r, g, b)),
            Color::Indexed(index) => anstyle::Color::Ansi256(anstyle::Ansi256Color(index)),
            color => return color,
        };
        match (self, ansi) {
            (Self::TwoHundredFiftySix, ansi @ anstyle::Color::Rgb(_)) => {
                Color::Indexed(anstyle_lossy::color_to_xterm(ansi).0)
            }
            (Self::Sixteen, ansi) => named(anstyle_lossy::color_to_ansi(ansi, PALETTE)),
            _ => color,
        }
    }
}

pub(super) fn from_ansi(style: anstyle::Style) -> Style {
    let colour = |color: anstyle::Color| match color {
        anstyle::Color::Ansi(color) => named(color),
        anstyle::Color::Ansi256(color) => Color::Indexed(color.0),
        anstyle::Color::Rgb(color) => Color::Rgb(color.0, color.1, color.2),
    };
    let effects = [
        (anstyle::Effects::BOLD, Modifier::BOLD),
        (anstyle::Effects::DIMMED, Modifier::DIM),
        (anstyle::Effects::ITALIC, Modifier::ITALIC),
        (anstyle::Effects::UNDERLINE, Modifier::UNDERLINED),
        (anstyle::Effects::INVERT, Modifier::REVERSED),
        (anstyle::Effects::STRIKETHROUGH, Modifier::CROSSED_OUT),
    ];
    let has = style.get_effects();
    let modifiers =
        effects.into_iter().filter(|(effect, _)| has.contains(*effect)).map(|(_, modifier)| modifier);
    let mut made = Style::new().add_modifier(modifiers.collect());
    (made.fg, made.bg) = (style.get_fg_color().map(colour), style.get_bg_color().map(colour));
    made
}

fn named(color: anstyle::AnsiColor) -> Color {
    use anstyle::AnsiColor as A;
    match color {
        A::Black => Color::Black,
        A::Red => Color::Red,
        A::Green => Color::Green,
        A::Yellow => Color::Yellow,
        A::Blue => Color::Blue,
        A::Magenta => Color::Magenta,
        A::Cyan => Color::Cyan,
        A::White => Color::Gray,
        A::BrightBlack => Color::DarkGray,
        A::BrightRed => Color::LightRed,
        A::BrightGreen => Color::LightGreen,
        A::BrightYellow => Color::LightYellow,
        A::BrightBlue => Color::LightBlue,
        A::BrightMagenta => Color::LightMagenta,
        A::BrightCyan => Color::LightCyan,
        A::BrightWhite => Color::White,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_more_colours_than_it_offers() {
        let style = Style::new().fg(Color::Rgb(250, 0, 0)).bg(Color::Indexed(21));
        assert_eq!(Colours::True.reduce(style), style);
        let fewer = Colours::TwoHundredFiftySix.reduce(style);
        assert_eq!((fewer.fg, fewer.bg), (Some(Color::Indexed(196)), style.bg));
        let few = Colours::Sixteen.reduce(style);
        assert!(matches!(few.fg, Some(Color::Red | Color::LightRed)), "{few:?}");
        let none = Colours::None.reduce(style);
        assert_eq!(none, Style::new().add_modifier(Modifier::REVERSED));
    }

    #[test]
    fn the_environment_tells() {
        let of = |vars: &[(&str, &str)]| {
            Colours::of_environment(|name| {
                vars.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("TERM", "xterm-256color")]), Colours::TwoHundredFiftySix);
        assert_eq!(of(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Colours::True);
        assert_eq!(of(&[("TERM", "linux"), ("NO_COLOR", "")]), Colours::Sixteen);
        assert_eq!(of(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Colours::None);
    }
}
