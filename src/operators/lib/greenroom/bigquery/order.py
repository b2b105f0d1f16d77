"""Equal rows in equal order: ties of a query's ORDER BY are broken by all its columns."""

from __future__ import annotations

import re
from typing import Any

from greenroom.bigquery.columns import type_of

# What hides a word: comments, and text in quotes.
HIDDEN = re.compile(
    r"--[^\n]*|#[^\n]*|/\*.*?\*/|'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`", re.DOTALL
)
ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
END = re.compile(r"\blimit\b|;", re.IGNORECASE)
# What BigQuery does not sort by.
UNSORTED = ("ARRAY", "STRUCT", "JSON", "GEOGRAPHY")


def break_ties(query: str, schema: Any) -> str | None:
    """The query with all columns behind those of its ORDER BY, on the same lines; None where it has none."""
    outside = _outside(query)
    order = None
    for order in ORDER.finditer(outside):
        pass
    if order is None:
        return None
    columns = [str(number) for number, field in enumerate(schema, 1) if type_of(field) not in UNSORTED]
    limit = END.search(outside, order.end())
    end = len(outside[: limit.start() if limit else len(outside)].rstrip())
    return f"{query[:end]}, {', '.join(columns)}{query[end:]}" if columns else query


def _outside(query: str) -> str:
    """The text outside of any parenthesis, comment and quotes; blanks in place of the rest."""
    text = HIDDEN.sub(lambda found: " " * len(found.group()), query)
    depth, outside = 0, []
    for char in text:
        depth += (char == "(") - (char == ")")
        outside.append(char if depth == 0 and char != ")" else ("x" if char == ")" and depth == 0 else " "))
    return "".join(outside)
