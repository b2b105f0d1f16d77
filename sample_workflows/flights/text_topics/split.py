"""What is learned from and what is judged by never share a source: its packages are described in the same words."""

from __future__ import annotations

import zlib

import pandas as pd

# One source in so many is kept for judging.
PARTS = 5


def is_kept(source: pd.Series) -> pd.Series:
    return source.map(lambda name: zlib.crc32(name.encode()) % PARTS == 0)
