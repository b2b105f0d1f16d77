"""OneHotEncoder is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import sklearn.preprocessing

from .. import OneHotEncoder
from .case import ROW, Case, flights


class OneHotEncoderTest(Case):
    def equal(self, frame: pd.DataFrame, columns: list[str]) -> None:
        theirs = sklearn.preprocessing.OneHotEncoder(sparse_output=False)
        expected = theirs.set_output(transform="pandas").fit_transform(frame[columns])
        mine = OneHotEncoder(columns=columns)
        for way, found in self.ways(mine, frame):
            with self.subTest(way):
                pd.testing.assert_frame_equal(found[list(expected.columns)], expected)
                self.assertEqual(len(found.columns), len(frame.columns) - len(columns) + len(expected.columns))
                self.assertEqual(list(mine.get_feature_names_out()), list(theirs.get_feature_names_out()))
                for here, there in zip(mine.categories_, theirs.categories_):
                    self.assertEqual([None if pd.isna(value) else value for value in there.tolist()], here)

    def test_flights(self) -> None:
        frame = flights()
        self.assertTrue(frame["tailnum"].isna().any())
        self.equal(frame, ["carrier", "origin", "month", "tailnum"])

    def test_missing_and_odd_values(self) -> None:
        odd = ["", "é", "Z", None, "数", "nan", "é", "a b"]
        numbers = [2.5, np.nan, -1.0, 2.5, 0.0, np.nan, 10.0, 9.0]
        frame = pd.DataFrame({ROW: range(8), "flag": [True, False] * 4, "number": numbers, "text": odd})
        # Two of its columns would have one name, which scikit-learn lets pass.
        with self.assertRaisesRegex(ValueError, "text_nan"):
            OneHotEncoder(columns=["text"]).fit_transform(frame)
        self.equal(frame.replace("nan", "NaN"), ["flag", "number", "text"])

    def test_pandas_categories(self) -> None:
        self.equal(pd.DataFrame({ROW: range(3), "a": pd.Categorical(["x", "y", "x"])}), ["a"])

    def test_zeros_of_either_sign_are_one(self) -> None:
        self.equal(pd.DataFrame({ROW: range(4), "a": [0.0, -0.0, 1.5, -1.5]}), ["a"])
        self.equal(pd.DataFrame({ROW: range(3), "a": np.array([0, -0.0, 2], "float32")}), ["a"])

    def test_one_row(self) -> None:
        self.equal(pd.DataFrame({ROW: [0], "a": ["x"]}), ["a"])

    def test_only_missing_values(self) -> None:
        self.equal(pd.DataFrame({ROW: range(2), "a": [np.nan, np.nan]}), ["a"])

    def test_unseen_categories(self) -> None:
        seen, new = pd.DataFrame({"a": ["x", "y"]}), pd.DataFrame({"a": ["y", "new", None]})
        expected = sklearn.preprocessing.OneHotEncoder(handle_unknown="ignore").fit(seen).transform(new).toarray()
        encoder = OneHotEncoder(handle_unknown="ignore").fit(seen)
        np.testing.assert_array_equal(encoder.transform(new), expected)
        np.testing.assert_array_equal(encoder.transform(pd.DataFrame({"a": [None]})), [[0, 0]])

    def test_unseen_values_of_another_type(self) -> None:
        seen = pd.DataFrame({"a": [1, 2]})
        theirs = sklearn.preprocessing.OneHotEncoder(handle_unknown="ignore").fit(seen)
        mine = OneHotEncoder(handle_unknown="ignore").fit(seen)
        for values in ([1.5, 2.0], ["a", "x"], np.array([2**63 + 5, 2], "uint64"), [True, False], [None, 2.0]):
            with self.subTest(values=values):
                new = pd.DataFrame({"a": values})
                np.testing.assert_array_equal(mine.transform(new), theirs.transform(new).toarray())
        with self.assertRaisesRegex(ValueError, "unknown categories .1.5. in column a"):
            OneHotEncoder().fit(seen).transform(pd.DataFrame({"a": [1.5, 2.0]}))
        texts = OneHotEncoder(handle_unknown="ignore").fit(pd.DataFrame({"a": ["1", "x"]}))
        np.testing.assert_array_equal(texts.transform(seen), [[0, 0], [0, 0]])

    def test_unseen_categories_are_refused(self) -> None:
        seen, new = pd.DataFrame({"a": ["x", "y"]}), pd.DataFrame({"a": ["y", "new"]})
        encoder = OneHotEncoder().fit(seen)
        with self.assertRaisesRegex(ValueError, "unknown categories .'new'. in column a"):
            encoder.transform(new)
        with (
            self.assertLogs("apache_beam"),
            self.assertRaisesRegex(ValueError, "unknown categories .'new'. in column a"),
        ):
            encoder.transform(self.stored(new), to=self.folder / "to.parquet")
        with self.assertRaisesRegex(ValueError, "handle_unknown"):
            OneHotEncoder(handle_unknown="ingore").fit(seen)

    def test_whole_numbers_keep_their_names(self) -> None:
        # pandas makes floats of whole numbers once one is missing; a file's schema does not.
        path = self.stored(pd.DataFrame({ROW: range(3), "a": pd.array([1, None, 2], "Int64")}))
        self.assertEqual(list(OneHotEncoder(columns=["a"]).fit(path).get_feature_names_out()), ["a_1", "a_2", "a_nan"])
        floats = pd.DataFrame({"a": [2.0, np.nan]})
        self.assertEqual(OneHotEncoder(columns=["a"]).fit(path).transform(floats)["a_2"].tolist(), [1, 0])
