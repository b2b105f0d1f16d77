use sqlparser::ast::Statement;
use sqlparser::dialect::BigQueryDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use crate::domain::Span;

/// Bytes of the longest text that is looked into.
pub const MOST: usize = 128 * 1024;
/// How deep parentheses and subqueries may lie in each other.
const DEEPEST: usize = 120;
/// A chain of operators becomes a tree as deep as it is long, and is walked by recursion: stack for each byte of a text, and
/// for the parser itself. What is not used costs nothing.
const STACK_OF_BYTE: usize = 2 * 1024;
const STACK: usize = 64 * 1024 * 1024;

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

/// A text, parsed: its statements in order. The tree may be deep, so that whoever walks it needs stack.
pub struct Parsed {
    /// What cannot be read stands among them with its text, as one that is not known.
    statements: Vec<Result<Statement, Unread>>,
    /// The same for texts that differ in nothing but comments and white space.
    pub normal: String,
    /// Bytes.
    stack: usize,
}

/// A statement that cannot be read.
pub(super) struct Unread {
    pub text: String,
    pub error: SqlError,
}

impl Parsed {
    /// An error where nothing of it can be read.
    pub fn of(text: &str) -> Result<Self, SqlError> {
        if text.len() > MOST {
            return Err(SqlError::TooLong);
        }
        let stack = STACK + text.len() * STACK_OF_BYTE;
        let mut parsed = Self { statements: Vec::new(), normal: String::new(), stack };
        stacker::grow(stack, || -> Result<(), SqlError> {
            parsed.statements = parse(text)?;
            let texts = parsed.statements.iter().map(|statement| match statement {
                Ok(statement) => statement.to_string(),
                Err(unread) => unread.text.clone(),
            });
            parsed.normal = texts.collect::<Vec<_>>().join(";\n");
            Ok(())
        })?;
        let nothing = parsed.statements.iter().all(Result::is_err);
        let first = parsed.statements.iter().find_map(|statement| statement.as_ref().err());
        match first {
            Some(unread) if nothing => Err(unread.error.clone()),
            None if nothing => Err(SqlError::Empty),
            _ => Ok(parsed),
        }
    }

    /// Answers what `understand` makes of the statements.
    pub(super) fn with<T>(&self, understand: impl FnOnce(&[Result<Statement, Unread>]) -> T) -> T {
        stacker::grow(self.stack, || understand(&self.statements))
    }
}

impl Drop for Parsed {
    fn drop(&mut self) {
        let statements = std::mem::take(&mut self.statements);
        stacker::grow(self.stack, || drop(statements));
    }
}

/// A statement that cannot be read ends at the next `;`, so that those around it can be.
fn parse(text: &str) -> Result<Vec<Result<Statement, Unread>>, SqlError> {
    let parser = Parser::new(&BigQueryDialect).with_recursion_limit(DEEPEST);
    let mut parser = parser.try_with_sql(text).map_err(why)?;
    let mut statements = Vec::new();
    loop {
        while parser.consume_token(&Token::SemiColon) {}
        if parser.peek_token_ref().token == Token::EOF {
            return Ok(statements);
        }
        let start = parser.index();
        let statement = parser.parse_statement().and_then(|statement| match parser.peek_token_ref().token {
            Token::SemiColon | Token::EOF => Ok(statement),
            _ => parser.expected_ref("end of statement", parser.peek_token_ref()),
        });
        statements.push(statement.map_err(|error| {
            while !matches!(parser.peek_token_ref().token, Token::SemiColon | Token::EOF) {
                parser.next_token();
            }
            let tokens = (start..parser.index()).map(|at| &parser.token_at(at).token);
            let words = tokens.filter(|token| !matches!(token, Token::Whitespace(_)));
            let words: Vec<String> = words.map(ToString::to_string).collect();
            Unread { text: words.join(" "), error: why(error) }
        }));
    }
}

fn why(error: ParserError) -> SqlError {
    match error {
        ParserError::RecursionLimitExceeded => SqlError::TooDeep,
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => located(&said),
    }
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
