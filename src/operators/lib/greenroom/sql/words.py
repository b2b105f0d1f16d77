"""SQL of other databases that sqlglot reads as BigQuery's, told by its words: BigQuery would refuse it in stage."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot.tokens import Token

from greenroom.problem import Problem
from greenroom.sql.source import Source

# Kind of token → what to write instead.
TOKENS = {
    "DCOLON": "write CAST(… AS type)",
    "MOD": "write MOD(a, b)",
    "L_BRACE": "write STRUCT(… AS name)",
    "ILIKE": "write LOWER(…) LIKE LOWER(…)",
    "GLOB": "write LIKE or REGEXP_CONTAINS",
    "SIMILAR_TO": "write REGEXP_CONTAINS",
    "RLIKE": "write REGEXP_CONTAINS",
    "NOTNULL": "write IS NOT NULL",
    "ISNULL": "write IS NULL",
    "ARROW": "",
    "DARROW": "write JSON_VALUE(…, '$.name')",
}
# Tokens that sqlglot takes for others → what to write instead.
TEXTS = {"==": "write =", "!": "write NOT"}
# Types of other databases → BigQuery's.
TYPES = {
    **dict.fromkeys(("VARCHAR", "CHAR", "NVARCHAR", "NCHAR", "BPCHAR", "TEXT", "UUID"), "STRING"),
    **dict.fromkeys(("INT1", "INT2", "INT4", "INT8", "INT16", "INT32", "INT128", "LONG", "SHORT", "HUGEINT", "UBIGINT", "UINTEGER", "UINT64"), "INT64"),
    **dict.fromkeys(("FLOAT", "FLOAT4", "FLOAT8", "FLOAT32", "REAL", "DOUBLE"), "FLOAT64"),
    **dict.fromkeys(("BLOB", "BYTEA", "BINARY", "VARBINARY"), "BYTES"),
    **dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMP_TZ", "TIMESTAMPLTZ"), "TIMESTAMP"),
    **dict.fromkeys(("TIMESTAMPNTZ", "TIMESTAMP_NTZ", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"), "DATETIME"),
    **dict.fromkeys(("LOGICAL", "BIT"), "BOOL"),
    "MONEY": "NUMERIC",
}


def check_words(source: Source) -> None:
    tokens = source.tokens
    for token, after in zip(tokens, [*tokens[1:], None]):
        kind, text = token.token_type.name, token.text
        if kind in TOKENS or text in TEXTS and kind in ("EQ", "NOT"):
            raise _foreign(text.upper(), TOKENS.get(kind) or TEXTS.get(text, ""), source, token)
        if after is None:
            break
        if kind == "STAR" and after.text.upper() == "EXCLUDE":
            raise _foreign("EXCLUDE", "write EXCEPT", source, after)
        if after.token_type.name != "STRING":
            continue
        if kind in ("ALIAS", "DOT"):
            raise Problem(f"{_quoted(source, after)} is a text in BigQuery, no name", f"write `{after.text}` in backticks", **source.at_token(after))
        if kind == "INTERVAL" and not after.text.strip().lstrip("+-").isdigit() and not _has_unit(tokens, after):
            raise Problem("BigQuery asks for an interval's unit outside the text", "write INTERVAL 1 DAY", **source.at_token(after))
    for word in _types(tokens):
        if word.text.upper() in TYPES and word.token_type.name not in ("IDENTIFIER", "STRING"):
            known = TYPES[word.text.upper()]
            raise Problem(f"BigQuery has no type {word.text.upper()}", f"write {known}", **source.at_token(word))


def _foreign(what: str, help: str, source: Source, token: Token) -> Problem:
    return Problem(f"`{what}` is no SQL of BigQuery's", help, **source.at_token(token))


def _quoted(source: Source, token: Token) -> str:
    return source.text[token.start : token.end + 1]


def _has_unit(tokens: list[Token], text: Token) -> bool:
    """`INTERVAL '1-2' YEAR TO MONTH`: the guard knows that one better."""
    at = tokens.index(text)
    return at + 1 < len(tokens) and tokens[at + 1].text.upper() in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")


def _types(tokens: list[Token]) -> Iterator[Token]:
    """The words between AS and the end of each CAST."""
    for index, token in enumerate(tokens[:-1]):
        if token.text.upper() not in ("CAST", "SAFE_CAST") or tokens[index + 1].text != "(":
            continue
        depth, within = 0, False
        for word in tokens[index + 1 :]:
            depth += {"(": 1, ")": -1}.get(word.text, 0) if word.token_type.name != "STRING" else 0
            if depth == 0:
                break
            if within and word.text.upper() == "FORMAT":
                break
            if within:
                yield word
            within = within or depth == 1 and word.token_type.name == "ALIAS"
