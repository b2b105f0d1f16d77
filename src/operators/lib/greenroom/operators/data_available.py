"""Waits until a table has rows, or storage has files."""

from __future__ import annotations

from pathlib import Path

from greenroom.problem import NotYet, Problem
from greenroom.step import Query, Step
from greenroom.warehouse import warehouse


def run(step: Step) -> None:
    if step.text("table") is not None:
        _rows(step)
    else:
        _files(step)


def _rows(step: Step) -> None:
    table, where = step.inputs["table"], step.text("where")
    wanted = int(step.inputs.get("min_rows", 1))
    looked = f"looked for {_many(wanted, 'row')} in {table}" + (f" where {where}" if where else "")
    if step.engine == "duckdb" and step.catalog.get(table) is None:
        raise NotYet(f"{looked}; there is no such table yet")
    condition = f" WHERE (\n{where}\n)" if where else ""
    try:
        found = warehouse(step).count_rows(step, Query(f"SELECT COUNT(*) AS n FROM {table}{condition}", None))
    except Problem as problem:
        if where:
            problem.message += f", in where: {where}"
        raise
    if found < wanted:
        raise NotYet(f"{looked}; found {found}")
    print(f"{looked}; found {found}")


def _files(step: Step) -> None:
    pattern, wanted = str(step.inputs["path"]), int(step.inputs.get("min_files", 1))
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise Problem(f"the path {pattern} leads out of storage", "write a glob below the storage root: raw/*.csv")
    storage = Path(step.environ["GREENROOM_STORAGE"])
    try:
        found = sum(1 for path in storage.glob(pattern) if path.is_file())
    except ValueError as error:
        raise Problem(f"the path {pattern} is no glob: {error}") from error
    looked = f"looked for {_many(wanted, 'file')} at {pattern} in storage; found {found}"
    if found < wanted:
        raise NotYet(looked)
    print(looked)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
