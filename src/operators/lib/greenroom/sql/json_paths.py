"""JSON_VALUE and JSON_EXTRACT_SCALAR, with the paths that mean the same in BigQuery and here."""

from __future__ import annotations

import re

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.source import Source

KEY, INDEX = r"\.[A-Za-z_][A-Za-z0-9_]*", r"\[[0-9]+\]"
# Function → how it writes a key with other characters, and the paths that it takes.
QUOTED = {"JSON_VALUE": r'\."[^"\\]*"', "JSON_EXTRACT_SCALAR": r"\['[^'\\]*'\]"}
SHOWN = {"JSON_VALUE": """'$.a."b c"[0]'""", "JSON_EXTRACT_SCALAR": '''"$.a['b c'][0]"'''}


def scalar(node: exp.Expression, source: Source) -> exp.Expression:
    name = node.meta["bigquery_name"].upper()
    return exp.Anonymous(this="gr_json_value", expressions=[node.this.copy(), exp.Literal.string(_path(node, name, source))])


def _path(node: exp.Expression, name: str, source: Source) -> str:
    """The path as DuckDB writes it: `$."a"[0]`."""
    text = _written(node, source)
    if text is None:
        raise Problem(f"{name} takes its path only as a plain text in the dev warehouse", f"write {SHOWN[name]}", **source.at(node))
    if not re.fullmatch(rf"\$({KEY}|{INDEX}|{QUOTED[name]})*", text):
        raise Problem(f"`{text}` is no path that {name} takes here", f"write {SHOWN[name]}: keys, and places from 0", **source.at(node))
    return re.sub(r"\['([^']*)'\]", r'."\1"', text)


def _written(node: exp.Expression, source: Source) -> str | None:
    """sqlglot has taken the path apart, and forgives more than BigQuery: so the text that stands before the call's end."""
    end = node.meta.get("end")
    at = next((index for index, token in enumerate(source.tokens) if token.end == end), None)
    depth, comma = 0, None
    for index, token in enumerate(source.tokens[at + 1 :] if at is not None else []):
        kind = token.token_type.name
        depth += {"L_PAREN": 1, "L_BRACKET": 1, "R_PAREN": -1, "R_BRACKET": -1}.get(kind, 0)
        if depth == 1 and kind == "COMMA":
            comma = index
        if depth == 0:
            if comma is None:
                return "$"
            second = source.tokens[at + 1 + comma + 1 : at + 1 + index]
            plain = len(second) == 1 and second[0].token_type.name in ("STRING", "RAW_STRING")
            return second[0].text if plain else None
    return None
