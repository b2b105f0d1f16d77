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
/// Holds all of them.
const FILE: &str = "params.json";

impl Default for Mentions {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Mentions {
    /// Where in doubt, any: a step that is run once more for nothing is cheaper than one that is wrong.
    pub fn of(text: &str) -> Self {
        let whole = |at: usize| !ONE_OF_IT.iter().any(|one| text[at + ENVIRONMENT.len()..].starts_with(one));
        if text.match_indices(ENVIRONMENT).any(|(at, _)| whole(at))
            || text.contains("printenv")
            || text.contains(FILE)
        {
            return Self::Any;
        }
        let mut found = BTreeSet::new();
        // In a query, wherever that is written. Addresses and decorators name no parameters.
        for (at, _) in text.match_indices('@') {
            let word = &text[at + 1..];
            if word.starts_with('{') {
                return Self::Any;
            }
            let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            found.extend(Name::new(&word[..end.unwrap_or(word.len())].to_ascii_lowercase()).ok());
        }
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

    /// The same of what a shell runs, which can list its variables.
    pub fn of_script(text: &str) -> Self {
        let body =
            if text.starts_with("#!") { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        if body.lines().any(lists_variables) { Self::Any } else { Self::of(text) }
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

fn lists_variables(line: &str) -> bool {
    let parts = |c: char| c.is_whitespace() || "()`\"'<>{}".contains(c);
    line.split(['|', ';', '&']).any(|command| {
        let words: Vec<&str> = command.split(parts).filter(|word| !word.is_empty()).collect();
        words.iter().enumerate().any(|(at, word)| match word.rsplit('/').next() {
            // It may be there to start a program.
            Some("env") if *word == "env" || word.ends_with("/bin/env") => {
                let rest = words[at + 1..].iter().find(|word| !word.contains('='));
                rest.is_none_or(|next| next.starts_with('-'))
            }
            Some("declare" | "typeset") => true,
            Some("export") => words.get(at + 1).is_none_or(|next| next.starts_with('-')),
            Some("set") => words.len() == 1,
            _ => false,
        })
    })
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
    fn what_a_query_binds_is_found_wherever_it_is_written() {
        let found =
            Mentions::of("rows(\"SELECT * FROM flights WHERE day = @Day AND n > @min_rows\")  # a@b.example");
        for name in ["day", "min_rows"] {
            assert!(found.any_of(&[Name::new(name).unwrap()]), "{name}");
        }
        assert!(!found.any_of(&[Name::new("depth").unwrap()]));
        for text in ["jq .day /greenroom/params.json", "rows(f'SELECT @{name}')"] {
            assert_eq!(Mentions::of(text), Mentions::Any, "{text}");
        }
    }

    #[test]
    fn a_script_that_lists_its_variables_may_ask_for_any() {
        for text in [
            "env | grep PARAM",
            "x=$(env)",
            "cd a && /usr/bin/env -0 > all",
            "export -p",
            "export | sort",
            "declare -x > all",
            "set | grep PARAM",
        ] {
            assert_eq!(Mentions::of_script(text), Mentions::Any, "{text}");
        }
        for text in [
            "#!/usr/bin/env bash\nset -eu",
            "env LANG=C sort rows",
            "export DAY=monday",
            "train --env dev",
            "cat .env",
        ] {
            assert_eq!(Mentions::of_script(text), Mentions::default(), "{text}");
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
