//! Queries in YAML whose `with:` stands on one line: `with: {query: "SELECT 1", table: lake.x}`.

use std::ops::Range;

/// The queries of a line, each as it stands there, without its quotes.
pub(super) fn queries(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let begins = line[..at].chars().next_back().is_none_or(|c| " {[,".contains(c));
        if begins && rest.starts_with('#') {
            break;
        }
        if let Some(with) = rest.strip_prefix("with:").filter(|_| begins) {
            let start = line.len() - with.trim_start().len();
            found.extend(query(&line[start..]).map(|range| start + range.start..start + range.end));
        }
        at += if begins { token(rest) } else { first(rest) };
    }
    found
}

/// That of a map which begins here.
pub(super) fn query(map: &str) -> Option<Range<usize>> {
    let mut at = map.starts_with('{').then_some(1)?;
    let (mut depth, mut key) = (1, true);
    while let Some(rest) = map.get(at..).filter(|rest| !rest.is_empty()) {
        let named = ["query:", "\"query\":", "'query':"].into_iter().find_map(|name| rest.strip_prefix(name));
        if let Some(value) = named.filter(|_| key && depth == 1) {
            let start = map.len() - value.trim_start().len();
            return value_of(&map[start..]).map(|range| start + range.start..start + range.end);
        }
        match rest.chars().next()? {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return None,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        let begins = map[..at].ends_with([' ', '{', '[', ',']);
        key = rest.starts_with(',') || key && rest.starts_with(' ');
        at += if begins { token(rest) } else { first(rest) };
    }
    None
}

/// The text of a value: plain, or in quotes within which nothing is escaped.
fn value_of(text: &str) -> Option<Range<usize>> {
    let quote = text.chars().next()?;
    if matches!(quote, '"' | '\'') {
        let end = 1 + text[1..].find(quote)?;
        let escapes = text[1..end].contains('\\') && quote == '"' || text[end + 1..].starts_with('\'');
        return (!escapes).then_some(1..end);
    }
    let end = text.find(['{', '}', '[', ']', ',']).unwrap_or(text.len());
    let plain = text[..text[..end].find(" #").unwrap_or(end)].trim_end();
    (!plain.is_empty() && !plain.starts_with(['&', '*', '!', '#', '%', '@', '`', '|', '>']))
        .then_some(0..plain.len())
}

/// Bytes of a text in quotes that begins here, else of a letter.
fn token(rest: &str) -> usize {
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let end = quote.and_then(|quote| rest[1..].find(quote));
    end.map_or_else(|| first(rest), |end| end + 2)
}

fn first(rest: &str) -> usize {
    rest.chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_found_in_a_map_on_one_line() {
        let all = |line: &'static str| -> Vec<&str> {
            queries(line).into_iter().map(|range| &line[range]).collect()
        };
        assert_eq!(
            all("    with: {query: \"SELECT 'ä', 1\", table: lake.x}  # with: {query: no}"),
            ["SELECT 'ä', 1"]
        );
        assert_eq!(all("with: { table: lake.x, query: 'SELECT \"a\"' }"), ["SELECT \"a\""]);
        assert_eq!(all("with: {'query':  SELECT 1 , x: [a, {query: no}]}"), ["SELECT 1"]);
        let two = "steps: {a: {uses: sql_table, with: {x: {query: no}, query: SELECT 1}}, b: {with: {query: \"SELECT 2\"}}}";
        assert_eq!(all(two), ["SELECT 1", "SELECT 2"]);
        for none in [
            "with: {query_file: sql/a.sql}",
            "with: {query: *a}",
            "with: {query: 'it''s'}",
            "with: {query: \"a\\\"b\"}",
            "with: {query: \"SELECT",
            "env: {query: late flights}",
            "about: \"with: {query: SELECT 1}\"",
            "herewith: {query: SELECT 1}",
            "with: {query: }",
            "with: {",
        ] {
            assert!(all(none).is_empty(), "{none}");
        }
    }
}
