"""What load_table is asked to load."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    # A file, folder or glob.
    given: str
    # Name → type, as the person wrote them; none: the files' own.
    columns: dict[str, str]
    null_marker: str | None
    partition_by: str | None
