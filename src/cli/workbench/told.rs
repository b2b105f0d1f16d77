use std::collections::BTreeMap;

use anstream::adapter::strip_str;
use anstyle::{AnsiColor, Reset};
use jiff::Timestamp;

use crate::cli::report::{card_data, card_told, checks_view, remarks, uncounted};
use crate::cli::{Ink, Invocation, Look};
use crate::domain::text::width;
use crate::domain::track::{Card, Check};
use crate::tui::{Role, Tell, Told};

/// What the commands print, for a screen: called as this program was.
pub struct CommandLine(pub Invocation);

impl Tell for CommandLine {
    fn card(&self, card: &Card, columns: usize, when: &dyn Fn(Timestamp) -> String) -> Told {
        told(&card_told(card, &self.0, &Look { width: columns, colour: true }, when), columns)
    }

    fn data(&self, card: &Card, columns: usize) -> Told {
        told(&card_data(card, &Look { width: columns, colour: true }), columns)
    }

    fn comments(&self, card: &Card, columns: usize, when: &dyn Fn(Timestamp) -> String) -> Vec<Told> {
        let invalid = uncounted(card, &Look { width: columns, colour: true });
        let said = remarks(card, when).into_iter().map(|lines| lines.join("\n"));
        let all = said.chain((!invalid.is_empty()).then_some(invalid));
        all.map(|text| told(&text, columns)).collect()
    }

    fn checks(&self, checks: &[Check], sources: &BTreeMap<String, String>, columns: usize) -> Told {
        let source = |path: &camino::Utf8Path| sources.get(path.as_str()).map(String::as_str);
        told(&checks_view(checks, source, &Look { width: columns, colour: true }), columns)
    }
}

/// A text of ours, whose escape sequences are those of our inks and of the frames around what is wrong in a file.
fn told(text: &str, columns: usize) -> Told {
    text.lines().flat_map(|line| wrapped(pieces(line), columns.max(1))).collect()
}

fn role(ink: Ink) -> Role {
    match ink {
        Ink::Good => Role::Good,
        Ink::Bad => Role::Bad,
        Ink::Warn => Role::Warn,
        Ink::Accent => Role::Accent,
        Ink::Strong => Role::Strong,
        Ink::Dim => Role::Dim,
    }
}

/// The colours of a frame, which it adds to what is strong.
const FRAME: [(AnsiColor, Role); 5] = [
    (AnsiColor::BrightRed, Role::Bad),
    (AnsiColor::Yellow, Role::Warn),
    (AnsiColor::BrightYellow, Role::Warn),
    (AnsiColor::BrightBlue, Role::Dim),
    (AnsiColor::BrightCyan, Role::Accent),
];

/// What each stretch of a painted line means.
fn pieces(line: &str) -> Vec<(Role, String)> {
    const INKS: [Ink; 6] = [Ink::Good, Ink::Bad, Ink::Warn, Ink::Accent, Ink::Strong, Ink::Dim];
    let inks = INKS.map(|ink| (ink.style().to_string(), role(ink)));
    let frame = FRAME.map(|(colour, role)| (colour.on_default().to_string(), role));
    let reset = Reset.to_string();
    let (mut pieces, mut role, mut rest) = (Vec::new(), Role::Text, line);
    while !rest.is_empty() {
        let end = rest.find('\u{1b}').unwrap_or(rest.len());
        let (plain, painted) = rest.split_at(end);
        if !plain.is_empty() {
            pieces.push((role, plain.to_owned()));
        }
        let begun =
            inks.iter().chain(&frame).filter_map(|(style, role)| Some((painted.strip_prefix(style)?, *role)));
        // Of two that begin alike the longer is meant.
        let begun = begun.min_by_key(|(rest, _)| rest.len());
        (rest, role) = match (painted.strip_prefix(&reset), begun) {
            (Some(rest), _) => (rest, Role::Text),
            (None, Some(begun)) => begun,
            // Of no meaning here: it is passed over as a whole, and not what it is written with.
            (None, None) => {
                let next = painted.char_indices().skip(1).find(|(_, c)| *c == '\u{1b}');
                let (foreign, rest) = painted.split_at(next.map_or(painted.len(), |(at, _)| at));
                let plain = strip_str(foreign).to_string();
                if !plain.is_empty() {
                    pieces.push((role, plain));
                }
                (rest, role)
            }
        };
    }
    pieces
}

/// Broken between words; what goes on below stands a little further in than its first line.
fn wrapped(pieces: Vec<(Role, String)>, columns: usize) -> Told {
    let whole: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
    if width(&whole) <= columns {
        return vec![pieces];
    }
    let first = whole.len() - whole.trim_start().len();
    let indent = (first + 2).min(columns / 2);
    let (mut lines, mut used): (Told, usize) = (vec![Vec::new()], 0);
    let parts: Vec<(Role, &str)> =
        pieces.iter().flat_map(|(role, text)| words(text).into_iter().map(|word| (*role, word))).collect();
    let is_gap = |(_, word): &(Role, &str)| word.trim().is_empty();
    // A word of which a part is painted is one word.
    for word in parts.chunk_by(|one, next| !is_gap(one) && !is_gap(next)) {
        let wide: usize = word.iter().map(|(_, part)| width(part)).sum();
        if used + wide > columns && used > indent {
            lines.push(vec![(Role::Text, " ".repeat(indent))]);
            used = indent;
            // The gap between two words is where the line was broken.
            if word.iter().all(is_gap) {
                continue;
            }
        }
        for (role, part) in word {
            for piece in crate::domain::text::wrapped(part, columns.saturating_sub(used).max(1)) {
                if used + width(&piece) > columns {
                    lines.push(vec![(Role::Text, " ".repeat(indent))]);
                    used = indent;
                }
                used += width(&piece);
                if let Some(line) = lines.last_mut() {
                    line.push((*role, piece));
                }
            }
        }
    }
    lines
}

/// Words and the gaps between them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| (c == ' ') != (first == ' ')).unwrap_or(rest.len());
        let (word, more) = rest.split_at(end);
        words.push(word);
        rest = more;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::track::{CheckPlace, CheckStatus};

    fn plain(told: &Told) -> Vec<String> {
        told.iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect()
    }

    #[test]
    fn what_is_painted_is_told_by_its_meaning() {
        let look = Look { width: 80, colour: true };
        let line = format!("a {} b {}", look.paint(Ink::Bad, "bad"), look.paint(Ink::Strong, "strong"));
        let expected =
            [(Role::Text, "a "), (Role::Bad, "bad"), (Role::Text, " b "), (Role::Strong, "strong")];
        assert_eq!(pieces(&line), expected.map(|(role, text)| (role, text.to_owned())));
        for ink in [Ink::Good, Ink::Bad, Ink::Warn, Ink::Accent, Ink::Strong, Ink::Dim] {
            assert_eq!(pieces(&look.paint(ink, "x")), [(role(ink), "x".to_owned())], "{ink:?}");
        }
    }

    #[test]
    fn no_residue_of_a_colour_is_left_of_what_is_framed() {
        let mut owners = Check::passed("owners", "Each side has an owner");
        let place = CheckPlace { file: "sql/wind.sql".into(), line: 1, column: 1 };
        owners.find(CheckStatus::Failed, "an engineer lacks".into(), Some(place.clone()), "add eli".into());
        owners.find(CheckStatus::Warned, "nor anybody else".into(), Some(place), String::new());
        let sources = BTreeMap::from([("sql/wind.sql".to_owned(), "SELECT 1\n".to_owned())]);
        let source = |path: &camino::Utf8Path| sources.get(path.as_str()).map(String::as_str);
        let framed = checks_view(std::slice::from_ref(&owners), source, &Look { width: 80, colour: true });
        assert!(framed.contains("\u{1b}[94m"), "it is painted: {framed:?}");
        let told = CommandLine(Invocation::default()).checks(&[owners], &sources, 80);
        let plain = plain(&told).join("\n");
        assert!(!plain.contains("[94m") && !plain.contains("[1m") && !plain.contains("[0m"), "{plain}");
        assert!(plain.contains("--> sql/wind.sql:1:1") && plain.contains("| ^^^^^^"), "{plain}");
        for line in ["\u{1b}[38;5;9mred\u{1b}[0m", "\u{1b}]8;;x\u{1b}\\red", "\u{1b}[95mr\u{1b}[4med"] {
            assert_eq!(pieces(line).into_iter().map(|(_, text)| text).collect::<String>(), "red", "{line:?}");
        }
    }

    #[test]
    fn a_line_goes_on_below_a_little_further_in() {
        let told = told("  riskiest of all changes\nshort", 14);
        assert_eq!(plain(&told), ["  riskiest of ", "    all ", "    changes", "short"]);
        let name = Look { width: 80, colour: true }.paint(Ink::Strong, "weekly_report");
        let told = super::told(&format!("seen: {name}.summary"), 24);
        assert_eq!(
            plain(&told),
            ["seen: ", "  weekly_report.summary"],
            "no name is broken where its colour ends"
        );
        let told = super::told(&format!("x {}", "y".repeat(20)), 8);
        assert!(plain(&told).iter().all(|line| width(line) <= 8), "{told:?}");
        assert_eq!(plain(&told).concat().matches('y').count(), 20);
    }
}
