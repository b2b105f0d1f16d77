use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// What others wrote, made fit for a terminal: escape sequences are dropped whole, other control characters and
/// characters that reorder text are shown as their code. Tabs and line ends stay.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => escape(&mut rest, &mut out),
            '\u{9b}' => skip_control_sequence(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest, &mut out),
            c if is_unsafe(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_unsafe(c: char) -> bool {
    let reorders =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    // Tags: letters that no terminal draws.
    let hides = matches!(c, '\u{e0000}'..='\u{e007f}');
    c.is_control() && c != '\t' && c != '\n' || reorders || breaks || hides
}

fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    match rest.peek() {
        Some('[') => {
            rest.next();
            skip_control_sequence(rest);
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            rest.next();
            skip_string(rest, out);
        }
        // Two or more characters: intermediates, then one that ends it.
        Some(' '..='~') => {
            while rest.next_if(|c| (' '..='/').contains(c)).is_some() {}
            rest.next_if(|c| ('0'..='~').contains(c));
        }
        _ => out.extend('\u{1b}'.escape_unicode()),
    }
}

/// Parameters and intermediates, then one character that ends it.
fn skip_control_sequence(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|c| (' '..='?').contains(c)).is_some() {}
    rest.next_if(|c| ('@'..='~').contains(c));
}

/// Up to its terminator. Without one nothing is swallowed, or the rest of the text could be hidden so.
fn skip_string(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut ahead = rest.clone();
    while let Some(c) = ahead.next() {
        let ended = match c {
            '\u{7}' | '\u{9c}' => true,
            '\u{1b}' => ahead.next_if_eq(&'\\').is_some(),
            '\n' => break,
            _ => false,
        };
        if ended {
            *rest = ahead;
            return;
        }
    }
    out.extend('\u{1b}'.escape_unicode());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(neutralise("naïve\t日本 👩‍👩‍👧\nnext"), Cow::Borrowed(_)));
    }

    #[test]
    fn sequences_go_and_odd_characters_show() {
        for (text, shown) in [
            ("\x1b[1;31mred\x1b[0m", "red"),
            ("\x1b]52;c;Y3VybA==\x07copied", "copied"),
            ("\x1b]0;title\x1b\\after", "after"),
            ("\u{9b}2Jcleared", "cleared"),
            ("\u{9d}52;c;x\u{9c}y", "y"),
            ("\x1b]52;never ends", "\\u{1b}52;never ends"),
            ("\x1bc\x1b(Breset", "reset"),
            ("bell\x07 null\0", "bell\\u{7} null\\u{0}"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("over\rwritten", "over\\u{d}written"),
            ("\x1b", "\\u{1b}"),
        ] {
            assert_eq!(neutralise(text), shown, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_moves_a_cursor_is_left(text in "[\\x00-\\x7f\u{80}-\u{9f}\u{202e}a\\[\\]]{0,40}") {
            prop_assert!(!neutralise(&text).chars().any(is_unsafe));
        }
    }
}
