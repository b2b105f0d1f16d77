"""An error of DuckDB, at the place of the person's query that it is about."""

from __future__ import annotations

import json
import re

from greenroom.catalog import list_of, nearest
from greenroom.duck.said import in_bigquerys_types, said
from greenroom.problem import Problem
from greenroom.sql.source import Source

MISSING = re.compile(r'"(\w+)" does not have a column named "(\w+)"')
ADVICE = re.compile(r"\s*(Use TRY\(|You might need to add explicit type casts|You might want to add|In order to select one|Please use|when casting from source).*", re.DOTALL)
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def explain(error: Exception, executed: str, source: Source, stored: list[str]) -> Problem:
    """`executed`: what DuckDB ran, with the translated query somewhere in it. `stored`: columns of the tables it reads."""
    facts = _facts(str(error))
    message, help = _plain(facts, stored)
    place = _place(facts, executed, source)
    return Problem(message, help, **place)


def message_of(text: str) -> str:
    """What DuckDB said, out of the JSON that it says it in."""
    return _facts(text).get("exception_message", "").strip()


def _facts(text: str) -> dict[str, str]:
    start = text.find("{")
    try:
        return json.loads(text[start:]) if start >= 0 else {"exception_message": text}
    except json.JSONDecodeError:
        return {"exception_message": text}


def _plain(facts: dict[str, str], stored: list[str]) -> tuple[str, str]:
    message = facts.get("exception_message", "").strip()
    missing = MISSING.search(message)
    if missing:
        return f"`{missing[1]}` has no column `{missing[2]}`", _column_like(missing[2], facts, stored)
    if facts.get("error_subtype") == "COLUMN_NOT_FOUND" and facts.get("name"):
        return f"there is no column `{facts['name']}`", _column_like(facts["name"], facts, stored)
    if facts.get("exception_type") == "Out of Memory":
        help = "keep rows and columns out earlier; a step of a workflow has what its resources.limits.memory says"
        return "the query needs more memory than its container has", help
    known = said(message)
    if known is not None:
        return known
    lines = [line for line in message.splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("Candidate", "\t", "Did you mean", "LINE ", "Either add it", "Use \"SET"))]
    # Behind `Use TRY(` and the like the engine advises what BigQuery's SQL has not.
    plain = ADVICE.sub("", kept[0] if kept else "")
    # Our own macros' errors come as these, and name BigQuery's types already.
    if facts.get("exception_type") != "Invalid Input":
        plain = in_bigquerys_types(plain)
    return plain or "the query failed", ""


def _column_like(name: str, facts: dict[str, str], stored: list[str]) -> str:
    """DuckDB's candidates are those of the query itself too, but never all."""
    candidates = [each.split(".")[-1] for each in facts.get("candidates", "").split(",") if each and not each.startswith("gr_")]
    return nearest(name, [*candidates, *stored]) or list_of(stored)


def _place(facts: dict[str, str], executed: str, source: Source) -> dict[str, int]:
    """The word at DuckDB's position, found again in the query: the same occurrence of it."""
    name = facts.get("name")
    position = facts.get("position")
    if position is not None and str(position).isdigit():
        before = executed.encode()[: int(position)].decode(errors="ignore")
        # A qualified name begins with its table; the column is what is wrong.
        found = WORD.match(executed, len(before))
        while found and executed[found.end() : found.end() + 1] == "." and found.group().lower() != (name or "").lower():
            before = executed[: found.end() + 1]
            found = WORD.match(executed, len(before))
        if found:
            earlier = re.findall(rf"\b{re.escape(found.group())}\b", before, re.IGNORECASE)
            place = source.occurrence(found.group(), len(earlier))
            if place:
                return place
    for word in [name, *re.findall(r'"([^"]+)"', facts.get("exception_message", ""))]:
        place = source.occurrence(word, 0) if word else None
        if place:
            return place
    # Where it begins: before it there may be another statement, or a comment.
    return source.at(None)
