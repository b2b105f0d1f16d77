use sqlparser::ast::Statement;
use sqlparser::dialect::BigQueryDialect;
use sqlparser::parser::{Parser, ParserError};

use crate::domain::Span;

/// Bytes of the longest text that is looked into.
pub const MOST: usize = 128 * 1024;
/// How deep parentheses and subqueries may lie in each other.
const DEEPEST: usize = 120;
/// A chain of operators becomes a tree as deep as it is long, and is walked by recursion: stack for each byte of a text, and
/// for the parser itself.
const STACK_OF_BYTE: usize = 2 * 1024;
const STACK: usize = 4 * 1024 * 1024;

/// Why a text in SQL says nothing about columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    #[error("the query is longer than {} KiB", MOST / 1024)]
    TooLong,
    #[error("the query is nested too deeply")]
    TooDeep,
    #[error("the query cannot be read: {message}")]
    Syntax { message: String, span: Option<Span> },
    #[error("there is no query in it")]
    Empty,
}

/// Parses a text and answers what `understand` makes of its statements.
pub(super) fn with_statements<T>(
    text: &str,
    understand: impl FnOnce(&[Statement]) -> T,
) -> Result<T, SqlError> {
    if text.len() > MOST {
        return Err(SqlError::TooLong);
    }
    // The tree is also dropped in there.
    stacker::grow(STACK + text.len() * STACK_OF_BYTE, || {
        let statements = parse(text)?;
        if statements.is_empty() { Err(SqlError::Empty) } else { Ok(understand(&statements)) }
    })
}

fn parse(text: &str) -> Result<Vec<Statement>, SqlError> {
    let parser = Parser::new(&BigQueryDialect).with_recursion_limit(DEEPEST);
    let parsed = parser.try_with_sql(text).and_then(|mut parser| parser.parse_statements());
    parsed.map_err(|error| match error {
        ParserError::RecursionLimitExceeded => SqlError::TooDeep,
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => located(&said),
    })
}

/// `Expected: …, found: x at Line: 1, Column: 8`
fn located(said: &str) -> SqlError {
    let Some((message, place)) = said.rsplit_once(" at Line: ") else {
        return SqlError::Syntax { message: said.to_owned(), span: None };
    };
    let numbers = place.split_once(", Column: ").and_then(|(line, column)| {
        let (line, column) = (line.parse().ok()?, column.trim().parse().ok()?);
        (line > 0 && column > 0).then_some(Span { line, column, length: 1 })
    });
    let place = numbers.map(|span| format!(" (line {}, column {})", span.line, span.column));
    let message = format!("{}{}", message.trim(), place.unwrap_or_default());
    SqlError::Syntax { message, span: numbers }
}
