"""An error of BigQuery, at the place of the person's query that it is about."""

from __future__ import annotations

import re

from greenroom.problem import Problem

PLACE = re.compile(r"\s*at \[(\d+):(\d+)\]")
WORD = re.compile(r"\w+")
# What an error without a place is about: a name it quotes, or one behind these words.
NAMED = re.compile(r"[\"'`]([^\"'`\n]+)[\"'`]|(?:name|Function|Table|column):? ([\w.:-]+)")


def explain(error: Exception, query: str, lines_before: int = 0) -> Problem:
    """`lines_before`: lines that were sent before the query's first."""
    details = getattr(error, "errors", None) or []
    message = next((each["message"] for each in details if each.get("message")), None)
    message = message or getattr(error, "message", None) or str(error)
    text = _first(PLACE.sub("", message))
    found = PLACE.search(message)
    if found is None:
        named = _named(text, query)
        return Problem(text, may_heal=not named, **named)
    line, column = int(found.group(1)) - lines_before, int(found.group(2))
    lines = query.split("\n")
    if not 1 <= line <= len(lines):
        return Problem(text, may_heal=True)
    offset = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
    word = WORD.match(query, offset)
    return Problem(text, offset=offset, length=len(word.group()) if word else 1)


def _first(message: str) -> str:
    """The first line says what is wrong; below it stand a stand-in's own statement and job ids."""
    return next((line.strip() for line in message.splitlines() if line.strip()), "the query failed")


def _named(message: str, query: str) -> dict[str, int]:
    for found in NAMED.finditer(message):
        name = found.group(1) or found.group(2)
        # With a table's project and dataset less and less of it may stand in the query.
        for start in (0, *(at.end() for at in re.finditer(r"[.:]", name))):
            place = re.search(rf"\b{re.escape(name[start:])}\b", query, re.IGNORECASE) if name[start:] else None
            if place:
                return {"offset": place.start(), "length": len(place.group())}
    return {}
