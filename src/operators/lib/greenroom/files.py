"""Which files `from` of load_table names."""

from __future__ import annotations

import glob
from pathlib import Path

from greenroom.problem import Problem

KINDS = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet"}


def kind_of(path: Path) -> str | None:
    """csv, json or parquet, by the name's end; `.gz` may follow."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for end, kind in KINDS.items() if name.endswith(end)), None)


def find(given: str) -> tuple[str, list[Path]]:
    """The kind, and the files in order of name: of the project, or of another step's output."""
    if "://" in given:
        raise Problem(f"the dev warehouse does not load from {given}",
                      "let a step copy it, and name that step's output: ${{ steps.copy.outputs.raw }}")
    at = Path(given)
    if at.is_dir():
        found = sorted(path for path in at.rglob("*") if path.is_file() and kind_of(path))
    elif at.is_file():
        found = [at]
    else:
        found = sorted(path for path in map(Path, glob.glob(given, recursive=True)) if path.is_file())
    if not found:
        raise Problem(f"there is no file {given}",
                      "a path is relative to the project's root, and a step with `files:` sees only those")
    kinds = {kind_of(path) for path in found}
    if None in kinds:
        odd = next(path for path in found if kind_of(path) is None)
        raise Problem(f"what {odd} is cannot be told by its name", "name it .csv, .json, .jsonl or .parquet; .gz may follow")
    if len(kinds) > 1:
        raise Problem(f"{given} names files of several kinds: " + ", ".join(sorted(map(str, kinds))), "load one kind")
    return str(kinds.pop()), found
