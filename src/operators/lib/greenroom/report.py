"""What a step tells of itself: to Greenroom in a file, to people on standard error."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from greenroom.problem import Place, Problem


def write_report(
    reads: list[str] | None = None, problem: Problem | None = None, found: str | None = None
) -> None:
    """Leaves `greenroom-report.json` in TMPDIR, where Greenroom looks when the step has ended."""
    report: dict[str, object] = {"reads": sorted(set(reads or []))}
    if problem is not None:
        error: dict[str, object] = {"message": problem.message[:4000], "help": problem.help[:4000]}
        error["lasting"] = not problem.may_heal
        if problem.place is not None:
            place = problem.place
            error |= {"file": place.file, "line": place.line, "column": place.column, "length": place.length}
        report["error"] = error
    if found is not None:
        report["found"] = found[:4000]
    path = Path(os.environ.get("TMPDIR", "/tmp"), "greenroom-report.json")
    path.write_text(json.dumps(report), encoding="utf-8")


def tell(problem: Problem) -> None:
    """Prints the problem with the line it is on and a caret."""
    print("error: " + problem.message, file=sys.stderr)
    if problem.place is not None:
        print(snippet(problem.place), file=sys.stderr)
    if problem.help:
        print("help: " + problem.help, file=sys.stderr)


def snippet(place: Place) -> str:
    """`--> sql/delays.sql:4:9`, the line, and a caret below the place."""
    head = f" --> {place.file}:{place.line}:{place.column}"
    try:
        line = Path(place.file).read_text(encoding="utf-8").splitlines()[place.line - 1]
    except (OSError, UnicodeDecodeError, IndexError):
        return head
    margin = " " * len(str(place.line))
    # Tabs stay tabs, so that the caret stands below its place whatever their width.
    indent = "".join(char if char == "\t" else " " for char in line[: place.column - 1])
    caret = "^" * max(1, min(place.length, len(line) - place.column + 1))
    return f"{head}\n{margin} |\n{place.line} | {line}\n{margin} | {indent}{caret}"
