use std::ops::Range;

/// A part of a text, and where in it it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub text: String,
    /// Lines before it.
    pub line: usize,
    /// Letters before it, in the line in which it begins.
    pub column: usize,
}

/// Parts of a text, in order.
pub fn passages(text: &str, parts: &[Range<usize>]) -> Vec<Passage> {
    let (mut line, mut begun, mut at) = (0, 0, 0);
    let passage = |part: &Range<usize>| {
        let passed = &text[at..part.start];
        line += passed.matches('\n').count();
        begun = passed.rfind('\n').map_or(begun, |end| at + end + 1);
        at = part.start;
        let column = text[begun..part.start].chars().count();
        Passage { text: text[part.clone()].to_owned(), line, column }
    };
    parts.iter().map(passage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_where_it_stands() {
        let text = "é;\nb; c\n\nd";
        let found = passages(text, &[0..2, 3..5, 6..8, 8..11]);
        let found: Vec<_> = found.iter().map(|part| (part.text.as_str(), part.line, part.column)).collect();
        assert_eq!(found, [("é", 0, 0), ("\nb", 0, 2), (" c", 1, 2), ("\n\nd", 1, 4)]);
    }
}
