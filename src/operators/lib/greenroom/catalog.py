"""The lake's tables, as they were when the step started."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
        help = nearest(name, self._tables)
        if not help and self._tables:
            help = "there are: " + ", ".join(self._tables)
        if not self._tables:
            help = "the warehouse is empty: run the workflow that loads it first"
        return f"there is no table `{name}`", help


def nearest(name: str, known) -> str:
    """`did you mean …?`, or nothing."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean `{found[0]}`?" if found else ""


def _table(name: str, record: dict[str, Any], root: Path) -> Table:
    folder = root.joinpath(*name.split("."))
    files = tuple(
        str(folder / file["path"]) for partition in record["partitions"] for file in partition["files"]
    )
    by = record.get("partition_by")
    return Table(name, dict(record["columns"]), by["column"] if by else None, files)
