use std::collections::BTreeSet;

use super::Name;

/// The parameters that a text may ask for, by the variables in which steps get them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mentions {
    /// It puts a variable's name together, or looks through them: which ones, nobody can tell.
    Any,
    These(BTreeSet<Name>),
}

const VARIABLE: &str = "GREENROOM_PARAM";

impl Default for Mentions {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Mentions {
    pub fn of(text: &str) -> Self {
        let mut found = BTreeSet::new();
        for (at, _) in text.match_indices(VARIABLE) {
            let after = &text[at + VARIABLE.len()..];
            let name = after.strip_prefix('_').map(|name| {
                let end = name.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
                &name[..end.unwrap_or(name.len())]
            });
            // `GREENROOM_PARAM_$x` and `startswith("GREENROOM_PARAM_")` name none.
            match name.map(|name| Name::new(&name.to_ascii_lowercase())) {
                Some(Ok(name)) => found.insert(name),
                _ => return Self::Any,
            };
        }
        Self::These(found)
    }

    pub fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::These(names), Self::These(more)) => names.extend(more),
            (_, _) => *self = Self::Any,
        }
    }

    pub fn any_of(&self, names: &[Name]) -> bool {
        match self {
            Self::Any => true,
            Self::These(these) => names.iter().any(|name| these.contains(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Option<Vec<String>> {
        match Mentions::of(text) {
            Mentions::Any => None,
            Mentions::These(names) => Some(names.into_iter().map(|name| name.to_string()).collect()),
        }
    }

    #[test]
    fn what_is_named_is_found_and_what_is_put_together_may_be_any() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(named("nothing"), names(&[]));
        assert_eq!(named("echo $GREENROOM_PARAM_DAY ${GREENROOM_PARAM_DEPTH}"), names(&["day", "depth"]));
        assert_eq!(named("os.environ['GREENROOM_PARAM_MIN_ROWS']"), names(&["min_rows"]));
        for text in ["$GREENROOM_PARAM_$x", "\"GREENROOM_PARAM_\" + name", "k.startswith('GREENROOM_PARAM')"]
        {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn of_many_texts_any_is_any() {
        let mut all = Mentions::of("$GREENROOM_PARAM_DAY");
        all.add(Mentions::of("$GREENROOM_PARAM_DEPTH"));
        let depth = [Name::new("depth").unwrap()];
        assert!(all.any_of(&depth) && !all.any_of(&[Name::new("rate").unwrap()]));
        all.add(Mentions::Any);
        assert!(all.any_of(&[Name::new("rate").unwrap()]));
    }
}
