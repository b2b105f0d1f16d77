//! As much of SQL as a glance needs: which statement, which parameters, which tables. What is in strings and comments is
//! none of it.

use std::ops::Range;
use std::str::FromStr;

use indexmap::{IndexMap, IndexSet};

use super::{TableName, flow};

/// A stretch of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Code,
    /// In backquotes: a name.
    Name,
    /// A string or comment.
    Mute,
}

/// The text in stretches, without gaps.
fn stretches(text: &str) -> Vec<(Range<usize>, Kind)> {
    let mut found = Vec::new();
    let (mut at, mut code) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let Some((length, kind)) = closed(rest) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if code < at {
            found.push((code..at, Kind::Code));
        }
        found.push((at..at + length, kind));
        at += length;
        code = at;
    }
    if code < at {
        found.push((code..at, Kind::Code));
    }
    found
}

/// A string, comment or quoted name that begins here, and how long it is; one that does not end goes to the end.
fn closed(rest: &str) -> Option<(usize, Kind)> {
    let until = |open: usize, close: &str| {
        rest[open..].find(close).map_or(rest.len(), |end| open + end + close.len())
    };
    let quoted = |quote: &str| {
        let mut at = quote.len();
        while at < rest.len() {
            match &rest[at..] {
                tail if tail.starts_with(quote) => return at + quote.len(),
                tail if tail.starts_with('\\') => {
                    at += 1 + tail[1..].chars().next().map_or(0, char::len_utf8);
                }
                tail => at += tail.chars().next().map_or(1, char::len_utf8),
            }
        }
        rest.len()
    };
    let line = || until(0, "\n");
    match rest {
        _ if rest.starts_with("--") || rest.starts_with('#') => Some((line(), Kind::Mute)),
        _ if rest.starts_with("/*") => Some((until(2, "*/"), Kind::Mute)),
        _ if rest.starts_with("'''") => Some((quoted("'''"), Kind::Mute)),
        _ if rest.starts_with("\"\"\"") => Some((quoted("\"\"\""), Kind::Mute)),
        _ if rest.starts_with('\'') => Some((quoted("'"), Kind::Mute)),
        _ if rest.starts_with('"') => Some((quoted("\""), Kind::Mute)),
        _ if rest.starts_with('`') => Some((quoted("`"), Kind::Name)),
        _ => None,
    }
}

/// The statement that holds a place (in bytes), without the semicolons around it; right behind one, that one.
pub fn statement_at(text: &str, place: usize) -> Range<usize> {
    let mut start = 0;
    let codes = stretches(text).into_iter().filter(|(_, kind)| *kind == Kind::Code);
    let ends = codes.flat_map(|(range, _)| {
        text[range.clone()].match_indices(';').map(|(at, _)| range.start + at).collect::<Vec<_>>()
    });
    for end in ends.chain([text.len()]) {
        if !text[start..end].trim().is_empty() && place <= end + 1 {
            return start..end;
        }
        // Past the last one there may be nothing but space.
        if text[(end + 1).min(text.len())..].trim().is_empty() {
            return start..end;
        }
        start = end + 1;
    }
    start..text.len()
}

/// All statements that say anything, in order.
pub fn statements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut says) = (0, false);
    for (range, kind) in stretches(text) {
        let code = if kind == Kind::Code { &text[range.clone()] } else { "" };
        let mut at = 0;
        for (end, _) in code.match_indices(';') {
            if says || !code[at..end].trim().is_empty() {
                found.push(start..range.start + end);
            }
            at = end + 1;
            (start, says) = (range.start + at, false);
        }
        says |= kind == Kind::Name || !code[at..].trim().is_empty();
    }
    if says {
        found.push(start..text.len());
    }
    found
}

/// A part of a text alone, at the lines and columns at which it stands.
pub fn in_place(text: &str, part: Range<usize>) -> String {
    let before = text[..part.start].chars().map(|c| if c == '\n' { '\n' } else { ' ' });
    before.chain(text[part.clone()].chars()).collect()
}

/// The query of a key `query:` in YAML that holds a place.
pub fn block_at(text: &str, place: usize) -> Option<Range<usize>> {
    // Right behind it one is still in it.
    blocks(text).into_iter().find(|block| (block.start..=block.end).contains(&place))
}

/// All such queries of steps: below `with:`, the lines below a `query: |`, or what stands behind a `query:`; and those of
/// a `with:` that stands on one line.
pub fn blocks(text: &str) -> Vec<Range<usize>> {
    let lines = lines(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].clone();
        let count = below(text, &lines, at);
        let Some(value) = value(&text[line.clone()]).filter(|_| is_with(text, &lines, at)) else {
            let below = line.start + depth(&text[line.clone()]);
            let here = match text[below..line.end].starts_with('{') && is_with(text, &lines, at) {
                true => {
                    flow::query(&text[below..line.end]).map(|range| range.start + below..range.end + below)
                }
                false => None,
            };
            let inside = flow::queries(&text[line.clone()]).into_iter();
            found.extend(
                here.into_iter().chain(inside.map(|range| line.start + range.start..line.start + range.end)),
            );
            // A text of many lines says nothing about the spec.
            at += 1 + if is_text(&text[line]) { count } else { 0 };
            continue;
        };
        let behind = line.start + value.start..line.start + value.end;
        if text[behind.clone()].starts_with(['|', '>']) {
            if count > 0 {
                found.push(lines[at + 1].start..lines[at + count].end);
            }
        } else if let Some(plain) = plain(&text[behind.clone()]) {
            // What goes on in further lines ends with the last of them.
            let goes_on = plain.end == behind.len() && count > 0;
            let end = if goes_on { lines[at + count].end } else { behind.start + plain.end };
            found.push(behind.start + plain.start..end);
        }
        at += count + 1;
    }
    found
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    let line = |line: &str| {
        let start = end;
        end += line.len();
        start..end
    };
    text.split_inclusive('\n').map(line).collect()
}

/// How many lines are in the block below a key.
fn below(text: &str, lines: &[Range<usize>], key: usize) -> usize {
    let indent = |line: &Range<usize>| {
        let line = &text[line.clone()];
        (!line.trim().is_empty()).then(|| line.len() - line.trim_start().len())
    };
    let depth = indent(&lines[key]);
    lines[key + 1..].iter().take_while(|line| indent(line).is_none_or(|own| Some(own) > depth)).count()
}

/// The line stands right below a `with:`.
fn is_with(text: &str, lines: &[Range<usize>], at: usize) -> bool {
    let says = |line: &Range<usize>| !text[line.clone()].trim().is_empty();
    let depth = depth(&text[lines[at].clone()]);
    let above = lines[..at].iter().rev().filter(|line| says(line));
    above
        .map(|line| &text[line.clone()])
        .find(|line| self::depth(line) < depth)
        .and_then(|line| line.trim().trim_start_matches("- ").strip_prefix("with:"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') && rest.trim_start().starts_with('#'))
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A block of text begins below the line.
fn is_text(line: &str) -> bool {
    let value = line.trim_end().rsplit_once(": ").map_or("", |(_, value)| value);
    value.starts_with(['|', '>']) && value.len() <= 3
}

/// What stands behind `query:` in a line that begins with it.
fn value(line: &str) -> Option<Range<usize>> {
    let line = line.trim_end();
    let key = line.trim_start().trim_start_matches("- ");
    let rest = key.strip_prefix("query:").filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
    Some(line.len() - rest.trim_start().len()..line.len())
}

/// The part of a value that is the text itself: plain, or in quotes within which nothing is escaped.
fn plain(value: &str) -> Option<Range<usize>> {
    let first = value.chars().next()?;
    if matches!(first, '"' | '\'') {
        let inner = value.strip_prefix(first)?.strip_suffix(first)?;
        return (!inner.contains([first, '\\'])).then(|| 1..value.len() - 1);
    }
    let indicates = "{}[]&*!#%@`,|>".contains(first);
    (!indicates).then(|| 0..value.find(" #").unwrap_or(value.len()))
}

/// The parameters that are named, each once, in order.
pub fn params(text: &str) -> Vec<&str> {
    param_places(text).into_keys().collect()
}

/// The same, with the place at which each is named first: that of its `@`.
pub fn param_places(text: &str) -> IndexMap<&str, usize> {
    let mut names = IndexMap::new();
    for (range, _) in stretches(text).into_iter().filter(|(_, kind)| *kind == Kind::Code) {
        let code = &text[range.clone()];
        for (at, _) in code.match_indices('@') {
            let name = word(&code[at + 1..]);
            // `@@x` is a variable of the system.
            if !name.is_empty() && !code[..at].ends_with('@') {
                names.entry(name).or_insert(range.start + at);
            }
        }
    }
    names
}

/// Whatever could be a table's name, `dataset.table`, each once, in order.
pub fn tables(text: &str) -> Vec<TableName> {
    let mut found: IndexSet<TableName> = IndexSet::new();
    let mut take = |name: &str| found.extend(TableName::from_str(&name.replace('`', "")));
    for (range, kind) in stretches(text) {
        match kind {
            Kind::Mute => {}
            Kind::Name => take(&text[range]),
            Kind::Code => {
                let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
                text[range].split(|c: char| !part(c)).for_each(&mut take);
            }
        }
    }
    found.into_iter().collect()
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_statement_at_a_place_is_what_stands_between_semicolons() {
        let text = "SELECT ';' AS a; -- one; two\nSELECT 2;\n\n";
        let at = |place: usize| text[statement_at(text, place)].trim();
        assert_eq!(at(0), "SELECT ';' AS a");
        assert_eq!(at(16), "SELECT ';' AS a", "right behind it");
        for place in [18, text.find("SELECT 2").unwrap(), text.len()] {
            assert_eq!(at(place), "-- one; two\nSELECT 2", "{place}");
        }
        assert_eq!(statement_at("", 0), 0..0);
        assert_eq!(&"SELECT 1"[statement_at("SELECT 1", 3)], "SELECT 1");
    }

    #[test]
    fn statements_are_those_that_say_something() {
        let text = "-- none\n;SELECT ';' ;\n;; /* no; */ `a`; 'x'\n";
        let all: Vec<&str> = statements(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(all, ["SELECT ';' ", " /* no; */ `a`"]);
        assert_eq!(in_place("é\nb; SELECT", 5..12), " \n   SELECT");
    }

    #[test]
    fn a_query_in_a_spec_is_the_block_below_its_key() {
        let text = "steps:\n  a:\n    with:\n      query: |\n        SELECT 1\n\n        AS n\n      format: csv\n  b: {run: x}\n";
        let at = |wanted: &str| block_at(text, text.find(wanted).unwrap()).map(|range| &text[range]);
        assert_eq!(at("SELECT"), Some("        SELECT 1\n\n        AS n\n"));
        assert_eq!(at("AS n"), at("SELECT"));
        assert_eq!((at("format"), at("query"), at("run")), (None, None, None));
        let twice = format!("{text}{text}with:\n  query: |\n");
        let all: Vec<&str> = blocks(&twice).into_iter().map(|range| &twice[range]).collect();
        assert_eq!(all, [at("SELECT").unwrap(); 2]);
    }

    #[test]
    fn a_query_in_a_spec_may_stand_behind_its_key() {
        let all = |text: &'static str| -> Vec<&str> {
            blocks(text).into_iter().map(|range| &text[range]).collect()
        };
        let text = "with:\n  query: SELECT 1  # one\n\n  with:\n    query: 'SELECT 2'\n  x: y\nwith:\n  query: SELECT\n    3\n  table: x\n";
        assert_eq!(all(text), ["SELECT 1 ", "SELECT 2", "SELECT\n    3\n"]);
        for none in ["{a: b}", "", "'it''s'", "\"a\\n\"", "*x"] {
            let text = format!("with:\n  query: {none}\n  query_file: x\n");
            assert!(blocks(&text).is_empty(), "{none}");
        }
        let at = |place: usize| block_at(text, place).map(|range| &text[range]);
        assert_eq!(at(text.find("3").unwrap()), Some("SELECT\n    3\n"));
        assert_eq!(at(text.find("'\n  x").unwrap()), Some("SELECT 2"), "right behind its last letter");
    }

    #[test]
    fn a_query_is_found_however_its_with_is_written() {
        let all = |text: &'static str| -> Vec<&str> {
            blocks(text).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(all("with:  # a comment\n  query: |\n    SELECT 1\n"), ["    SELECT 1\n"]);
        assert_eq!(all("with:#none\n  query: SELECT 1\n"), [""; 0]);
        let flow = "steps:\n  a:\n    with: {query: \"SELECT 1\"}\n  b:\n    with:\n      {query: 'SELECT 2', x: y}\n";
        assert_eq!(all(flow), ["SELECT 1", "SELECT 2"]);
        assert_eq!(
            block_at(flow, flow.find("1\"").unwrap()),
            Some(flow.find("SELECT 1").unwrap()..flow.find("\"}").unwrap())
        );
        assert!(all("description: |\n  with: {query: which one}\n").is_empty());
    }

    #[test]
    fn what_is_only_called_query_is_none() {
        let text = "outputs:\n  query: rows.csv\nenv:\n  query: late flights\ndescription: |\n  with:\n    query: which one\nx: >-\n  with:\n    query: |\n      a\n";
        assert!(blocks(text).is_empty(), "{:?}", blocks(text));
    }

    #[test]
    fn parameters_and_tables_are_found_where_they_mean_something() {
        let text = "SELECT @day, @@version, '@no' FROM lake.flights f -- lake.none @none
            JOIN `lake.airports` ON f.origin = @day AND x = 1.5 WHERE \"lake.text\" <> @to";
        assert_eq!(params(text), ["day", "to"]);
        assert_eq!(param_places(text)["to"], text.find("@to").unwrap());
        let names: Vec<String> = tables(text).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["lake.flights", "lake.airports", "f.origin"]);
    }

    proptest! {
        #[test]
        fn any_text_has_a_statement_at_any_place(text in "[a-z;'\"`@./*# -]{0,30}", place in 0usize..40) {
            let range = statement_at(&text, place);
            prop_assert!(text.get(range).is_some());
            params(&text);
            assert!(statements(&text).into_iter().all(|range| text.get(range).is_some()));
            tables(&text);
            for spec in [format!("with:\n query: {text}"), format!("with: {{{text}}}"), format!("with: {{query: {text}}}")] {
                assert!(blocks(&spec).into_iter().all(|range| spec.get(range).is_some()));
            }
            let ends: Vec<_> = stretches(&text).into_iter().map(|(range, _)| range).collect();
            prop_assert_eq!(ends.iter().map(|range| range.len()).sum::<usize>(), text.len());
        }
    }
}
