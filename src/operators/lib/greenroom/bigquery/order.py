"""Equal rows in equal order: ties of a query's ORDER BY are broken by all its columns."""

from __future__ import annotations

from typing import Any

from sqlglot.tokens import TokenType

from greenroom.bigquery.client import quote
from greenroom.bigquery.columns import type_of
from greenroom.sql.source import Source

# What BigQuery does not sort by.
UNSORTED = ("ARRAY", "STRUCT", "JSON", "GEOGRAPHY")


def break_ties(source: Source, schema: Any) -> tuple[str, bool]:
    """The query with all columns behind those of its ORDER BY, on the same lines, and whether it has one.

    The text is added to, not written anew, so that places in it stay what they are.
    """
    pipe = _pipe(_own(source.tokens))
    tokens = pipe[-1]
    if len(pipe) > 1 and tokens and tokens[0].token_type is TokenType.LIMIT:
        tokens = pipe[-2]
    order = next((index for index, token in enumerate(tokens) if token.token_type is TokenType.ORDER_BY), None)
    if order is None:
        return source.text, False
    last = order
    while last + 1 < len(tokens) and not _ends(tokens, last + 1):
        last += 1
    fields = [(number, field.name) for number, field in enumerate(schema, 1) if type_of(field) not in UNSORTED]
    # A pipe has no list of columns that a number could count in.
    columns = [str(number) if len(pipe) == 1 else quote(name) for number, name in fields]
    end = tokens[last].end + 1
    return source.text[:end] + "".join(f", {column}" for column in columns) + source.text[end:], True


def _pipe(tokens: list[Any]) -> list[list[Any]]:
    """The operators of a query in pipes (`|>`), of which only the last says in which order rows come."""
    operators: list[list[Any]] = [[]]
    for token in tokens:
        if token.token_type is TokenType.PIPE_GT:
            operators.append([])
        else:
            operators[-1].append(token)
    return operators


def _own(tokens: list[Any]) -> list[Any]:
    """Those of the outermost query: none within parentheses, but for such as are around all of it."""
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens = tokens[:-1]
    while len(tokens) > 2 and _closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    depth, own = 0, []
    for token in tokens:
        depth -= token.token_type is TokenType.R_PAREN
        if depth == 0:
            own.append(token)
        depth += token.token_type is TokenType.L_PAREN
    return own


def _closing(tokens: list[Any], at: int) -> int | None:
    """Where the parenthesis is closed that opens there; None where none opens."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += (tokens[index].token_type is TokenType.L_PAREN) - (tokens[index].token_type is TokenType.R_PAREN)
        if depth == 0:
            return index if index > at else None
    return None


def _ends(tokens: list[Any], at: int) -> bool:
    """Whether an ORDER BY ends before this token. A column may be called `limit`."""
    return tokens[at].token_type is TokenType.LIMIT and tokens[at - 1].token_type is not TokenType.DOT
