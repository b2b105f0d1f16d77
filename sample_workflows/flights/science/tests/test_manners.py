"""Parameters, copies and mistakes are as in scikit-learn; what is saved is plain JSON."""

from __future__ import annotations

import json
import os
from unittest import mock

import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from .. import BagOfWords, OneHotEncoder, StandardScaler, Tokenizer, Transformer, load, make_pipeline, read
from .case import Case, flights, texts

FITTING = (StandardScaler(columns=["distance"]), OneHotEncoder(columns=["carrier"]), BagOfWords(column="dest"))


class MannersTest(Case):
    def test_parameters(self) -> None:
        scaler = StandardScaler(columns=["a"], with_mean=False)
        self.assertEqual(repr(scaler), "StandardScaler(columns=['a'], with_mean=False)")
        self.assertEqual(scaler.get_params(), {"columns": ["a"], "with_mean": False, "with_std": True})
        self.assertFalse(scaler.set_params(with_std=False).with_std)
        with self.assertRaises(ValueError):
            scaler.set_params(with_men=True)
        with self.assertRaises(TypeError):
            StandardScaler(["a"])

    def test_a_clone_has_the_parameters_only(self) -> None:
        for transformer in FITTING:
            copy = clone(clone(transformer).fit(flights()))
            self.assertEqual(copy.get_params(), transformer.get_params())
            with self.assertRaises(NotFittedError):
                copy.transform(flights())

    def test_not_fitted(self) -> None:
        for transformer in (*FITTING, make_pipeline(*FITTING)):
            with self.subTest(transformer), self.assertRaises(NotFittedError):
                clone(transformer).transform(flights())
        with self.assertRaises(NotFittedError):
            BagOfWords(column="text").matrix(texts())
        Tokenizer(column="text").transform(texts())

    def test_a_fit_that_fails_leaves_nothing_of_the_one_before(self) -> None:
        scaler = StandardScaler(columns=["distance"]).fit(flights())
        with self.assertRaises(ValueError):
            scaler.fit(flights()[:0])
        with self.assertRaises(NotFittedError):
            scaler.transform(flights())

    def test_unknown_columns(self) -> None:
        for transformer in FITTING:
            with self.subTest(transformer), self.assertRaisesRegex(ValueError, "lacks the columns"):
                clone(transformer).fit(flights()[["origin"]])
            with self.assertRaisesRegex(ValueError, "lacks the columns"):
                clone(transformer).fit(flights()).transform(flights()[["origin"]])
        for columns in ("carrier", []):
            with self.assertRaisesRegex(ValueError, "is a list of names"):
                OneHotEncoder(columns=columns).fit(flights())

    def test_no_rows(self) -> None:
        empty = flights()[:0].astype({"carrier": "str", "dest": "str"})
        for transformer in FITTING:
            for rows in (empty, self.stored(empty)):
                with self.subTest(transformer), self.assertRaisesRegex(ValueError, r"0 sample\(s\)"):
                    clone(transformer).fit(rows)
            # Of no rows, none become of it, but of the columns that there should be.
            fitted = clone(transformer).fit(flights())
            path = fitted.transform(self.stored(empty), to=self.folder / "to.parquet")
            self.assertEqual(list(read(path).columns), list(fitted.transform(flights()).columns))

    def test_the_index_and_the_frame_stay(self) -> None:
        frame = pd.DataFrame({"a": [1.0, 3.0], "b": ["x", "y"]}, index=["first", "second"])
        before = frame.copy()
        self.assertEqual(list(StandardScaler(columns=["a"]).fit_transform(frame).index), ["first", "second"])
        pd.testing.assert_frame_equal(frame, before)

    def test_rows_are_a_path_or_a_frame(self) -> None:
        with self.assertRaisesRegex(TypeError, "not a list"):
            StandardScaler().fit([[1.0]])
        with self.assertRaisesRegex(ValueError, "to=path"):
            StandardScaler(columns=["distance"]).fit_transform(self.stored(flights()))

    def test_what_is_saved_is_plain(self) -> None:
        path = self.folder / "scaler.json"
        frame = pd.DataFrame({"a": [1.0, 3.0], "none": [None, None]})
        StandardScaler().fit(frame.astype(float)).save(path)
        found = json.loads(path.read_text(), parse_constant=self.fail)
        self.assertEqual(found["class"], "StandardScaler")
        self.assertEqual(found["learned"]["mean_"], [2.0, None])
        scaler = StandardScaler().fit(frame[["a"]])
        scaler.mean_ = [float("nan")]
        with self.assertRaisesRegex(ValueError, "JSON"):
            scaler.save(path)

    def test_loading_runs_no_code_and_says_what_is_missing(self) -> None:
        path = self.folder / "tokenizer.json"
        with self.assertRaisesRegex(ValueError, "has no name"):
            Tokenizer(column="text", text_transformer=lambda text: text.split()).save(path)
        Tokenizer(column="text", text_transformer=str.split).save(path)
        with self.assertRaisesRegex(ValueError, r"functions=\[split\]"):
            load(path)
        self.assertIs(Tokenizer.load(path, [str.split]).text_transformer, str.split)
        with self.assertRaisesRegex(ValueError, "holds a Tokenizer, no StandardScaler"):
            StandardScaler.load(path, [str.split])
        for text, reason in (
            ("[]", "not written by"),
            ('{"format": 1, "class": "Unheard", "params": {}, "learned": {}}', "no transformer Unheard"),
            ('{"format": 1, "class": "StandardScaler", "params": {}, "learned": {"apply": 1}}', "nothing that"),
        ):
            path.write_text(text)
            with self.subTest(text), self.assertRaisesRegex(ValueError, reason):
                Transformer.load(path)

    def test_a_runner_elsewhere_needs_a_place_to_answer_to(self) -> None:
        elsewhere = mock.patch.dict(os.environ, {"SCIENCE_RUNNER": "DataflowRunner --project=p"})
        with elsewhere, self.assertRaisesRegex(ValueError, "temp_location"):
            StandardScaler(columns=["distance"]).fit(self.stored(flights()))
