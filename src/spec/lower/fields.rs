use super::context::Lower;
use crate::domain::Span;
use crate::domain::nearest::{did_you_mean, nearest};
use crate::spec::foreign;
use crate::spec::yaml::{Entry, Node};

/// A mapping whose keys are fixed.
pub(super) struct Fields<'n> {
    map: &'n [Entry],
    pub span: Span,
    /// Keys that were meant by those that are none: nobody is told that they are missing.
    meant: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// Tells every key that is none.
    pub fn of(node: &'n Node, what: &str, keys: &[&'static str], lower: &mut Lower<'_>) -> Option<Self> {
        let Some(map) = node.as_map() else {
            lower.wrong_type(node, what, "a mapping");
            return None;
        };
        let mut meant = Vec::new();
        for entry in map.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            let key = entry.key.as_str();
            let ours = foreign::key(key).filter(|ours| {
                let first = ours.split(':').next().unwrap_or(ours);
                keys.contains(&first)
            });
            let near = nearest(key, keys.iter().copied());
            let word = ours.map(|ours| ours.split(':').next().unwrap_or(ours)).or(near);
            meant.extend(keys.iter().filter(|key| Some(**key) == word));
            let help = match (near, ours) {
                (_, Some(ours)) => format!("did you mean `{ours}`?"),
                (Some(near), None) => format!("did you mean `{near}`?"),
                (None, None) => did_you_mean(key, "keys", keys.iter().copied()),
            };
            lower.problems.error("unknown-key", entry.span, format!("{what} has no key `{key}`")).help = help;
        }
        Some(Self { map, span: node.span, meant })
    }

    /// None where the key is absent or nothing stands behind it.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.map
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
            .filter(|node| !node.is_null())
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Another key was told to be this one, misspelled.
    pub fn meant(&self, key: &str) -> bool {
        self.meant.contains(&key)
    }

    /// Where the key is written.
    pub fn key(&self, key: &str) -> Option<Span> {
        self.map.iter().find(|entry| entry.key == key).map(|entry| entry.span)
    }

    /// As `get`; tells that it is missing, at `at`.
    pub fn need(&self, key: &str, what: &str, at: Span, lower: &mut Lower<'_>) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() && !self.meant(key) {
            let at = self.key(key).unwrap_or(at);
            lower.problems.error("missing-key", at, format!("{what} needs `{key}`"));
        }
        found
    }
}
