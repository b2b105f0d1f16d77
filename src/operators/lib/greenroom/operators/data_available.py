"""Waits until a table has rows, or storage has files: answers whether they are there now."""

from __future__ import annotations

import glob
from pathlib import Path

from greenroom.problem import NotYet, Problem
from greenroom.step import Step
from greenroom.warehouse import open_warehouse


def run(step: Step) -> None:
    if step.text("table") is not None:
        _table(step)
    else:
        _files(step)


def _table(step: Step) -> None:
    table, where = str(step.inputs["table"]), step.text("where")
    least = int(step.inputs.get("min_rows", 1))
    wanted = f"{_count(least, 'row')} in {table}" + (f" where {where}" if where else "")
    if step.engine == "duckdb" and step.catalog.get(table) is None:
        message, help = step.catalog.unknown(table)
        raise NotYet(f"looked for {wanted}, but {message}" + (f" ({help})" if help else ""))
    try:
        found = open_warehouse(step).count(table, where)
    except Problem as problem:
        raise Problem(f"in `where: {where}`: {problem.message}", problem.help) from problem
    if found < least:
        raise NotYet(f"looked for {wanted}, found {found}")
    values = ", ".join(f"@{name} = {param.value}" for name, param in step.params.items() if f"@{name}" in (where or ""))
    print(f"found {_count(found, 'row')} in {table}" + (f" where {where}" if where else "") + (f" ({values})" if values else ""))


def _files(step: Step) -> None:
    pattern = str(step.inputs["path"])
    least = int(step.inputs.get("min_files", 1))
    if "://" in pattern:
        from greenroom.remote import matches

        found = matches(pattern)
    else:
        found = _local(Path(step.environ.get("GREENROOM_STORAGE", "/storage")), pattern)
    if len(found) < least:
        some = f": {', '.join(found[:5])}" if found else ""
        raise NotYet(f"looked for {_count(least, 'file')} {pattern} in storage, found {len(found)}{some}")
    print(f"found {_count(len(found), 'file')} {pattern} in storage")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _local(root: Path, pattern: str) -> list[str]:
    if pattern.startswith("/") or ".." in pattern.split("/"):
        raise Problem(f"`path: {pattern}` leaves the storage", "write a glob relative to the environment's root")
    found = glob.glob(pattern, root_dir=root, recursive=True, include_hidden=False)
    # What an attempt left before it succeeded is nobody's to find.
    return sorted(each for each in found if (root / each).is_file() and "/_run/" not in f"/{each}")
