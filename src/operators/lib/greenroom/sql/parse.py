"""One query, parsed as BigQuery's, or a clear word why it is none that can run here."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from greenroom.problem import Problem
from greenroom.sql.source import Source

# First words of statements that are no queries → what to do instead.
STATEMENTS = {
    "EXPORT": "take the operator sql_export: it writes the query's rows to a file",
    "CREATE": "take the operator sql_table: it writes the query's rows as a table; write functions out as expressions",
    "INSERT": "take the operator sql_table: it replaces one partition, so that a rerun adds nothing twice",
    "MERGE": "take the operator sql_table: it replaces one partition",
    "UPDATE": "write the changed rows with the operator sql_table",
    "DELETE": "write the rows that stay with the operator sql_table",
    "TRUNCATE": "take the operator sql_table",
    "DROP": "",
    "ALTER": "",
    "DECLARE": "take a parameter of the workflow (@name), or a WITH clause",
    "SET": "take a parameter of the workflow (@name), or a WITH clause",
    "BEGIN": "write one query, or one step for each",
    "IF": "use `when:` in the workflow",
    "LOOP": "",
    "WHILE": "",
    "FOR": "use `matrix:` in the workflow",
    "CALL": "",
    "EXECUTE": "",
    "ASSERT": "use `expect:` in the workflow",
    "LOAD": "take the operator load_table",
    "ATTACH": "",
    "COPY": "",
    "PRAGMA": "",
    "INSTALL": "",
    "GRANT": "",
    "REVOKE": "",
    "RAISE": "",
}

# What sqlglot says of any token that does not fit.
UNEXPECTED = "Invalid expression / Unexpected token"
# What it says where a clause is empty, with the class that it wanted to make.
MISSING = "Required keyword"
VALUES = (TokenType.VAR, TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER)


def check_one_query(source: Source) -> None:
    """By its words: neither another kind of statement, nor a second one."""
    if not source.tokens:
        raise Problem("the query is empty")
    first = source.tokens[0]
    if first.text.upper() in STATEMENTS:
        raise Problem(
            f"{first.text.upper()} is no query; a step runs exactly one SELECT",
            STATEMENTS[first.text.upper()],
            **source.at_token(first),
        )
    end = next((index for index, token in enumerate(source.tokens) if token.text == ";"), None)
    if end is not None and any(token.text != ";" for token in source.tokens[end:]):
        raise Problem(
            "a second statement begins here; a step runs exactly one SELECT",
            "write one step for each statement, or a WITH clause",
            **source.at_token(source.tokens[end + 1]),
        )


def parse(source: Source) -> exp.Query:
    """The one query of a text."""
    check_one_query(source)
    first = source.tokens[0]
    try:
        [tree] = [tree for tree in sqlglot.parse(source.text, read="bigquery") if tree is not None]
    except sqlglot.errors.ParseError as error:
        raise _syntax(source, error) from error
    except ValueError:
        raise Problem("the query is empty") from None
    if isinstance(tree, exp.Subquery):
        tree = tree.unnest()
    if not isinstance(tree, exp.Query):
        raise Problem("this is no query; a step runs exactly one SELECT", **source.at_token(first))
    return tree


def _syntax(source: Source, error: sqlglot.errors.ParseError) -> Problem:
    """sqlglot tells line and column of the end of the token that it did not expect."""
    facts = error.errors[0] if error.errors else {}
    lines = source.text.split("\n")
    word = facts.get("highlight") or ""
    message = f"syntax error at `{word}`" if word else "syntax error"
    said = (facts.get("description") or "").split(" but got <Token")[0]
    if said.startswith(MISSING):
        message += ": something is missing here"
    elif said and said != UNEXPECTED:
        message += f": {said}"
    if not facts.get("line"):
        return Problem(message)
    end = sum(len(line) + 1 for line in lines[: facts["line"] - 1]) + facts["col"]
    offset = max(0, end - max(1, len(word)))
    return Problem(message, _missing(source, offset), offset=offset, length=max(1, len(word)))


def _missing(source: Source, offset: int) -> str:
    """Where one expression follows another, nothing but a comma or an operator can be missing."""
    tokens = source.tokens
    at = next((index for index, token in enumerate(tokens) if token.start == offset), 0)
    # A function's name was taken for an alias of what stands before it.
    if at and tokens[at].text == "(":
        at -= 1
    if at and ends_value(tokens[at - 1]) and _begins(tokens[at]):
        return f"is a comma or an operator missing before `{tokens[at].text}`?"
    return ""


def ends_value(token: Token) -> bool:
    return token.token_type in VALUES or token.text in (")", "]") or token.text.upper() == "END"


def _begins(token: Token) -> bool:
    return token.token_type in VALUES or token.text.upper() in ("CASE", "CAST", "IF", "LEFT", "RIGHT", "REPLACE")
