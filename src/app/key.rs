use std::fmt;
use std::str::FromStr;

/// A key as a person presses it: `r`, `G`, `ctrl-d`, `enter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    /// Of keys that are no characters: those tell it by themselves.
    pub shift: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// Keys that have a name.
const NAMED: [(&str, Code); 16] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("insert", Code::Insert),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("pageup", Code::PageUp),
    ("pagedown", Code::PageDown),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key: a key is a character, or one of {names}, f1 to f12, with ctrl-, alt- or shift- before it",
    names = NAMED.map(|(name, _)| name).join(", "))]
pub struct NoKey(String);

impl Key {
    pub const fn of(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    pub const fn char(c: char) -> Self {
        Self::of(Code::Char(c))
    }

    pub const fn ctrl(c: char) -> Self {
        Self { ctrl: true, ..Self::char(c) }
    }

    /// The character that it writes into a text, if it writes one.
    pub fn writes(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

impl FromStr for Key {
    type Err = NoKey;
    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut key = Self::of(Code::Esc);
        let mut rest = text;
        loop {
            let mut strip = |prefix, flag: &mut bool| match rest.strip_prefix(prefix) {
                Some(left) if !left.is_empty() && !*flag => {
                    rest = left;
                    *flag = true;
                    true
                }
                _ => false,
            };
            let found = strip("ctrl-", &mut key.ctrl)
                || strip("alt-", &mut key.alt)
                || strip("shift-", &mut key.shift);
            if !found {
                break;
            }
        }
        let named = NAMED.iter().find(|(name, _)| *name == rest).map(|(_, code)| *code);
        let mut chars = rest.chars();
        let function = || rest.strip_prefix('f')?.parse().ok().filter(|n| (1..=12).contains(n));
        key.code = match (named, chars.next(), chars.next()) {
            (Some(code), ..) => code,
            (None, Some(c), None) if !c.is_control() => Code::Char(c),
            _ => Code::F(function().ok_or_else(|| NoKey(text.to_owned()))?),
        };
        match key.code {
            // A terminal sends the capital itself; with ctrl it does not tell the two apart.
            Code::Char(c) if key.shift || key.ctrl && c.is_uppercase() => Err(NoKey(text.to_owned())),
            _ => Ok(key),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, prefix) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(prefix)?;
            }
        }
        match NAMED.iter().find(|(_, code)| *code == self.code) {
            // Alone it is shown as it is typed.
            Some(("minus", _)) if !self.ctrl && !self.alt => f.write_str("-"),
            Some((name, _)) => f.write_str(name),
            None => match self.code {
                Code::Char(c) => write!(f, "{c}"),
                Code::F(number) => write!(f, "f{number}"),
                _ => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_they_are_written() {
        for text in ["r", "G", "ctrl-d", "alt-enter", "shift-tab", "f5", "space", "-", "?", "ctrl-alt-x", "é"]
        {
            let key: Key = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
        }
        assert_eq!("ctrl-minus".parse::<Key>().unwrap().to_string(), "ctrl-minus");
    }

    #[test]
    fn what_no_terminal_sends_is_refused() {
        for text in ["", "ctrl-", "control-d", "f13", "shift-g", "ctrl-G", "enter2", "ctrl-ctrl-d"] {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
    }
}
