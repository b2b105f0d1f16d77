"""The lake's tables, as they were when the step started."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


# How alike two names are, from 0 to 1, of which one may be meant by the other.
NEAR = 0.7
# Names that a list shows.
SHOWN = 8


@dataclass(frozen=True)
class Table:
    name: str
    # Column → BigQuery type.
    columns: dict[str, str]
    partition_by: str | None
    files: tuple[str, ...]


class Catalog:
    """Resolves `dataset.table`; nothing that is not in it can be read."""

    def __init__(self, document: dict[str, Any], root: Path) -> None:
        self._tables = {name: _table(name, record, root) for name, record in document.items()}

    def get(self, name: str) -> Table | None:
        return self._tables.get(name)

    def __iter__(self):
        return iter(self._tables.values())

    def unknown(self, name: str) -> tuple[str, str]:
        """What is wrong and what to do about a table that is not there."""
        help = _near_table(name, self._tables) or list_of(self._tables)
        return f"there is no table `{name}`", help or "the warehouse is empty: run the workflow that loads it first"


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean …?`, or nothing: a name that is hardly alike helps nobody."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=NEAR)
    return f"did you mean `{found[0]}`?" if found else ""


def list_of(known: Iterable[str]) -> str:
    """`there are …`, the first of many; nothing where there is none."""
    names = list(known)
    more = f", … ({len(names)} in all)" if len(names) > SHOWN else ""
    return "there are: " + ", ".join(names[:SHOWN]) + more if names else ""


def _near_table(name: str, known: Iterable[str]) -> str:
    """By the tables' own names: those of one dataset begin alike, and that makes them no nearer."""
    own = {each.rpartition(".")[2]: each for each in known}
    found = difflib.get_close_matches(name.rpartition(".")[2], list(own), n=1, cutoff=NEAR)
    return f"did you mean `{own[found[0]]}`?" if found else ""


def _table(name: str, record: dict[str, Any], root: Path) -> Table:
    folder = root.joinpath(*name.split("."))
    files = tuple(
        str(folder / file["path"]) for partition in record["partitions"] for file in partition["files"]
    )
    by = record.get("partition_by")
    return Table(name, dict(record["columns"]), by["column"] if by else None, files)
