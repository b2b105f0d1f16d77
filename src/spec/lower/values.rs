use std::time::Duration;

use indexmap::IndexMap;

use super::context::Lower;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Name, Span, parse_duration};
use crate::spec::yaml::{Node, Plain, Scalar};

impl<'a> Lower<'a> {
    /// A text; a number must be quoted to be one.
    pub(super) fn text(&mut self, node: &'a Node, what: &str) -> Option<&'a str> {
        match node.as_scalar() {
            Some(scalar) if scalar.typed() == Plain::Text => Some(&scalar.text),
            Some(scalar) => {
                let message = format!("{what} is a text, and `{}` is {}", scalar.text, node.kind());
                self.problems.error("wrong-type", node.span, message).help =
                    format!("quote it: \"{}\"", scalar.text);
                None
            }
            None => {
                self.wrong_type(node, what, "a text");
                None
            }
        }
    }

    pub(super) fn string(&mut self, node: Option<&'a Node>, what: &str) -> String {
        node.and_then(|node| self.text(node, what)).unwrap_or_default().to_owned()
    }

    /// A scalar, as written: where numbers are texts anyway, as in an argv or the environment.
    pub(super) fn scalar(&mut self, node: &'a Node, what: &str) -> Option<&'a Scalar> {
        match node.as_scalar() {
            Some(scalar) if scalar.typed() != Plain::Null => Some(scalar),
            _ => {
                self.wrong_type(node, what, "a single value");
                None
            }
        }
    }

    pub(super) fn name(&mut self, node: &'a Node, what: &str) -> Option<Name> {
        let Some(scalar) = node.as_scalar() else {
            self.wrong_type(node, what, "a name");
            return None;
        };
        self.name_of(&scalar.text, node.span, what)
    }

    /// A name that is written as a key.
    pub(super) fn name_of(&mut self, text: &str, span: Span, what: &str) -> Option<Name> {
        match Name::new(text) {
            Ok(name) => Some(name),
            Err(error) => {
                let help = match Name::meant(text) {
                    None => {
                        "a name has lower-case letters, digits and _, and begins with a letter".to_owned()
                    }
                    Some(meant) => format!("did you mean `{meant}`?"),
                };
                self.problems.error("bad-name", span, format!("{what}: {error}")).help = help;
                None
            }
        }
    }

    pub(super) fn bool(&mut self, node: &'a Node, what: &str) -> Option<bool> {
        match node.as_scalar().map(|scalar| (scalar.typed(), scalar.text.as_str())) {
            Some((Plain::Bool(flag), _)) => Some(flag),
            Some((Plain::Text, text)) => {
                let help = match text.to_ascii_lowercase().as_str() {
                    "no" | "off" | "n" => "in YAML 1.2 that is a text; write false",
                    "yes" | "on" | "y" => "in YAML 1.2 that is a text; write true",
                    _ => "write true or false",
                };
                let message = format!("{what} is true or false, not `{text}`");
                self.problems.error("wrong-type", node.span, message).help = help.into();
                None
            }
            _ => {
                self.wrong_type(node, what, "true or false");
                None
            }
        }
    }

    /// A whole number within bounds.
    pub(super) fn count(&mut self, node: &'a Node, what: &str, least: u64, most: u64) -> Option<u64> {
        let number = match node.as_scalar().map(Scalar::typed) {
            Some(Plain::Int(number)) => u64::try_from(number).ok(),
            _ => {
                self.wrong_type(node, what, "a whole number");
                return None;
            }
        };
        match number {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                let message = match most {
                    u64::MAX => format!("{what} is at least {least}"),
                    _ => format!("{what} is from {least} to {most}"),
                };
                self.problems.error("out-of-range", node.span, message);
                None
            }
        }
    }

    pub(super) fn number(&mut self, node: &'a Node, what: &str) -> Option<f64> {
        let number = match node.as_scalar().map(Scalar::typed) {
            Some(Plain::Int(number)) => Some(number as f64),
            Some(Plain::Float(number)) => Some(number).filter(|number| number.is_finite()),
            _ => None,
        };
        if number.is_none() {
            match node.as_scalar().map(Scalar::typed) {
                Some(Plain::Float(_)) => {
                    let message = format!("{what} is a finite number: neither NaN nor Infinity");
                    self.problems.error("wrong-type", node.span, message);
                }
                _ => self.wrong_type(node, what, "a number"),
            }
        }
        number
    }

    pub(super) fn duration(&mut self, node: &'a Node, what: &str) -> Option<Duration> {
        let Some(scalar) = node.as_scalar() else {
            self.wrong_type(node, what, "a duration");
            return None;
        };
        match parse_duration(&scalar.text) {
            Ok(time) => Some(time),
            Err(error) => {
                let help = match scalar.typed() {
                    Plain::Int(_) => format!("with a unit: {0}s or {0}m", scalar.text),
                    _ => String::new(),
                };
                self.problems.error("bad-duration", node.span, format!("{what}: {error}")).help = help;
                None
            }
        }
    }

    /// A duration that is more than nothing.
    pub(super) fn some_time(&mut self, node: &'a Node, what: &str) -> Option<Duration> {
        let time = self.duration(node, what)?;
        if time.is_zero() {
            self.problems.error("bad-duration", node.span, format!("{what} must be more than nothing"));
            return None;
        }
        Some(time)
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&mut self, node: &'a Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let Some(scalar) = node.as_scalar() else {
            self.wrong_type(node, what, "a word");
            return None;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == scalar.text) {
            return Some(*value);
        }
        let help = did_you_mean(&scalar.text, "words", words.iter().map(|(word, _)| *word));
        self.problems.error("unknown-value", node.span, format!("{what} cannot be `{}`", scalar.text)).help =
            help;
        None
    }

    pub(super) fn list<T>(
        &mut self,
        node: Option<&'a Node>,
        what: &str,
        mut item: impl FnMut(&mut Self, &'a Node) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = node else { return Vec::new() };
        match node.as_list() {
            Some(items) => items.iter().filter_map(|node| item(self, node)).collect(),
            None => {
                self.wrong_type(node, what, "a list");
                Vec::new()
            }
        }
    }

    pub(super) fn texts(&mut self, node: Option<&'a Node>, what: &str) -> Vec<String> {
        self.list(node, what, |lower, node| lower.text(node, what).map(str::to_owned))
    }

    /// An argv: numbers are taken as written.
    pub(super) fn words(&mut self, node: Option<&'a Node>, what: &str) -> Vec<String> {
        if let Some(scalar) = node.and_then(Node::as_scalar) {
            let span = node.map_or(Span::START, |node| node.span);
            let message = format!("{what} is a list of words, not one text");
            let words: Vec<&str> = scalar.text.split_whitespace().collect();
            self.problems.error("wrong-type", span, message).help =
                format!("write [{}]; or use `run` for a shell script", words.join(", "));
            return Vec::new();
        }
        self.list(node, what, |lower, node| lower.scalar(node, what).map(|scalar| scalar.text.clone()))
    }

    /// A mapping from names.
    pub(super) fn named<T>(
        &mut self,
        node: Option<&'a Node>,
        what: &str,
        key: &str,
        mut item: impl FnMut(&mut Self, &Name, Span, &'a Node) -> Option<T>,
    ) -> IndexMap<Name, T> {
        let mut found = IndexMap::new();
        let Some(node) = node else { return found };
        let Some(map) = node.as_map() else {
            self.wrong_type(node, what, "a mapping");
            return found;
        };
        for entry in map {
            let Some(name) = self.name_of(&entry.key, entry.span, key) else { continue };
            if let Some(value) = item(self, &name, entry.span, &entry.value) {
                found.insert(name, value);
            }
        }
        found
    }
}
