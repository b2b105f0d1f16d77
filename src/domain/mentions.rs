use std::collections::BTreeSet;

use super::Name;

/// The parameters that a text may ask for, by the variables in which steps get them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mentions {
    /// It puts a variable's name together, or looks through them: which ones, nobody can tell.
    Any,
    These(BTreeSet<Name>),
}

const PREFIX: &str = "GREENROOM_";
const PARAM: &str = "PARAM_";
/// Python's environment, of which one variable is read by its name.
const ENVIRONMENT: &str = "environ";
const ONE_OF_IT: [&str; 4] = ["['", "[\"", ".get('", ".get(\""];

impl Default for Mentions {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Mentions {
    /// Where in doubt, any: a step that is run once more for nothing is cheaper than one that is wrong.
    pub fn of(text: &str) -> Self {
        let whole = |at: usize| !ONE_OF_IT.iter().any(|one| text[at + ENVIRONMENT.len()..].starts_with(one));
        if text.match_indices(ENVIRONMENT).any(|(at, _)| whole(at)) || text.contains("printenv") {
            return Self::Any;
        }
        let mut found = BTreeSet::new();
        for (at, _) in text.match_indices(PREFIX) {
            let word = &text[at + PREFIX.len()..];
            let end = word.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
            let word = &word[..end.unwrap_or(word.len())];
            // `GREENROOM_PARAM_$x` and `startswith("GREENROOM_")` are the beginnings of names.
            if word.is_empty() || word == "PARAM" || word.ends_with('_') {
                return Self::Any;
            }
            if let Some(name) = word.strip_prefix(PARAM) {
                match Name::new(&name.to_ascii_lowercase()) {
                    Ok(name) => found.insert(name),
                    Err(_) => return Self::Any,
                };
            }
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
        assert_eq!(named("os.environ.get(\"SCIENCE_RUNNER\") $GREENROOM_OUTPUT_DIR"), names(&[]));
        for text in [
            "$GREENROOM_PARAM_$x",
            "\"GREENROOM_PARAM_\" + name",
            "k.startswith('GREENROOM_PARAM')",
            "k.startswith(\"GREENROOM_\")",
            "eval \"v=\\$GREENROOM_PARAM_MIN_$x\"",
            "dict(os.environ)",
            "for name in os.environ: pass",
            "printenv | sort",
        ] {
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
