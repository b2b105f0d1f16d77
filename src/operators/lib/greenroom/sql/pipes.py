"""Steps of a pipe that sqlglot reads otherwise than BigQuery does, without a word: nobody gets other rows here than in stage."""

from __future__ import annotations

from sqlglot.tokens import Token

from greenroom.problem import Problem
from greenroom.sql.source import Source

# What may follow `|> LIMIT`: anything else would be done before the rows are cut.
AFTER_LIMIT = ("SELECT", "ALIAS", "UNION", "INTERSECT", "EXCEPT")


def check_pipes(source: Source) -> None:
    # At each depth of parentheses: the last step is LIMIT.
    limited = [False]
    tokens = source.tokens
    for pipe, step, word in zip(tokens, tokens[1:], [*tokens[2:], None]):
        kind = step.token_type.name
        if pipe.token_type.name == "L_PAREN":
            limited.append(False)
        elif pipe.token_type.name == "R_PAREN" and len(limited) > 1:
            limited.pop()
        if pipe.token_type.name != "PIPE_GT":
            continue
        if limited[-1] and kind not in AFTER_LIMIT:
            raise _unknown(f"`{step.text.upper()}` behind `|> LIMIT`", "write |> AS name between them", source, step)
        if kind == "SELECT" and word is not None and word.token_type.name == "DISTINCT":
            raise _unknown("`|> SELECT DISTINCT`", "write |> AGGREGATE GROUP BY …", source, word)
        limited[-1] = kind == "LIMIT"


def _unknown(what: str, help: str, source: Source, token: Token) -> Problem:
    return Problem(f"{what} is not known to the dev warehouse", help, **source.at_token(token))
