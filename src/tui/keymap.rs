use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::mistake::{Mistake, parse};
use crate::app::{ACTIONS, Action, Code, Key, Model, Msg, NoKey, OwnCommand, Screen, Typing, action};
use crate::domain::nearest::did_you_mean;

/// Which key asks for what.
#[derive(Clone, Debug)]
pub struct Keymap {
    /// In the order of the actions; of several keys the first is shown.
    bound: Vec<(Key, &'static Action)>,
    pub own: Vec<OwnCommand>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Spanned<Keys>>,
    #[serde(default)]
    commands: BTreeMap<String, Command>,
}

/// One of the person's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    run: String,
    title: Option<String>,
    key: Option<Spanned<String>>,
    #[serde(default)]
    on: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Some(Vec<String>),
    /// What is not written as keys are.
    No(IgnoredAny),
}

impl Keys {
    fn named(&self) -> Result<&[String], &'static str> {
        match self {
            Self::One(key) => Ok(std::slice::from_ref(key)),
            Self::Some(keys) => Ok(keys),
            Self::No(_) => Err("a key is written in quotes, and several of them in brackets"),
        }
    }
}

impl Default for Keymap {
    fn default() -> Self {
        let of = |action: &'static Action| {
            action.keys.iter().filter_map(|key| key.parse().ok()).map(move |key| (key, action))
        };
        Self { bound: ACTIONS.iter().copied().flat_map(of).collect(), own: Vec::new() }
    }
}

impl Keymap {
    /// The usual keys, but for the actions that a person's own file names.
    ///
    /// # Errors
    /// All unknown actions, what is no key, and keys that would mean two things in one place, in the order of their places.
    pub fn read(text: &str) -> Result<Self, Vec<Mistake>> {
        let file: File = parse(
            text,
            "keys.toml is a table [keys] of lines such as run = \"r\" or down = [\"j\", \"down\"]",
        )?;
        let (mut keymap, mut own, mut mistakes) = (Self::default(), Vec::new(), Vec::new());
        let mut wrong = |range, message: String, help: &str| {
            mistakes.push(Mistake::at(text, range, message, help));
        };
        for (id, keys) in &file.keys {
            let named = keys.get_ref().named().unwrap_or_else(|why| {
                wrong(keys.span(), why.to_owned(), "");
                &[]
            });
            let parsed = named.iter().filter_map(|key| {
                key.parse().map_err(|error: NoKey| wrong(keys.span(), error.to_string(), "")).ok()
            });
            let parsed: Vec<Key> = parsed.collect();
            let Some(action) = action(id.get_ref()) else {
                let message = format!("there is no action `{}`", id.get_ref());
                let known = ACTIONS.iter().map(|action| action.id);
                wrong(id.span(), message, &did_you_mean(id.get_ref(), "actions", known));
                continue;
            };
            keymap.bound.retain(|(_, bound)| bound.id != action.id);
            own.extend(parsed.into_iter().map(|key| (key, action, keys.span())));
        }
        for (key, action, span) in own {
            if let Some((_, other)) =
                keymap.bound.iter().find(|(bound, other)| *bound == key && meet(action, other))
            {
                let message = format!("`{key}` is the key of `{}` and of `{}`", other.id, action.id);
                wrong(span, message, "give one of them another key here");
            }
            keymap.bound.push((key, action));
        }
        for (name, command) in file.commands {
            match keymap.own(name, command) {
                Ok(own) => keymap.own.push(own),
                Err((range, message, help)) => wrong(range, message, &help),
            }
        }
        mistakes.sort_by_key(|mistake| (mistake.span.line, mistake.span.column));
        if mistakes.is_empty() { Ok(keymap) } else { Err(mistakes) }
    }

    /// A command of the person's own, or what is wrong with it, where, and what to do.
    fn own(&self, name: String, command: Command) -> Result<OwnCommand, (Range<usize>, String, String)> {
        let mut on = Vec::new();
        for screen in &command.on {
            let called = |known: &&Screen| known.title().eq_ignore_ascii_case(screen.get_ref());
            match Screen::ALL.iter().find(called) {
                Some(known) => on.push(*known),
                None => {
                    let all = Screen::ALL.map(|screen| screen.title().to_ascii_lowercase()).join(", ");
                    let message = format!("there is no screen `{}`", screen.get_ref());
                    return Err((screen.span(), message, format!("there are {all}")));
                }
            }
        }
        let title = command.title.unwrap_or_else(|| name.replace('_', " "));
        let mut own = OwnCommand { name, title, run: command.run, key: None, on };
        let Some(key) = command.key else { return Ok(own) };
        let parsed = key.get_ref().parse::<Key>();
        let parsed = parsed.map_err(|error| (key.span(), error.to_string(), String::new()))?;
        let here = |action: &Action| {
            action.on.is_empty()
                || own.on.is_empty()
                || own.on.iter().any(|screen| action.on.contains(screen))
        };
        let taken = self.bound.iter().find(|(bound, action)| *bound == parsed && here(action));
        let meets = |other: &&OwnCommand| {
            other.key == Some(parsed)
                && Screen::ALL.iter().any(|screen| other.is_on(*screen) && own.is_on(*screen))
        };
        let taken = taken.map(|(_, action)| action.id.to_owned());
        let taken = taken.or_else(|| self.own.iter().find(meets).map(|other| other.name.clone()));
        if let Some(other) = taken {
            let message = format!("`{parsed}` is the key of `{other}` and of `{}`", own.name);
            return Err((key.span(), message, "give one of them another key here".to_owned()));
        }
        own.key = Some(parsed);
        Ok(own)
    }

    /// What a key means where the person is.
    pub fn message(&self, model: &Model, key: Key) -> Msg {
        // Whoever is asked for a yes or a no may say both.
        let says_no = key == Key::char('n') && model.typing().is_none() && model.is_asked();
        if let Some(back) = action("back").filter(|_| says_no) {
            return Msg::Act(back);
        }
        if let Some(action) = self.action(model.screen, model.typing(), key) {
            return Msg::Act(action);
        }
        let own = |command: &OwnCommand| command.key == Some(key) && command.is_on(model.screen);
        if model.typing().is_some() {
            return Msg::Type(key);
        }
        if let Some(own) = self.own.iter().position(own) {
            return Msg::Own(own);
        }
        let elsewhere: Vec<_> =
            self.bound.iter().filter(|(bound, _)| *bound == key).map(|(_, action)| *action).collect();
        if elsewhere.is_empty() { Msg::Type(key) } else { Msg::Elsewhere(elsewhere) }
    }

    fn action(&self, screen: Screen, typing: Option<Typing>, key: Key) -> Option<&'static Action> {
        let here = |action: &Action| action.on.is_empty() || action.on.contains(&screen);
        let reaches = |action: &Action| match typing {
            None => here(action),
            Some(Typing::Line) => here(action) && (leaves_line(key) || saves(key, action)),
            Some(Typing::Text) => here(action) && leaves_text(key, action),
        };
        let found = self.bound.iter().find(|(bound, action)| *bound == key && reaches(action));
        found.map(|(_, action)| *action)
    }

    /// The first key of an action, by its name; empty where it has none.
    pub fn key_of(&self, id: &str) -> String {
        let bound = self.bound.iter().find(|(_, bound)| bound.id == id);
        bound.map(|(key, _)| key.to_string()).unwrap_or_default()
    }

    /// The first key that asks for an action where the person is.
    pub fn key_here(&self, model: &Model, action: &'static Action) -> Option<Key> {
        let asks = |key: &Key| matches!(self.message(model, *key), Msg::Act(asked) if asked.id == action.id);
        self.keys(action).find(asks)
    }

    /// All keys that ask for it on the screen, whatever lies over that: none of them is a letter of what is typed there.
    pub fn keys_below(&self, model: &Model, action: &'static Action) -> impl Iterator<Item = Key> {
        let asked = move |key: &Key| self.action(model.screen, model.typing_below(), *key);
        self.keys(action).filter(move |key| asked(key).is_some_and(|asked| asked.id == action.id))
    }

    /// The keys of an action, as they are typed.
    pub fn keys(&self, action: &Action) -> impl Iterator<Item = Key> {
        self.bound.iter().filter(|(_, bound)| bound.id == action.id).map(|(key, _)| *key)
    }
}

/// Both are there on one screen.
fn meet(a: &Action, b: &Action) -> bool {
    Screen::ALL
        .iter()
        .any(|screen| [a, b].iter().all(|action| action.on.is_empty() || action.on.contains(screen)))
}

/// A key that is no part of a text that is typed on one line.
fn leaves_line(key: Key) -> bool {
    let moves = [Code::Enter, Code::Esc, Code::Up, Code::Down, Code::Tab, Code::PageUp, Code::PageDown];
    moves.contains(&key.code) && !key.ctrl && !key.alt || leaves_all(key)
}

/// The same of many lines: what has a meaning of its own on this very screen, and makes no letter; and the palette, as
/// its other key is one.
fn leaves_text(key: Key, action: &Action) -> bool {
    let plain = matches!(key.code, Code::Char(_) | Code::Enter) && !key.ctrl && !key.alt;
    leaves_all(key) || key == Key::ctrl('p') || key.code == Code::Esc || !action.on.is_empty() && !plain
}

/// No line of text has another meaning for it.
fn saves(key: Key, action: &Action) -> bool {
    key == Key::ctrl('s') && !action.on.is_empty()
}

fn leaves_all(key: Key) -> bool {
    key == Key::ctrl('c') || key == Key::ctrl('z') || matches!(key.code, Code::F(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_usual_key_means_two_things() {
        let keymap = Keymap::default();
        let named: usize = ACTIONS.iter().map(|action| action.keys.len()).sum();
        assert_eq!(keymap.bound.len(), named, "each is a key");
        for (index, (key, action)) in keymap.bound.iter().enumerate() {
            let clash = keymap.bound[index + 1..].iter().find(|(other, b)| other == key && meet(action, b));
            assert!(clash.is_none(), "{key}: {action:?} and {clash:?}");
        }
    }

    #[test]
    fn a_persons_own_keys_take_the_place_of_the_usual_ones() {
        let keymap = Keymap::read("[keys]\nrun = \"f5\"\ndown = [\"J\", \"down\"]\n").unwrap();
        let keys = |id| keymap.keys(action(id).unwrap()).map(|key| key.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (keys("run"), keys("down")),
            (vec!["f5".to_owned()], vec!["J".to_owned(), "down".to_owned()])
        );
        // Two that change places do not meet.
        assert!(Keymap::read("[keys]\nup = \"j\"\ndown = \"k\"\n").is_ok());
    }

    #[test]
    fn a_person_has_commands_of_their_own() {
        let text = "[commands.note_book]\nrun = \"jupyter lab\"\nkey = \"N\"\non = [\"runs\"]\n";
        let keymap = Keymap::read(text).unwrap();
        assert_eq!(keymap.own[0].title, "note book");
        let mut model = Model::new(
            "dev",
            "dark",
            crate::app::Size { columns: 80, rows: 24 },
            jiff::Timestamp::UNIX_EPOCH,
            jiff::tz::TimeZone::UTC,
        );
        assert!(matches!(keymap.message(&model, Key::char('N')), Msg::Elsewhere(_)));
        model.screen = Screen::Runs;
        assert!(matches!(keymap.message(&model, Key::char('N')), Msg::Own(0)));
        let wrong = |text: &str| Keymap::read(text).unwrap_err().swap_remove(0).message;
        assert_eq!(
            wrong("[commands.a]\nrun = \"x\"\nkey = \"q\""),
            "`q` is the key of `quit_or_back` and of `a`"
        );
        assert_eq!(wrong("[commands.a]\nrun = \"x\"\non = [\"home\"]"), "there is no screen `home`");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let told = |text: &str| {
            let mistake = Keymap::read(text).unwrap_err().swap_remove(0);
            (mistake.span.line, mistake.message)
        };
        let help = |text: &str| Keymap::read(text).unwrap_err().swap_remove(0).help;
        assert_eq!(help("[keys]\ncancle = \"f9\"\n"), "did you mean `cancel`?");
        assert!(help("[keys]\nfrobnicate = \"f9\"\n").contains("run, continue, run_from_here"));
        assert_eq!(told("[keys]\nrun = \"r\"\nfly = \"f\"\n"), (3, "there is no action `fly`".to_owned()));
        assert_eq!(told("[keys]\nrun = \"x\"\n"), (2, "`x` is the key of `cancel` and of `run`".to_owned()));
        assert!(told("[keys]\nrun = \"f99\"\n").1.contains("is no key"));
        assert_eq!(told("[key]\n").0, 1);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let text = "[keys]\nup = 7\nfly = \"f99\"\nrun = \"x\"\ncopy = [\"f98\", \"x\"]\n[commands.a]\nrun = \"x\"\nkey = \"q\"\n";
        let mistakes = Keymap::read(text).unwrap_err();
        let lines: Vec<_> = mistakes.iter().map(|mistake| mistake.span.line).collect();
        assert_eq!(lines, [2, 3, 3, 4, 5, 5, 8], "{mistakes:?}");
    }
}
