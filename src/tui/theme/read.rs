use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::Style;
use serde::Deserialize;
use toml::Spanned;

use super::Role;
use super::colours::from_ansi;
use crate::domain::Span;

/// Why a file is no theme, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ThemeError {
    pub span: Span,
    pub message: String,
    pub help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    roles: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// Each role that the text names, with all of its colours.
pub fn read(text: &str) -> Result<Vec<(Role, Style)>, ThemeError> {
    let wrong = |span: Range<usize>, message: String, help: String| ThemeError {
        span: place(text, span),
        message,
        help,
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let help = "a theme is a table [roles] of lines such as good = \"bold green\"";
        wrong(error.span().unwrap_or_default(), error.message().to_owned(), help.to_owned())
    })?;
    let mut styles = Vec::new();
    for (name, style) in &file.roles {
        let role = Role::ALL.into_iter().find(|role| role.name() == name.get_ref());
        let role = role.ok_or_else(|| {
            let names = Role::ALL.map(Role::name).join(", ");
            wrong(name.span(), format!("there is no role `{}`", name.get_ref()), format!("there are {names}"))
        })?;
        let parsed = anstyle_git::parse(style.get_ref()).map_err(|error| {
            let help = "a style is what git takes: bold, dim, italic, ul, reverse; a colour and one behind it, by name (red), number (0 to 255) or #rrggbb";
            wrong(style.span(), error.to_string(), help.to_owned())
        })?;
        styles.push((role, from_ansi(parsed)));
    }
    Ok(styles)
}

/// Line and column, from 1, of a range of bytes.
pub fn place(text: &str, range: Range<usize>) -> Span {
    let before = text.get(..range.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let length = text.get(range).map_or(1, |part| part.chars().count()).max(1);
    Span { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, length }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn styles_are_gits() {
        let read =
            read("[roles]\ngood = \"bold green\"\nselected = \"reverse\"\nbad = \"#ff0000 0\"\n").unwrap();
        let style = |role| read.iter().find(|(other, _)| *other == role).unwrap().1;
        assert_eq!(style(Role::Good), Style::new().fg(Color::Green).add_modifier(Modifier::BOLD));
        assert_eq!(style(Role::Selected), Style::new().add_modifier(Modifier::REVERSED));
        assert_eq!(style(Role::Bad).fg, Some(Color::Rgb(255, 0, 0)));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |text: &str| {
            let error = read(text).unwrap_err();
            (error.span.line, error.span.column, error.message)
        };
        let (line, column, message) = told("[roles]\ngood = \"green\"\ngod = \"red\"\n");
        assert_eq!((line, column), (3, 1), "{message}");
        assert!(message.contains("`god`"));
        let (line, column, message) = told("[roles]\ngood = \"grene\"\n");
        assert_eq!((line, column), (2, 8), "{message}");
        assert_eq!(told("[roles]\ngood = \n").0, 2);
        assert_eq!(told("[colours]\n").0, 1);
        assert!(read("").is_err());
    }
}
