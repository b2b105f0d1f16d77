"""100,000 rows, and the same on more than one process; prints how long it takes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import sklearn.preprocessing
from sklearn.feature_extraction.text import CountVectorizer

from .. import BagOfWords, OneHotEncoder, StandardScaler, make_pipeline, read
from .case import ROW, Case, flights, texts

ROWS = 100_000


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - start:.1f} s", file=sys.stderr)


class LargeTest(Case):
    def test_flights(self) -> None:
        frame = flights(ROWS)
        path, to = self.stored(frame), f"{self.folder}/to/"
        mine = make_pipeline(
            OneHotEncoder(columns=["carrier", "origin"]), StandardScaler(columns=["dep_delay", "distance"])
        )
        with timed("flights: fit"):
            mine.fit(path)
        with timed("flights: transform"):
            mine.transform(path, to=to)
        found = read(to).sort_values(ROW, ignore_index=True)
        scaled = sklearn.preprocessing.StandardScaler().fit_transform(frame[["dep_delay", "distance"]])
        np.testing.assert_allclose(found[["dep_delay", "distance"]], scaled, rtol=1e-9)
        encoded = sklearn.preprocessing.OneHotEncoder(sparse_output=False).fit_transform(frame[["carrier", "origin"]])
        np.testing.assert_array_equal(found[mine[0].get_feature_names_out()], encoded)

    def test_texts(self) -> None:
        frame = texts(ROWS)
        path, to = self.stored(frame), str(self.folder / "to.parquet")
        bag = BagOfWords(column="text", max_features=5_000)
        with timed("texts: fit"):
            bag.fit(path)
        with timed("texts: transform"):
            bag.transform(path, to=to)
        theirs = CountVectorizer(max_features=5_000)
        with timed("texts: scikit-learn's fit_transform"):
            expected = theirs.fit_transform(frame["text"])
        self.assertEqual(bag.vocabulary_, theirs.vocabulary_)
        found = bag.matrix(read(to).sort_values(ROW))
        self.assertEqual((found != expected).nnz, 0)

    def test_two_processes(self) -> None:
        frame = flights()
        path, to = self.stored(frame), str(self.folder / "to.parquet")
        setting = {
            "SCIENCE_RUNNER": "DirectRunner --direct_num_workers=2 --direct_running_mode=multi_processing",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        with mock.patch.dict(os.environ, setting):
            StandardScaler(columns=["dep_delay"]).fit(path).transform(path, to=to)
        expected = sklearn.preprocessing.StandardScaler().fit_transform(frame[["dep_delay"]])
        found = read(to).sort_values(ROW)[["dep_delay"]]
        np.testing.assert_allclose(found, expected, rtol=1e-9)
