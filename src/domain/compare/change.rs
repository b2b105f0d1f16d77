use serde::Serialize;

use super::told_apart::told_apart;

/// Something that both runs may have, by its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change<T> {
    pub name: String,
    /// None: that run has no such thing.
    pub old: Option<T>,
    pub new: Option<T>,
}

impl<T: PartialEq> Change<T> {
    pub fn is_same(&self) -> bool {
        self.old == self.new
    }

    /// All names of two lists, in the order of the newer one; those that are gone come last.
    pub fn all<'a, I>(old: I, new: I) -> Vec<Self>
    where
        I: IntoIterator<Item = (&'a str, T)>,
    {
        let mut left: Vec<(&str, Option<T>)> =
            old.into_iter().map(|(name, value)| (name, Some(value))).collect();
        let mut all: Vec<Self> = new
            .into_iter()
            .map(|(name, value)| {
                let old = left.iter_mut().find(|(gone, _)| *gone == name).and_then(|(_, value)| value.take());
                Self { name: name.to_owned(), old, new: Some(value) }
            })
            .collect();
        let gone = left.into_iter().filter(|(_, value)| value.is_some());
        all.extend(gone.map(|(name, old)| Self { name: name.to_owned(), old, new: None }));
        all
    }
}

impl Change<String> {
    /// `3 → 6`; where only one run has it, what that one has.
    pub fn told(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) if old == new => old.clone(),
            (old, new) => {
                let shown = |side: &Option<String>| side.clone().unwrap_or_else(|| "none".to_owned());
                let (was, is) = (shown(old), shown(new));
                // Nobody reads lines within a line.
                let apart = told_apart(&was, &is).filter(|_| !was.contains('\n') && !is.contains('\n'));
                let (was, is) = apart.unwrap_or((was, is));
                format!("{was} → {is}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_told_after_what_there_is() {
        let all = Change::all([("a", 1), ("b", 2)], [("b", 3), ("c", 4)]);
        let told: Vec<_> = all.iter().map(|change| (change.name.as_str(), change.old, change.new)).collect();
        assert_eq!(told, [("b", Some(2), Some(3)), ("c", None, Some(4)), ("a", Some(1), None)]);
    }

    #[test]
    fn what_differs_is_seen_to() {
        let told = |old: &str, new: &str| {
            let (old, new) = (Some(old.to_owned()), Some(new.to_owned()));
            Change { name: "a".to_owned(), old, new }.told()
        };
        assert_eq!((told("3", "6"), told("a", "a ")), ("3 → 6".to_owned(), "\"a\" → \"a \"".to_owned()));
        assert_eq!(told("a\n", "a \n"), "a\n → a \n");
    }
}
