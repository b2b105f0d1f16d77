"""The same, of pandas and numpy."""

from __future__ import annotations

import datetime
import unittest

import numpy as np
import pandas as pd

from test_handed import Folder


class Tables(Folder):
    def frames(self) -> dict[str, pd.DataFrame]:
        frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", None, "y"], "c": [1.5, np.nan, 2]})
        days = pd.date_range("2020-01-01", periods=3)
        noted = frame.copy()
        noted.attrs = {"unit": ("m", 1)}
        return {
            "plain": frame,
            "numbers for names": frame.set_axis([0, 1, 2], axis=1),
            "dates for names": frame.set_axis(days, axis=1),
            "names on two levels": frame.set_axis(pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("c", 3)]), axis=1),
            "a name twice": frame.set_axis(["a", "a", "b"], axis=1),
            "no column": frame[[]],
            "nothing": pd.DataFrame(),
            "no row": frame.iloc[:0],
            "an index": frame.set_index(pd.Index([5, 3, 9], name="at")),
            "an index of texts": frame.set_index(pd.Index(["u", "v", "w"])),
            "an index of two": frame.set_index(["a", "c"]),
            "grouped": frame.groupby("a")[["c"]].agg(["mean", "sum"]),
            "days that follow": frame.set_index(days),
            "rows left out": frame.iloc[1:],
            "each other row": frame.iloc[::2],
            "names with a name": frame.rename_axis(columns="k"),
            "categories": frame.assign(b=pd.Categorical(["x", "y", "x"], categories=["z", "y", "x"])),
            "ordered categories": frame.assign(
                b=pd.Categorical(["x", "y", "x"], categories=["z", "y", "x"], ordered=True)
            ),
            "categories of numbers": frame.assign(b=pd.Categorical([3, 1, 3])),
            "mixed": frame.assign(m=[1, "a", None]),
            "numbers as objects": frame.assign(m=pd.Series([1, 2, 3], dtype=object)),
            "texts as objects": frame.assign(m=pd.Series(["a", "b", None], dtype=object)),
            "missing twice": frame.assign(m=pd.Series(["a", None, np.nan], dtype=object)),
            "lists": frame.assign(m=[[1], [2], [3]]),
            "days as objects": frame.assign(m=[datetime.date(2020, 1, 1)] * 3),
            "seconds": frame.assign(t=days.astype("datetime64[s]")),
            "a zone": frame.assign(t=days.tz_localize("Europe/Paris")),
            "spans": frame.assign(t=pd.to_timedelta([1, 2, 3], unit="D")),
            "months": frame.assign(t=pd.period_range("2020", periods=3, freq="M")),
            "intervals": frame.assign(t=pd.cut([1, 2, 3], 2)),
            "half floats": frame.assign(t=np.array([1, 2, 3], dtype="float16")),
            "complex": frame.assign(t=[1j, 2, 3]),
            "numbers or nothing": frame.assign(t=pd.array([1, None, 3], dtype="Int64")),
            "few": frame.assign(t=pd.arrays.SparseArray([0, 0, 1])),
            "noted": noted,
            "strict": frame.set_flags(allows_duplicate_labels=False),
        }

    def test_a_table_comes_back_the_very_same(self) -> None:
        parquet = set()
        for what, frame in self.frames().items():
            back, file = self.there_and_back(frame)
            pd.testing.assert_frame_equal(back, frame, check_exact=True, check_freq=True, obj=what)
            self.assertTrue(back.equals(frame), what)
            self.assertEqual(
                (type(back.index), back.attrs, back.flags), (type(frame.index), frame.attrs, frame.flags), what
            )
            cells = [[type(cell) for cell in table.itertuples(index=False, name=None)] for table in (back, frame)]
            self.assertEqual(*cells, what)
            if file == "data.parquet":
                parquet.add(what)
        # Those that can be looked at as tables.
        self.assertLessEqual({"plain", "no row", "an index", "rows left out", "categories", "a zone"}, parquet)

    def test_what_only_looks_like_a_table_is_a_pickle(self) -> None:
        class DataFrame(pd.DataFrame):
            pass

        DataFrame.__module__, DataFrame.__qualname__ = __name__, "Own"
        globals()["Own"] = DataFrame
        back, file = self.there_and_back(DataFrame({"a": [1]}))
        self.assertEqual((type(back), file), (DataFrame, "value.pickle"))

    def test_scalars_come_back_as_they_were(self) -> None:
        for value in [
            *(np.bool_(True), np.float32(0.1), np.float64(0.5), np.int8(3), np.complex64(1j), np.str_("x")),
            *(
                np.datetime64("2020-01-01"),
                np.timedelta64(3, "ns"),
                np.array(5),
                np.array("x"),
                pd.NaT,
                pd.Timestamp("2020"),
            ),
        ]:
            back, _ = self.there_and_back(value)
            self.assertEqual((type(back), repr(back)), (type(value), repr(value)))

    def test_figures_of_numpy_are_numbers(self) -> None:
        values = {
            **{"a": np.bool_(True), "b": np.float32(0.1), "c": np.float16(0.1), "d": np.int8(3), "e": np.array(0.5)},
            **{"f": np.array(5), "g": np.float64(2.0), "h": np.uint64(2**64 - 1), "i": np.array(True)},
            **{
                "day": np.datetime64("2020-01-01T00", "ns"),
                "span": np.timedelta64(3, "ns"),
                "complex": np.complex128(1j),
            },
            **{"text": np.str_("1"), "none": pd.NA, "nat": pd.NaT, "nan": np.float32("nan")},
        }
        found = self.figures(values)
        self.assertEqual(found, {"a": 1, "b": 0.1, "c": 0.1, "d": 3, "e": 0.5, "f": 5, "g": 2.0, "h": 2.0**64, "i": 1})
        self.assertEqual(self.said.count("Warning: "), 7)

    def test_arrays_and_columns_are_lists_of_points(self) -> None:
        values = {
            **{"many": np.array([0.1, np.nan], dtype="float32"), "pairs": np.array([[0, 1], [2, 3]])},
            **{"column": pd.Series([0.5, 2]), "days": np.array(["2020-01-01"], dtype="datetime64[ns]")},
            **{"cube": np.zeros((1, 1, 1)), "table": pd.DataFrame({"a": [1]}), "kind": np.ndarray},
        }
        found = self.figures(values)
        self.assertEqual(found, {"many": [0.1, None], "pairs": [[0, 1], [2, 3]], "column": [0.5, 2.0]})
        for told in ["`days` has one of", "`cube` has one of", "`table` is of type DataFrame", "`kind` is of type type"]:
            self.assertIn(told, self.said)


if __name__ == "__main__":
    unittest.main()
