/// How grave a line of a log says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
}

/// A line that holds none of these, in any case, is no error: to be looked for before `level` is asked.
pub const ERROR_SIGNS: [&str; 7] =
    ["error", "fatal", "traceback", "exception", "critical", "panicked", "fail"];

const ERRORS: [&str; 8] =
    ["error", "fatal", "traceback", "exception", "critical", "panicked", "failed", "failure"];
const WARNINGS: [&str; 2] = ["warning", "warn"];
/// What a line says of itself stands near its beginning.
const LOOKED_AT: usize = 200;

/// By the words that programs of every language use. An exception's own name, `KeyError: …`, counts as well.
pub fn level(line: &str) -> Option<Level> {
    let end = line.char_indices().nth(LOOKED_AT).map_or(line.len(), |(at, _)| at);
    let words = line[..end].split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let is = |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let named = |word: &str| {
        word.len() > 5 && (word.ends_with("Error") || word.ends_with("Exception")) && word.is_ascii()
    };
    let mut warned = false;
    // `0 errors` and `no error` tell the opposite.
    let mut before = "";
    for word in words {
        let denied =
            before == "0" || before.eq_ignore_ascii_case("no") || before.eq_ignore_ascii_case("without");
        if !denied && (is(word, &ERRORS) || named(word)) {
            return Some(Level::Error);
        }
        warned |= !denied && is(word, &WARNINGS);
        before = word;
    }
    warned.then_some(Level::Warning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_grave_it_is() {
        for line in [
            "ERROR: no such table",
            "Traceback (most recent call last):",
            "KeyError: 'x'",
            "[error] x",
            "thread 'main' panicked at",
        ] {
            assert_eq!(level(line), Some(Level::Error), "{line}");
            let small = line.to_lowercase();
            assert!(ERROR_SIGNS.iter().any(|sign| small.contains(sign)), "{line}");
        }
        assert_eq!(level("2013-01-01 WARN slow"), Some(Level::Warning));
        for line in [
            "",
            "all is well",
            "0 errors, no failure",
            "mirrored terrors",
            &format!("{}error", "x".repeat(300)),
        ] {
            assert_eq!(level(line), None, "{line}");
        }
    }
}
