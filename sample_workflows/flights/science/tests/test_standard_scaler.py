"""StandardScaler is scikit-learn's."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import sklearn.preprocessing

from .. import StandardScaler
from .case import ROW, Case, flights


class StandardScalerTest(Case):
    def equal(self, frame: pd.DataFrame, columns: list[str], atol: float = 1e-9, **params: Any) -> None:
        theirs = sklearn.preprocessing.StandardScaler(**params)
        with warnings.catch_warnings():
            # Of columns without any value.
            warnings.simplefilter("ignore")
            expected = theirs.fit_transform(frame[columns])
        mine = StandardScaler(columns=columns, **params)
        for way, found in self.ways(mine, frame):
            with self.subTest(way):
                np.testing.assert_allclose(found[columns].astype(float), expected, rtol=1e-9, atol=atol)
                self.assertEqual(list(found.columns), list(frame.columns))
                for name in ("mean_", "var_", "scale_"):
                    if getattr(theirs, name) is None:
                        self.assertIsNone(getattr(mine, name))
                    else:
                        learned = np.array(getattr(mine, name), dtype=float)
                        np.testing.assert_allclose(learned, getattr(theirs, name), rtol=1e-9, atol=1e-12)
                np.testing.assert_array_equal(mine.n_samples_seen_, theirs.n_samples_seen_)
                np.testing.assert_array_equal(mine.get_feature_names_out(), theirs.get_feature_names_out())

    def test_flights(self) -> None:
        frame = flights()
        self.assertTrue(frame["dep_delay"].isna().any())
        self.equal(frame, ["dep_delay", "air_time", "distance"])

    def test_parameters(self) -> None:
        for params in ({"with_mean": False}, {"with_std": False}):
            with self.subTest(**params):
                self.equal(flights(), ["dep_delay", "distance"], **params)

    def test_constant_columns(self) -> None:
        rows = range(100)
        # The last one varies by less than rounding does.
        frame = pd.DataFrame(
            {ROW: rows, "zero": 0, "tenth": 0.1, "large": 1e15 / 3, "noise": [1e8 + 1e-9 * n for n in rows]}
        )
        self.equal(frame, list(frame.columns)[1:], atol=1e-7)

    def test_one_row(self) -> None:
        self.equal(pd.DataFrame({ROW: [0], "a": [3.5]}), ["a"])

    def test_missing_values(self) -> None:
        frame = pd.DataFrame({ROW: range(6), "a": [None, 1, 2, None, None, 7], "none": [np.nan] * 6})
        self.equal(frame, ["a", "none"])

    def test_types(self) -> None:
        frame = pd.DataFrame(
            {ROW: range(4), "flag": [True, False, True, True], "small": np.array([1, 2, 3, 5], "int8")}
        )
        self.equal(frame, ["flag", "small"])

    def test_a_large_mean_takes_nothing_of_the_variance(self) -> None:
        # A sum of squares has lost all of it: its last digit is worth more than the variance.
        values = np.random.default_rng(1).normal(size=5_000) + 1e9
        # The means themselves are apart by a last digit.
        self.equal(pd.DataFrame({ROW: range(5_000), "a": values}), ["a"], atol=1e-6)

    def test_whole_numbers_beyond_those_that_a_float_can_tell_apart(self) -> None:
        self.equal(pd.DataFrame({ROW: range(3), "a": [2**53 + 1, 2**60 + 7, -(2**62)]}), ["a"])

    def test_all_columns(self) -> None:
        frame = flights()[["distance", "hour"]]
        expected = sklearn.preprocessing.StandardScaler().fit_transform(frame)
        np.testing.assert_allclose(StandardScaler().fit_transform(frame), expected)

    def test_no_numbers(self) -> None:
        for values in (["a", "b"], [1.0, np.inf]):
            with self.subTest(values), self.assertRaises(ValueError):
                StandardScaler(columns=["a"]).fit(pd.DataFrame({"a": values}))
