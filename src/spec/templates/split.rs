use std::borrow::Cow;

/// A piece of a template, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::spec) enum Part<'t> {
    Literal(Cow<'t, str>),
    /// What is between `${{` and `}}`; `at` is the byte it starts at, `index` how many `${{` are before it.
    Expression {
        text: &'t str,
        at: usize,
        index: usize,
    },
}

/// A `${{` that no `}}` ends; `index` as above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::spec) struct Unclosed {
    pub index: usize,
}

const OPEN: &str = "${{";

/// Whether there is any expression in it, or an escaped one.
pub(in crate::spec) fn has_template(text: &str) -> bool {
    text.contains(OPEN)
}

pub(in crate::spec) fn split(text: &str) -> Result<Vec<Part<'_>>, Unclosed> {
    let mut parts = Vec::new();
    let mut literal = Cow::Borrowed("");
    let mut from = 0;
    let mut index = 0;
    while let Some(found) = text[from..].find(OPEN).map(|found| from + found) {
        let escaped = text[from..found].ends_with('$');
        add(&mut literal, &text[from..found - usize::from(escaped)]);
        from = found + OPEN.len();
        if escaped {
            add(&mut literal, OPEN);
        } else {
            let length = closed(&text[from..]).ok_or(Unclosed { index })?;
            let expression = &text[from..from + length];
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Expression { text: expression, at: from, index });
            index += expression.matches(OPEN).count();
            from += length + "}}".len();
        }
        index += 1;
    }
    add(&mut literal, &text[from..]);
    if !literal.is_empty() || parts.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

fn add<'t>(literal: &mut Cow<'t, str>, text: &'t str) {
    match literal.is_empty() {
        true => *literal = Cow::Borrowed(text),
        false => literal.to_mut().push_str(text),
    }
}

/// How long the expression is: up to the `}}` that is in no quotes and closes no mapping.
fn closed(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut depth = 0usize;
    let mut at = 0;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth > 0 => depth -= 1,
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let part = |part: &Part<'_>| match part {
            Part::Literal(text) => text.to_string(),
            Part::Expression { text, .. } => format!("<{text}>"),
        };
        split(text).unwrap().iter().map(part).collect()
    }

    #[test]
    fn a_text_falls_into_literals_and_expressions() {
        assert_eq!(shown("plain"), ["plain"]);
        assert_eq!(shown(""), [""]);
        assert_eq!(shown("${{ a }}"), ["< a >"]);
        assert_eq!(shown("x-${{ a }}-${{b}}é"), ["x-", "< a >", "-", "<b>", "é"]);
        assert_eq!(shown("${{ '}}' ~ a }}"), ["< '}}' ~ a >"]);
        assert_eq!(shown("${{ {'a': {}}['a'] }}"), ["< {'a': {}}['a'] >"]);
        assert_eq!(shown("$${{ a }}$"), ["${{ a }}$"]);
        assert_eq!(shown("{{ a }} ${b}"), ["{{ a }} ${b}"]);
        assert_eq!(split("${{ a }} ${{ b"), Err(Unclosed { index: 1 }));
        assert_eq!(split("${{ 'a }}"), Err(Unclosed { index: 0 }));
        assert_eq!(split("$${{ ${{ '${{' }} ${{ b"), Err(Unclosed { index: 3 }), "those in quotes count too");
    }
}
