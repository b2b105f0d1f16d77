"""The order of a query's clauses, which sqlglot reads in any: BigQuery would refuse it in stage."""

from __future__ import annotations

from sqlglot.tokens import Token

from greenroom.problem import Problem
from greenroom.sql.source import Source

# Between two queries, so that what orders or cuts the first of them stands with it in parentheses.
SETS = ("UNION", "INTERSECT", "EXCEPT")
RANKS = {"JOIN": 0, "WHERE": 1, "GROUP_BY": 2, "HAVING": 3, "QUALIFY": 4, "WINDOW": 5, **dict.fromkeys(SETS, 6), "ORDER_BY": 7, "LIMIT": 8, "OFFSET": 9}
# What follows is another query, or another step of one.
BEGINS = ("SELECT", "PIPE_GT", *SETS)
# Behind these no list goes on, and no other table is joined.
CONDITIONS = ("WHERE", "HAVING", "QUALIFY")


def check_clauses(source: Source) -> None:
    # The last clause at each depth of brackets.
    last: list[Token | None] = [None]
    # Angle brackets of a type that are open.
    angles = 0
    tokens = source.tokens
    for index, (before, token) in enumerate(zip([None, *tokens], tokens)):
        kind = token.token_type.name
        if kind == "LT" and before is not None and before.text.upper() in ("STRUCT", "ARRAY"):
            angles += 1
        elif angles and set(token.text) == {">"}:
            angles = max(0, angles - len(token.text))
        if kind in ("L_PAREN", "L_BRACKET"):
            last.append(None)
        elif kind in ("R_PAREN", "R_BRACKET") and len(last) > 1:
            last.pop()
        ahead = last[-1]
        if kind == "COMMA" and not angles and ahead is not None and ahead.token_type.name in CONDITIONS:
            raise Problem(f"`,` stands behind `{_said(ahead)}`", "tables are joined before it, and a condition goes on with AND or OR", **source.at_token(token))
        # `t.limit` is a column.
        if kind in RANKS and (before is None or before.token_type.name != "DOT") and _is_clause(kind, tokens[index + 1 : index + 3], source, token):
            if ahead is not None and RANKS[kind] < RANKS[ahead.token_type.name]:
                raise Problem(f"`{_said(token)}` stands behind `{_said(ahead)}`", _help(kind), **source.at_token(token))
            last[-1] = token
        if kind in BEGINS:
            last[-1] = None


def _is_clause(kind: str, after: list[Token], source: Source, token: Token) -> bool:
    kinds = [token.token_type.name for token in after]
    # Anywhere else it is a name: WITH OFFSET, [OFFSET(0)], a column.
    if kind == "OFFSET":
        return kinds[:1] in (["NUMBER"], ["PARAMETER"])
    if kind == "WINDOW" and kinds[1:] != ["ALIAS"]:
        raise Problem("`WINDOW` is a word of BigQuery's own, no name", "write `window` in backquotes", **source.at_token(token))
    return True


def _said(token: Token) -> str:
    return token.token_type.name.replace("_", " ")


def _help(kind: str) -> str:
    if kind in SETS:
        return "put the query before it in parentheses"
    clauses = [kind.replace("_", " ") for kind in RANKS if kind not in SETS]
    return f"the order is {', '.join(clauses)}"
