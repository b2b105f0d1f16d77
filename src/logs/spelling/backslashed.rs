use std::fmt::Write;

use super::each;

/// How a language writes what is not a printable character of ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// As it is, but for control characters.
    Json,
    /// `\u00e4`, in halves of 16 bits.
    JsonInAscii,
    /// As it is, but for control characters; Python, JavaScript.
    Literal,
    /// `\xe4`, `\u20ac`, `\U0001f600`: Python's `ascii`.
    LiteralInAscii,
    /// `\xc3\xa4`, byte by byte: Python's `bytes`, C.
    Bytes,
    /// `\303\244`: a shell's `$'…'`, git, C.
    Octal,
}

/// A way to write texts with backslashes.
struct Backslashed {
    style: Style,
    /// These get a backslash before them.
    marked: &'static str,
    /// These are written by their numbers, so that a page may hold the document.
    numbered: &'static str,
    large: bool,
}

/// As documents and source code have it.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for large in [false, true] {
        for style in [Style::Json, Style::JsonInAscii] {
            for marked in ["\\\"", "\\\"/"] {
                for numbered in ["", "<>&", "<>&'", "<>&'="] {
                    all.push(Backslashed { style, marked, numbered, large }.write(text));
                }
            }
        }
        for style in [Style::Literal, Style::LiteralInAscii, Style::Bytes, Style::Octal] {
            for marked in ["\\", "\\'", "\\\"", "\\'\""] {
                all.push(Backslashed { style, marked, numbered: "", large }.write(text));
            }
        }
    }
    all
}

/// What was written once, within a document or a literal.
pub(super) fn written_again(once: &str) -> impl Iterator<Item = String> {
    [
        (Style::Json, "\\\""),
        (Style::Json, "\\\"/"),
        (Style::JsonInAscii, "\\\""),
        (Style::JsonInAscii, "\\\"/"),
        (Style::Literal, "\\"),
        (Style::Literal, "\\'"),
    ]
    .into_iter()
    .map(move |(style, marked)| Backslashed { style, marked, numbered: "", large: false }.write(once))
}

impl Backslashed {
    fn write(&self, text: &str) -> String {
        each(text, |c, written| {
            if self.numbered.contains(c) {
                return self.number(4, 'u', u32::from(c), written);
            }
            match c {
                _ if self.marked.contains(c) => written.extend(['\\', c]),
                '\n' => written.push_str("\\n"),
                '\r' => written.push_str("\\r"),
                '\t' => written.push_str("\\t"),
                ' '..='~' => written.push(c),
                _ => self.unusual(c, written),
            }
        })
    }

    fn unusual(&self, c: char, written: &mut String) {
        let code = u32::from(c);
        match self.style {
            Style::Json | Style::JsonInAscii if c == '\u{8}' => written.push_str("\\b"),
            Style::Json | Style::JsonInAscii if c == '\u{c}' => written.push_str("\\f"),
            Style::Json if code < 0x20 => self.number(4, 'u', code, written),
            Style::JsonInAscii => {
                let mut halves = [0; 2];
                for half in c.encode_utf16(&mut halves) {
                    self.number(4, 'u', u32::from(*half), written);
                }
            }
            Style::Literal if c.is_ascii() => self.number(2, 'x', code, written),
            Style::Json | Style::Literal => written.push(c),
            Style::LiteralInAscii => match code {
                0..=0xff => self.number(2, 'x', code, written),
                0x100..=0xffff => self.number(4, 'u', code, written),
                _ => self.number(8, 'U', code, written),
            },
            Style::Bytes | Style::Octal => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    match self.style {
                        Style::Bytes => self.number(2, 'x', u32::from(byte), written),
                        _ => write!(written, "\\{byte:03o}").unwrap_or_default(),
                    }
                }
            }
        }
    }

    fn number(&self, digits: usize, mark: char, code: u32, written: &mut String) {
        match self.large {
            true => write!(written, "\\{mark}{code:0digits$X}"),
            false => write!(written, "\\{mark}{code:0digits$x}"),
        }
        // A string takes in whatever it is given.
        .unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::secret;
    use super::*;

    proptest! {
        /// Whatever way it was written in, a reader of JSON gets the text back.
        #[test]
        fn documents_read_back(text in secret(), large: bool) {
            for style in [Style::Json, Style::JsonInAscii] {
                for numbered in ["", "<>&'="] {
                    let written = Backslashed { style, marked: "\\\"/", numbered, large }.write(&text);
                    let read: String = serde_json::from_str(&format!("\"{written}\"")).unwrap();
                    prop_assert_eq!(&read, &text);
                }
            }
        }

        #[test]
        fn literals_read_back_from_rusts_own(text in "[ -~äß€\n\r\t]{6,20}") {
            let own = format!("{text:?}");
            let written = Backslashed { style: Style::Literal, marked: "\\\"", numbered: "", large: false };
            prop_assert_eq!(written.write(&text), &own[1..own.len() - 1]);
        }
    }
}
