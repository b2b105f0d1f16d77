"""The order of a query's clauses, which sqlglot reads in any: BigQuery would refuse it in stage."""

from __future__ import annotations

from sqlglot.tokens import Token

from greenroom.problem import Problem
from greenroom.sql.source import Source

# Between two queries, so that what orders or cuts the first of them stands with it in parentheses.
SETS = ("UNION", "INTERSECT", "EXCEPT")
RANKS = {"JOIN": 0, "WHERE": 1, "GROUP_BY": 2, "HAVING": 3, "QUALIFY": 4, "WINDOW": 5, **dict.fromkeys(SETS, 6), "ORDER_BY": 7, "LIMIT": 8}
# What follows is another query, or another step of one.
BEGINS = ("SELECT", "PIPE_GT", *SETS)


def check_clauses(source: Source) -> None:
    # The last clause at each depth of brackets.
    last: list[Token | None] = [None]
    for before, token in zip([None, *source.tokens], source.tokens):
        kind = token.token_type.name
        if kind in ("L_PAREN", "L_BRACKET"):
            last.append(None)
        elif kind in ("R_PAREN", "R_BRACKET") and len(last) > 1:
            last.pop()
        # `t.limit` is a column.
        if kind in RANKS and (before is None or before.token_type.name != "DOT"):
            ahead = last[-1]
            if ahead is not None and RANKS[kind] < RANKS[ahead.token_type.name]:
                raise Problem(f"`{_said(token)}` stands behind `{_said(ahead)}`", _help(kind), **source.at_token(token))
            last[-1] = token
        if kind in BEGINS:
            last[-1] = None


def _said(token: Token) -> str:
    return token.token_type.name.replace("_", " ")


def _help(kind: str) -> str:
    if kind in SETS:
        return "put the query before it in parentheses"
    clauses = [kind.replace("_", " ") for kind in RANKS if kind not in SETS]
    return f"the order is {', '.join(clauses)}"
