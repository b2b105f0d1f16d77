//! What a letter of a program means, so that a theme can colour it: YAML, SQL, Python and what else is written in projects.

mod parsed;
mod scopes;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use camino::Utf8Path;
use syntect::parsing::{SyntaxReference, SyntaxSet};

use self::parsed::Parsed;
use super::Role;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Remembers what it has parsed, so that a frame costs no more than the lines that have changed.
#[derive(Clone, Default)]
pub struct Highlight(RefCell<VecDeque<Parsed>>);

/// Files, or stretches of them, of which one screen shows some rows each.
const FILES: usize = 24;

/// Bytes of a line that mean this, one after the other.
pub type Pieces = Vec<(usize, Role)>;

impl Highlight {
    /// Of some rows of a file's lines; what is not known is plain text.
    pub fn rows(&self, path: &Utf8Path, lines: &[String], rows: Range<usize>) -> Vec<Pieces> {
        let rows = rows.start.min(lines.len())..rows.end.min(lines.len());
        let plain = |line: &String| vec![(line.len(), Role::Text)];
        match (syntax(path), self.0.try_borrow_mut()) {
            (Some(syntax), Ok(mut known)) => {
                let at = known.iter().position(|parsed| parsed.is_of(path));
                let mut parsed = at.and_then(|at| known.remove(at)).unwrap_or_default();
                let pieces = parsed.rows(path, syntax, lines, rows);
                known.push_front(parsed);
                known.truncate(FILES);
                pieces
            }
            _ => lines[rows].iter().map(plain).collect(),
        }
    }
}

impl fmt::Debug for Highlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Highlight")
    }
}

fn syntax(path: &Utf8Path) -> Option<&'static SyntaxReference> {
    SYNTAXES.find_syntax_by_extension(path.extension().or(path.file_name())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each piece with its role's name, but for plain text.
    fn told(path: &str, text: &str) -> String {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let rows = Highlight::default().rows(path.into(), &lines, 0..lines.len() + 5);
        assert_eq!(rows.len(), lines.len());
        let mut told = String::new();
        for (line, pieces) in lines.iter().zip(rows) {
            let mut at = 0;
            for (length, role) in pieces {
                let piece = &line[at..at + length];
                at += length;
                if role != Role::Text {
                    told += &format!("{}={piece} ", role.name());
                }
            }
            assert_eq!(at, line.len(), "all of the line has a role");
        }
        told.trim_end().to_owned()
    }

    #[test]
    fn words_have_roles() {
        assert_eq!(
            told("a.yaml", "name: x # why\nrows: 12\nq: \"a\""),
            "name=name comment=# why name=rows number=12 name=q string=\"a\""
        );
        assert_eq!(
            told("a.sql", "SELECT 'a' FROM lake.b -- c"),
            "keyword=SELECT string='a' keyword=FROM name=lake name=b comment=-- c"
        );
        assert_eq!(told("a.py", "def f(): return 'é'"), "keyword=def name=f keyword=return string='é'");
        assert_eq!(told("a.unheard_of", "def f"), "");
    }
}
