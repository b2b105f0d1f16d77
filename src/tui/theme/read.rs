use std::collections::BTreeMap;

use ratatui::style::Style;
use serde::Deserialize;
use toml::{Spanned, Value};

use super::super::mistake::{Mistake, parse};
use super::Role;
use super::colours::from_ansi;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    roles: BTreeMap<Spanned<String>, Spanned<Value>>,
}

/// Each role that the text names, with all of its colours; or all that is wrong in it.
pub fn read(text: &str) -> Result<Vec<(Role, Style)>, Vec<Mistake>> {
    let file: File = parse(text, "a theme is a table [roles] of lines such as good = \"bold green\"")?;
    let (mut styles, mut mistakes) = (Vec::new(), Vec::new());
    for (name, style) in &file.roles {
        match (role(text, name), self::style(text, style)) {
            (Ok(role), Ok(style)) => styles.push((role, style)),
            (role, style) => mistakes.extend([role.err(), style.err()].into_iter().flatten()),
        }
    }
    mistakes.sort_by_key(|mistake| (mistake.span.line, mistake.span.column));
    if mistakes.is_empty() { Ok(styles) } else { Err(mistakes) }
}

fn role(text: &str, name: &Spanned<String>) -> Result<Role, Mistake> {
    let role = Role::ALL.into_iter().find(|role| role.name() == name.get_ref());
    role.ok_or_else(|| {
        let names = Role::ALL.map(Role::name).join(", ");
        let message = format!("there is no role `{}`", name.get_ref());
        Mistake::at(text, name.span(), message, format!("there are {names}"))
    })
}

fn style(text: &str, style: &Spanned<Value>) -> Result<Style, Mistake> {
    let parsed = match style.get_ref() {
        Value::String(style) => anstyle_git::parse(style).map_err(|error| error.to_string()),
        _ => Err("a style is written in quotes".to_owned()),
    };
    parsed.map(from_ansi).map_err(|why| {
        let help = "a style is what git takes: bold, dim, italic, ul, reverse; a colour and one behind it, by name (red), number (0 to 255) or #rrggbb";
        Mistake::at(text, style.span(), why, help)
    })
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
            let mistake = read(text).unwrap_err().swap_remove(0);
            (mistake.span.line, mistake.span.column, mistake.message)
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

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let places = |text: &str| {
            let mistakes = read(text).unwrap_err().into_iter();
            mistakes.map(|mistake| (mistake.span.line, mistake.span.column)).collect::<Vec<_>>()
        };
        assert_eq!(
            places("[roles]\nwarn = 3\ngood = \"green\"\ngod = \"rde\"\nbad = \"rde\"\n"),
            [(2, 8), (4, 1), (4, 7), (5, 7)]
        );
        assert_eq!(places("[roles]\ngood = \nwarn = \"red\"\nbad = =\n").len(), 2);
    }
}
