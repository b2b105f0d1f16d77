use std::borrow::Cow;

use camino::Utf8Path;

use super::{File, PROJECT_FILE};

const NAME: &str = "\nname: flights";
const PORT: u16 = 9023;

/// Which copy of the sample a folder holds. The first is as it is embedded; each further one on a machine has a name
/// and a port of its own, for two folders' projects of one name, or services on one port, cannot be up at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(u16);

impl Number {
    pub const FIRST: Self = Self(1);

    /// What a demo tries in turn.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=99).map(Self)
    }

    /// That of the project in `dir`; None: there is none yet, or it is no sample.
    pub fn of(dir: &Utf8Path) -> Option<Self> {
        let text = fs_err::read_to_string(dir.join(PROJECT_FILE)).ok()?;
        let (_, rest) = text.split_once(NAME)?;
        match rest.lines().next()?.trim_end() {
            "" => Some(Self::FIRST),
            suffix => suffix.strip_prefix('_')?.parse().ok().map(Self),
        }
    }

    pub fn project(self) -> String {
        format!("flights{}", self.suffix())
    }

    /// Where its service listens on this machine.
    pub fn port(self) -> u16 {
        PORT.saturating_add(self.0.saturating_sub(1))
    }

    fn suffix(self) -> String {
        if self == Self::FIRST { String::new() } else { format!("_{}", self.0) }
    }

    /// The files of this copy.
    pub fn apply<'a>(self, files: &[File<'a>]) -> Vec<(&'a str, Cow<'a, [u8]>)> {
        let of_copy = |(path, bytes): &File<'a>| match std::str::from_utf8(bytes) {
            Ok(text) if *path == PROJECT_FILE && self != Self::FIRST => {
                let text = text.replace(NAME, &format!("{NAME}{}", self.suffix()));
                let text = text.replace(&PORT.to_string(), &self.port().to_string());
                (*path, Cow::Owned(text.into_bytes()))
            }
            _ => (*path, Cow::Borrowed(*bytes)),
        };
        files.iter().map(of_copy).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::flights;
    use super::*;

    #[test]
    fn a_copy_has_a_name_and_a_port_of_its_own_and_is_known_again() {
        let kept = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(kept.path()).unwrap();
        assert_eq!(Number::of(dir), None);
        for number in [Number::FIRST, Number(12)] {
            let files = number.apply(&flights());
            let (path, bytes) = files.iter().find(|(path, _)| *path == PROJECT_FILE).unwrap();
            fs_err::write(dir.join(path), bytes).unwrap();
            assert_eq!(Number::of(dir), Some(number));
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(text.contains(&format!("\nname: {}\n", number.project())), "{text}");
            let port = number.port().to_string();
            assert_eq!(text.matches(&port).count(), 3, "{text}");
        }
        fs_err::write(dir.join(PROJECT_FILE), "greenroom: 1\nname: flightsim\n").unwrap();
        assert_eq!(Number::of(dir), None);
    }
}
