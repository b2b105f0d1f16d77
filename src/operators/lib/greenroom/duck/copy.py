"""Rows as files, the same for the same rows whatever warehouse they come from."""

from __future__ import annotations

from pathlib import Path

from greenroom.duck.lake import text

FORMATS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER true",
    "json": "FORMAT json, ARRAY false",
}


def copy(query: str, path: Path, format: str) -> str:
    """The statement that writes a query's rows; the path's directory is there afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"COPY (\n{query}\n) TO {text(str(path))} ({FORMATS[format]})"
