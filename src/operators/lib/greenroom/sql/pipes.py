"""Steps of a pipe that sqlglot reads otherwise than BigQuery does, without a word: nobody gets other rows here than in stage.

It makes one SELECT of steps that follow each other, and a table of its own only of some: what a SELECT does in another order than the steps stand is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot.tokens import Token

from greenroom.problem import Problem
from greenroom.sql.parse import ends_value
from greenroom.sql.source import Source

SETS = ("UNION", "INTERSECT", "EXCEPT")
# Steps of which sqlglot makes a table of its own, with all that stands before them.
OWN = ("SELECT", "EXTEND", "AGGREGATE", "AS", *SETS)
# What may follow a step: anything else would be done before it.
FOLLOWS = {
    "LIMIT": ("SELECT", "AS", *SETS),
    "DISTINCT": ("WHERE", "ORDER BY", "LIMIT", "DISTINCT", "AS", *SETS),
}
# Joins that add rows, which a WHERE before them must not take away.
OUTER = ("RIGHT", "FULL")
# Clauses of a query, which sqlglot forgets where they stand in a step.
FORGOTTEN = ("FROM", "JOIN", "WHERE", "GROUP_BY", "HAVING", "QUALIFY", "WINDOW", "ORDER_BY", "LIMIT")
# Those of them that a query and a step have alike.
ALIKE = {"WHERE": "WHERE", "ORDER_BY": "ORDER BY", "LIMIT": "LIMIT"}

NAMED = "write |> AS name between them"
BRACKETS = "put the query before it in parentheses"


@dataclass
class _Query:
    """What is said at one depth of brackets, as far as it becomes one SELECT with what is to come."""

    # The step that is being said; none before the first.
    step: str = ""
    # The steps before it → as they are told.
    before: dict[str, str] = field(default_factory=dict)
    # It began with a SELECT that says more than `SELECT * FROM`.
    selects: bool = False
    reads: bool = False
    # Words of ORDER BY, and whether one of them is a column's number.
    ordered: set[str] = field(default_factory=set)
    numbered: bool = False
    # The query in which the brackets stand; None: it is one itself.
    host: _Query | None = None


def check_pipes(source: Source) -> None:
    depths = [_Query()]
    tokens = source.tokens
    if not any(token.token_type.name == "PIPE_GT" for token in tokens):
        return
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        query, kind = depths[-1], token.token_type.name
        if kind in ("L_PAREN", "L_BRACKET"):
            depths.append(_Query(host=query.host or query))
        elif kind in ("R_PAREN", "R_BRACKET") and len(depths) > 1:
            depths.pop()
        elif kind == "PIPE_GT":
            query.host = None
            if index + 1 < len(tokens):
                _begin(query, token, tokens[index + 1 : index + 3], source)
        elif before is not None and before.token_type.name in ("PIPE_GT", "DOT"):
            pass  # Its word is known; `t.limit` is a column.
        else:
            if kind in ("SELECT", "WITH") or kind == "FROM" and before is not None and before.text == "(":
                query.host = None
            _within(query.host or query, token, source)
            if query.host is None and query.step:
                _of_step(query, token, before, tokens[index + 1 : index + 2], source)
            elif query.host is None:
                _of_query(query, kind, tokens[index + 1 : index + 3])


def _begin(query: _Query, pipe: Token, ahead: list[Token], source: Source) -> None:
    if not query.step and query.selects and query.reads:
        raise _unknown("`|>` behind SELECT", BRACKETS, source, pipe)
    # Of what reads no table sqlglot makes one.
    own = query.step in OWN or not query.step and query.selects
    if own:
        query.before, query.ordered, query.numbered = {}, set(), False
    elif query.step:
        query.before[query.step] = f"|> {query.step}"
    query.selects, query.step = False, ahead[0].text.upper()
    step = query.step
    for last, follows in FOLLOWS.items():
        if last in query.before and step not in follows:
            raise _unknown(f"`{step}` behind `{query.before[last]}`", NAMED, source, ahead[0])
    if step in OUTER and "WHERE" in query.before:
        raise _unknown(f"`{step} JOIN` behind `{query.before['WHERE']}`", NAMED, source, ahead[0])
    if step == "SELECT" and query.numbered:
        raise _unknown("`SELECT` behind an ORDER BY of a column's number", "order by its name", source, ahead[0])
    word = ahead[1].text.upper() if len(ahead) > 1 else ""
    if step == "SELECT" and word == "DISTINCT":
        raise _unknown("`|> SELECT DISTINCT`", "write |> AGGREGATE GROUP BY …", source, ahead[1])
    if step == "SELECT" and word == "AS":
        raise _unknown("`|> SELECT AS`", "", source, ahead[1])


def _within(query: _Query, token: Token, source: Source) -> None:
    """A word of a query, in whatever brackets."""
    kind = token.token_type.name
    if kind == "OVER" and query.step and "LIMIT" in query.before:
        raise _unknown(f"`OVER` behind `{query.before['LIMIT']}`", NAMED, source, token)
    if query.step == "ORDER BY" or not query.step and "ORDER BY" in query.before:
        if kind != "COMMA":
            query.ordered.add(token.text.lower())


def _of_step(query: _Query, token: Token, before: Token | None, ahead: list[Token], source: Source) -> None:
    kind = token.token_type.name
    said = before.token_type.name if before is not None else ""
    if query.step == "SELECT" and kind in FORGOTTEN and said != "DISTINCT":
        raise _unknown(f"`{token.text.upper()}` in `|> SELECT`", "make a step of its own of it, with |>", source, token)
    if query.step == "ORDER BY" and kind == "NUMBER" and said in ("ORDER_BY", "COMMA"):
        query.numbered = True
    if kind in SETS and query.step not in (*SETS, "INNER", "LEFT", *OUTER) and ahead and ahead[0].text.upper() in ("ALL", "DISTINCT"):
        raise _unknown(f"`{kind}` behind a step", f"write |> {kind} {ahead[0].text.upper()} (…)", source, token)
    # A SELECT is ordered by its own columns first.
    if query.step not in ("SELECT", "EXTEND") or not query.ordered:
        return
    if said == "STAR" and token.text.upper() == "REPLACE":
        raise _unknown("`* REPLACE` behind ORDER BY", NAMED, source, token)
    named = said == "ALIAS" or before is not None and ends_value(before) and kind != "END"
    last = not ahead or ahead[0].token_type.name in ("COMMA", "PIPE_GT", "R_PAREN")
    if named and last and token.text.lower() in query.ordered:
        raise _unknown(f"another `{token.text}` behind `ORDER BY {token.text}`", f"{NAMED}, or name it otherwise", source, token)


def _of_query(query: _Query, kind: str, ahead: list[Token]) -> None:
    """A word before the first step."""
    if kind == "SELECT":
        query.selects |= [token.token_type.name for token in ahead] != ["STAR", "FROM"]
    elif kind == "FROM":
        query.reads = True
    elif kind in ALIKE:
        query.before[ALIKE[kind]] = ALIKE[kind]
        query.numbered |= kind == "ORDER_BY" and bool(ahead) and ahead[0].token_type.name == "NUMBER"
    elif kind in (*FORGOTTEN, *SETS) and kind != "JOIN":
        query.selects = True


def _unknown(what: str, help: str, source: Source, token: Token) -> Problem:
    return Problem(f"{what} is not known to the dev warehouse", help, **source.at_token(token))
