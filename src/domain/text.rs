//! Text that somebody else wrote, made fit for a terminal.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One line in which nothing can move the cursor, colour the screen, fill the clipboard or turn the writing round:
/// control characters become pictures (`␛`), invisible and direction marks their code point (`<U+202E>`), and flags, of
/// whose width terminals have their own ideas, their letters.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push_str("    "),
            '\u{7f}' => shown.push('␡'),
            c if c < ' ' => shown.extend(char::from_u32(0x2400 + c as u32)),
            c if is_flag(c) => shown.extend(char::from_u32(c as u32 - FLAG_A + u32::from(b'A'))),
            c if is_hostile(c) => shown.push_str(&format!("<U+{:04X}>", c as u32)),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// A text of JSON in which the same is written as JSON's own escapes, `\u202e`: a program reads back what it was. Outside of
/// strings there is none of it but the ends of lines, which stay.
pub fn json_safe(json: &str) -> Cow<'_, str> {
    let hostile = |c: char| c != '\n' && is_hostile(c);
    if !json.chars().any(hostile) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        match hostile(c) {
            true => shown.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
            false => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The first of the letters of which two are a flag.
const FLAG_A: u32 = 0x1f1e6;

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || is_flag(c)
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Columns that a safe text takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` wide; what was cut off shows as `…`.
pub fn truncate(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut room = columns.saturating_sub(1);
    let kept: String = text
        .chars()
        .take_while(|c| {
            let wide = c.width().unwrap_or(0);
            let fits = wide <= room;
            room = room.saturating_sub(wide);
            fits
        })
        .collect();
    Cow::Owned(if columns == 0 { kept } else { kept + "…" })
}

/// The same of what is told apart by its end, such as a path.
pub fn truncate_front(text: &str, columns: usize) -> Cow<'_, str> {
    match width(text).saturating_sub(columns) {
        0 => Cow::Borrowed(text),
        _ if columns == 0 => Cow::Borrowed(""),
        over => Cow::Owned(format!("…{}", skip(text, over + 1))),
    }
}

/// Without its first columns; a letter that is cut through goes.
pub fn skip(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let rest = text.char_indices().find(|(_, c)| {
        let skipped = used >= columns;
        used += c.width().unwrap_or(0);
        skipped
    });
    rest.map_or("", |(at, _)| &text[at..])
}

/// As lines of at most so many columns, broken between words; a word that alone is wider is cut up. Never none.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    broken(text, columns, true)
}

/// The same, but a word that alone is wider stays whole: a path that is cut up cannot be copied.
pub fn flowed(text: &str, columns: usize) -> Vec<String> {
    broken(text, columns, false)
}

fn broken(text: &str, columns: usize, cuts: bool) -> Vec<String> {
    if width(text) <= columns {
        return vec![text.to_owned()];
    }
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let used = lines.last().map_or(0, |line| width(line));
        let fits = used + usize::from(used > 0) + width(word) <= columns;
        if used > 0 && !fits {
            lines.push(String::new());
        }
        let Some(line) = lines.last_mut().filter(|_| !cuts || fits || width(word) <= columns) else {
            cut_up(word, columns, &mut lines);
            continue;
        };
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

/// Fills the last, empty line and as many more as the word takes.
fn cut_up(word: &str, columns: usize, lines: &mut Vec<String>) {
    let mut room = columns;
    for c in word.chars() {
        let wide = c.width().unwrap_or(0);
        if wide > room {
            lines.push(String::new());
            room = columns;
        }
        room = room.saturating_sub(wide);
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
    }
}

/// Filled with spaces on the right.
pub fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Filled with spaces on the left.
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// As one word of a POSIX shell, in which nothing is hostile to the terminal that it is shown on.
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(is_hostile) {
        return Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let mut word = "$'".to_owned();
    for c in text.chars() {
        match c {
            '\'' | '\\' => word.extend(['\\', c]),
            // By bytes and of three digits, so that none of what follows is taken for another.
            c if is_hostile(c) => {
                word.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\{byte:03o}")));
            }
            c => word.push(c),
        }
    }
    Cow::Owned(word + "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_way_is_shown() {
        assert_eq!(truncate_front("dev / daily / 1.0.0", 40), "dev / daily / 1.0.0");
        assert_eq!(truncate_front("dev / daily / 1.0.0", 8), "…/ 1.0.0");
        assert_eq!(truncate_front("a/日本", 4), "…本");
        assert_eq!(truncate_front("abc", 0), "");
    }

    #[test]
    fn nothing_hostile_reaches_the_terminal() {
        let hostile = [
            ("\x1b[2Jgone", "␛[2Jgone"),
            ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("safe\u{202e}txt.exe", "safe<U+202E>txt.exe"),
            ("a\u{2066}b\u{200b}c\u{e0041}", "a<U+2066>b<U+200B>c<U+E0041>"),
            ("one\r\ntwo\0\x7f", "one␍␊two␀␡"),
            ("a\tb", "a    b"),
            ("in \u{1f1e9}\u{1f1ea} and \u{1f1e6}\u{1f1ff}", "in DE and AZ"),
        ];
        for (raw, shown) in hostile {
            assert_eq!(safe(raw), shown);
        }
    }

    #[test]
    fn a_program_reads_of_json_what_was_written_and_a_terminal_nothing_hostile() {
        let text = "safe\u{202e}txt\u{9b}2J \u{1f1e9}\u{e0041} ä";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let shown = json_safe(&json);
        assert_eq!(shown, "[\n  \"safe\\u202etxt\\u009b2J \\ud83c\\udde9\\udb40\\udc41 ä\"\n]");
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).unwrap(), [text]);
        assert!(matches!(json_safe("{\"a\": \"ä\"}\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn ordinary_writing_stays_as_it_is() {
        for text in ["plain", "Zürich", "日本語", "مرحبا", "✓ done", ""] {
            assert!(matches!(safe(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn cutting_counts_columns_not_letters() {
        assert_eq!(truncate("日本語", 6), "日本語");
        assert_eq!(truncate("日本語", 5), "日本…");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(truncate("abc", 0), "");
        assert_eq!(pad("日", 4), "日  ");
        assert_eq!(pad_left("7", 3), "  7");
    }

    #[test]
    fn long_text_goes_on_below() {
        assert_eq!(wrapped("there is no column `latte`", 12), ["there is no", "column", "`latte`"]);
        assert_eq!(wrapped("a /very/long/path b", 8), ["a", "/very/lo", "ng/path", "b"]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
        assert_eq!(wrapped("", 8), [""]);
        assert_eq!(wrapped("ab c", 0), ["a", "b", "c"]);
        assert_eq!(flowed("a /very/long/path b", 8), ["a", "/very/long/path", "b"]);
        assert_eq!(flowed("/very/long/path is b", 8), ["/very/long/path", "is b"]);
    }

    #[test]
    fn a_shell_reads_a_word_back() {
        assert_eq!(shell_word("greenroom-demo/a.sql"), "greenroom-demo/a.sql");
        assert_eq!(shell_word("my data"), "'my data'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("\x1b[31m1\n'\u{9b}\\"), r"$'\033[31m1\012\'\302\233\\'");
        let hostile = "a\x1b]52;c;x\x07\t\u{202e}'b'\\\r\n1";
        let echoed = std::process::Command::new("bash")
            .args(["-c", &format!("printf %s {}", shell_word(hostile))])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(echoed.stdout).unwrap(), hostile);
    }
}
