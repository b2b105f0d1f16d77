use indexmap::IndexMap;
use secrecy::SecretString;

use super::{SecretsError, check, name_of};
use crate::domain::Name;

/// Reads `KEY=value` lines: `#` comments, `export` before a key, values plain, in `'…'` (as they are) or in `"…"`
/// (with `\n \t \" \\ \$`); in quotes over several lines.
///
/// Nothing of the text goes into an error: a line that is not understood may be a part of a secret.
pub(super) fn parse(text: &str) -> Result<IndexMap<Name, SecretString>, SecretsError> {
    let mut secrets = IndexMap::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let wrong = |why: &str| SecretsError::Line { line, why: why.to_owned() };
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let first = rest[..end].trim();
        if first.is_empty() || first.starts_with('#') {
            rest = &rest[end..];
            line += 1;
            continue;
        }
        let equals = rest[..end].find('=').ok_or_else(|| wrong("this is not KEY=value"))?;
        let key = rest[..equals].trim();
        let key = key.strip_prefix("export ").unwrap_or(key).trim();
        let name = name_of(key).ok_or_else(|| {
            wrong("the key has characters that a name may not have; use letters, digits and _ (a value over several lines needs quotes)")
        })?;
        let (value, used) = value(&rest[equals + 1..]).map_err(|why| wrong(&why))?;
        check(&value).map_err(|why| wrong(&format!("the value {why}")))?;
        if secrets.insert(name, SecretString::from(value)).is_some() {
            return Err(wrong("this name was given before (names are compared in small letters)"));
        }
        let used = equals + 1 + used;
        line += rest[..used].matches('\n').count();
        rest = &rest[used..];
    }
    Ok(secrets)
}

/// The value that begins here, and how many bytes it takes with the end of its line.
fn value(text: &str) -> Result<(String, usize), String> {
    let blank = text.len() - text.trim_start_matches([' ', '\t']).len();
    let body = &text[blank..];
    let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else {
        let end = body.find('\n').map_or(body.len(), |at| at + 1);
        let value = body[..end].trim();
        if value.contains(" #") {
            return Err("put the value in quotes: it is not clear whether # begins a comment".into());
        }
        return Ok((value.to_owned(), blank + end));
    };
    let mut value = String::new();
    let mut chars = body.char_indices().skip(1);
    let closed =
        loop {
            match chars.next() {
                None => return Err("the quotes that begin here are not closed".into()),
                Some((at, c)) if c == quote => break at + 1,
                Some((_, '\\')) if quote == '"' => value.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 't')) => '\t',
                    Some((_, c @ ('"' | '\\' | '$'))) => c,
                    _ => return Err(
                        r#"in "…" a \ stands only before n, t, ", \ and $; use '…' for the value as it is"#
                            .into(),
                    ),
                }),
                Some((_, c)) => value.push(c),
            }
        };
    let tail = &body[closed..];
    let end = tail.find('\n').map_or(tail.len(), |at| at + 1);
    match tail[..end].trim() {
        "" => {}
        comment if comment.starts_with('#') => {}
        _ => return Err("something stands behind the closing quote".into()),
    }
    Ok((value, blank + closed + end))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let secrets = parse(text).unwrap();
        secrets.iter().map(|(name, value)| (name.to_string(), value.expose_secret().to_owned())).collect()
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        let text = "\u{feff}# tokens\n\nAPI_TOKEN=abc=def==\r\nexport DB_URL = postgres://a:b@c/d#e\nSINGLE='a \\n $x # y'\n\
                    DOUBLE=\"a\\n\\\"b\\\" \\$x\" # why\nKEY=\"-----BEGIN-----\nline two\n-----END-----\n\"\nlast=no newline";
        let pairs = read(text);
        let expected = [
            ("api_token", "abc=def=="),
            ("db_url", "postgres://a:b@c/d#e"),
            ("single", "a \\n $x # y"),
            ("double", "a\n\"b\" $x"),
            ("key", "-----BEGIN-----\nline two\n-----END-----\n"),
            ("last", "no newline"),
        ];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn an_error_has_its_line_and_nothing_of_the_text() {
        let cases = [
            ("A=longenough\nhunter2hunter2\n", 2, "not KEY=value"),
            ("KEY=\"one\ntwo\n\"\nB=short\n", 4, "shorter than 6 bytes"),
            ("A=longenough\na=longenough\n", 2, "given before"),
            ("MIIEvQ+hunter2/x==\n", 1, "the key has characters"),
            ("A='hunter2hunter2\n\n", 1, "not closed"),
            ("A='hunter2hunter2' hunter2\n", 1, "behind the closing quote"),
            ("A=hunter2hunter2 # note\n", 1, "put the value in quotes"),
            ("A=\"hunter2\\xhunter2\"\n", 1, "stands only before"),
            ("A=\n", 1, "shorter than 6 bytes"),
            ("A=hunter2\0hunter2\n", 1, "NUL"),
            ("=hunter2hunter2\n", 1, "the key has"),
        ];
        for (text, at, what) in cases {
            let error = parse(text).unwrap_err();
            let shown = error.to_string();
            assert!(matches!(error, SecretsError::Line { line, .. } if line == at), "{text:?}: {shown}");
            assert!(shown.contains(what), "{text:?}: {shown}");
            assert!(!shown.contains("hunter2") && !shown.contains("MII"), "{shown}");
        }
    }
}
