"""An error of DuckDB, at the place of the person's query that it is about."""

from __future__ import annotations

import json
import re

from greenroom.problem import Problem
from greenroom.sql.source import Source

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def explain(error: Exception, executed: str, source: Source) -> Problem:
    """`executed`: the statement that DuckDB ran, with the translated query somewhere in it."""
    facts = _facts(str(error))
    message, help = _plain(facts)
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


def _plain(facts: dict[str, str]) -> tuple[str, str]:
    message = facts.get("exception_message", "").strip()
    candidates = [each for each in facts.get("candidates", "").split(",") if each and not each.startswith("gr_")]
    help = f"did you mean {' or '.join(f'`{each}`' for each in candidates[:3])}?" if candidates else ""
    if facts.get("error_subtype") == "COLUMN_NOT_FOUND" and facts.get("name"):
        return f"there is no column `{facts['name']}`", help
    if facts.get("exception_type") == "Out of Memory":
        return "the query needs more memory than the step has", "raise resources.limits.memory of the step"
    lines = [line for line in message.splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("Candidate", "\t", "Did you mean", "LINE "))]
    return "\n".join(kept[:2]) or message or "the query failed", help


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
    return {}
