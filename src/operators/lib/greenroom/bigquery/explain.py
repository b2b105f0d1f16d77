"""An error of BigQuery, at the place of the person's query that it is about."""

from __future__ import annotations

import re

from greenroom.problem import Problem

PLACE = re.compile(r"\s*at \[(\d+):(\d+)\]")
WORD = re.compile(r"\w+")


def explain(error: Exception, query: str, lines_before: int = 0) -> Problem:
    """`lines_before`: lines that were sent before the query's first."""
    details = getattr(error, "errors", None) or []
    message = next((each["message"] for each in details if each.get("message")), None)
    message = message or getattr(error, "message", None) or str(error)
    found = PLACE.search(message)
    text = PLACE.sub("", message).strip()
    if found is None:
        return Problem(text)
    line, column = int(found.group(1)) - lines_before, int(found.group(2))
    lines = query.split("\n")
    if not 1 <= line <= len(lines):
        return Problem(text)
    offset = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
    word = WORD.match(query, offset)
    return Problem(text, offset=offset, length=len(word.group()) if word else 1)
