use unicode_width::UnicodeWidthChar;

/// Two values that differ and look the same: both in quotes, with escapes for what is not seen, or for all letters that can
/// be written in more ways than one. None: as they are, they are told apart.
pub fn told_apart(old: &str, new: &str) -> Option<(String, String)> {
    let both = |escape: fn(char) -> bool| Some((quoted(old, escape), quoted(new, escape)));
    match () {
        () if old == new => None,
        () if seen(old) == seen(new) => both(is_unseen),
        () if [old, new].into_iter().any(has_marks) && letters(old) == letters(new) => {
            both(|c| !c.is_ascii() || is_unseen(c))
        }
        () => None,
    }
}

/// Blanks other than the usual one, and what takes no room.
fn is_unseen(c: char) -> bool {
    c != ' ' && (c.is_whitespace() || c.width().unwrap_or(0) == 0)
}

/// What is left of a text for the eye.
fn seen(text: &str) -> String {
    let seen: String = text.chars().filter(|c| c.is_whitespace() || !is_unseen(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_marks(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && is_unseen(c))
}

/// With one sign for whatever is a letter with marks, or may be.
fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            letters.push(c);
        } else {
            if is_unseen(c) {
                letters.pop();
            }
            letters.push('\u{fffd}');
        }
    }
    letters
}

fn quoted(text: &str, escape: fn(char) -> bool) -> String {
    let mut told = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => told.extend(['\\', c]),
            c if escape(c) => told.extend(c.escape_default()),
            c => told.push(c),
        }
    }
    told + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_written_so_that_it_does_not() {
        for (old, new, told) in [
            ("a", "a ", Some((r#""a""#, r#""a ""#))),
            ("a\u{a0}b", "a b", Some((r#""a\u{a0}b""#, r#""a b""#))),
            ("日本\t", "日本", Some((r#""日本\t""#, r#""日本""#))),
            ("a\u{200b}\"", "a\"", Some((r#""a\u{200b}\"""#, r#""a\"""#))),
            ("caf\u{e9}", "cafe\u{301}", Some((r#""caf\u{e9}""#, r#""cafe\u{301}""#))),
            ("e", "e\u{301}", Some((r#""e""#, r#""e\u{301}""#))),
            ("\u{e9}", "\u{e8}", None),
            ("日本", "大阪", None),
            ("a b", "ab", None),
            ("1", "1.0", None),
            ("a ", "a ", None),
        ] {
            let told = told.map(|(old, new)| (old.to_owned(), new.to_owned()));
            assert_eq!(told_apart(old, new), told, "{old:?}, {new:?}");
        }
    }
}
