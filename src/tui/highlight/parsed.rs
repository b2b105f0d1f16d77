use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference};

use super::{Pieces, Role, SYNTAXES, scopes};

/// Rows before those that are shown from which parsing begins, if all before would be more.
const FAR: usize = 200;
/// Rows that are remembered.
const MOST: usize = 4000;
/// Bytes; a longer line is no program that a person reads.
const LONGEST: usize = 2000;

/// A stretch of one file's lines, with what follows from each for the next.
#[derive(Clone, Default)]
pub struct Parsed {
    path: Utf8PathBuf,
    /// Row of the first.
    first: usize,
    lines: Vec<Line>,
}

#[derive(Clone)]
struct Line {
    text: String,
    pieces: Pieces,
    after: State,
}

type State = (ParseState, ScopeStack);

impl Parsed {
    pub fn is_of(&self, path: &Utf8Path) -> bool {
        self.path == path
    }

    /// Of rows that there are.
    pub fn rows(
        &mut self,
        path: &Utf8Path,
        syntax: &SyntaxReference,
        lines: &[String],
        rows: Range<usize>,
    ) -> Vec<Pieces> {
        // What comes after a line that has changed may mean something else now.
        let same = self.lines.iter().zip(lines.get(self.first..).unwrap_or_default());
        let same = same.take_while(|(known, line)| known.text == **line).count();
        self.lines.truncate(same);
        let near = self.first..=self.first + self.lines.len() + FAR;
        if self.path != path || !near.contains(&rows.start) || self.lines.len() > MOST {
            *self = Self { path: path.to_owned(), first: anchor(lines, rows.start), lines: Vec::new() };
        }
        while self.first + self.lines.len() < rows.end {
            let before = self.lines.last().map(|line| line.after.clone());
            let state = before.unwrap_or_else(|| (ParseState::new(syntax), ScopeStack::new()));
            self.lines.push(parse(&lines[self.first + self.lines.len()], state));
        }
        let from = rows.start.saturating_sub(self.first);
        self.lines.iter().skip(from).take(rows.len()).map(|line| line.pieces.clone()).collect()
    }
}

/// A row from which parsing may begin: the first, or one near that begins something as far left as can be.
fn anchor(lines: &[String], row: usize) -> usize {
    if row <= FAR {
        return 0;
    }
    let begins = |line: &String| line.starts_with(|c: char| c.is_alphabetic());
    (row - FAR..row).find(|row| lines.get(*row).is_some_and(begins)).unwrap_or(row - FAR)
}

fn parse(text: &str, (mut state, mut stack): State) -> Line {
    let mut pieces: Pieces = Vec::new();
    let mut add = |length: usize, role: Role| match pieces.last_mut() {
        _ if length == 0 => {}
        Some((before, same)) if *same == role => *before += length,
        _ => pieces.push((length, role)),
    };
    let mut at = 0;
    let parsed = (text.len() <= LONGEST).then(|| state.parse_line(&format!("{text}\n"), &SYNTAXES));
    for (to, change) in parsed.and_then(Result::ok).unwrap_or_default() {
        let to = to.min(text.len());
        add(to.saturating_sub(at), scopes::role(&stack.scopes));
        at = at.max(to);
        // A grammar that closes what it has not opened is wrong, and its line plain.
        let _ = stack.apply(&change);
    }
    add(text.len() - at, scopes::role(&stack.scopes));
    Line { text: text.to_owned(), pieces, after: (state, stack) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(lines: &[String], rows: Range<usize>, parsed: &mut Parsed) -> Vec<Pieces> {
        let syntax = SYNTAXES.find_syntax_by_extension("py").unwrap();
        parsed.rows("a.py".into(), syntax, lines, rows)
    }

    #[test]
    fn an_edit_is_seen_below_it_and_costs_no_more_than_what_is_shown() {
        let mut lines: Vec<String> = (0..10_000).map(|row| format!("x{row} = {row}")).collect();
        let mut known = Parsed::default();
        assert_eq!(parsed(&lines, 5000..5020, &mut known).len(), 20);
        assert!(known.lines.len() <= FAR + 20, "{}", known.lines.len());
        let before = parsed(&lines, 5000..5020, &mut known);
        lines[5003] = "\"\"\"".to_owned();
        let after = parsed(&lines, 5000..5020, &mut known);
        assert_eq!(after[..3], before[..3]);
        assert_eq!(after[10], [(lines[5010].len(), Role::Comment)], "it is in a text of many lines now");
        lines.truncate(5005);
        assert_eq!(parsed(&lines, 5000..5005, &mut known).len(), 5);
        assert!(parsed(&[], 0..0, &mut known).is_empty());
    }
}
