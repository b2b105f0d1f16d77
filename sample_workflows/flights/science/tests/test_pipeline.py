"""A Pipeline is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import sklearn.pipeline
import sklearn.preprocessing
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression

from .. import OneHotEncoder, StandardScaler, Tokenizer, make_pipeline
from .case import ROW, Case, flights


class PipelineTest(Case):
    def test_flights(self) -> None:
        frame = flights()[[ROW, "carrier", "distance", "dep_delay"]]
        theirs = make_column_transformer(
            (sklearn.preprocessing.OneHotEncoder(sparse_output=False), ["carrier"]),
            (sklearn.preprocessing.StandardScaler(), ["distance", "dep_delay"]),
            remainder="passthrough",
            verbose_feature_names_out=False,
        ).set_output(transform="pandas")
        expected = theirs.fit_transform(frame)
        mine = make_pipeline(OneHotEncoder(columns=["carrier"]), StandardScaler(columns=["distance", "dep_delay"]))
        for way, found in self.ways(mine, frame):
            with self.subTest(way):
                pd.testing.assert_frame_equal(found[list(expected.columns)], expected, rtol=1e-9)

    def test_a_step_works_on_what_the_one_before_made(self) -> None:
        frame = flights()[[ROW, "carrier"]]
        encoded = pd.get_dummies(frame["carrier"], prefix="carrier", dtype=float)
        expected = sklearn.preprocessing.StandardScaler().fit_transform(encoded)
        mine = make_pipeline(OneHotEncoder(columns=["carrier"]), StandardScaler(columns=list(encoded.columns)))
        for way, found in self.ways(mine, frame):
            with self.subTest(way):
                np.testing.assert_allclose(found[list(encoded.columns)], expected, rtol=1e-9, atol=1e-9)

    def test_names_and_parameters(self) -> None:
        pipeline = make_pipeline(Tokenizer(column="text"), StandardScaler(), StandardScaler())
        theirs = sklearn.pipeline.make_pipeline(Tokenizer(column="text"), StandardScaler(), StandardScaler())
        self.assertEqual(list(pipeline.named_steps), list(theirs.named_steps))
        pipeline.set_params(tokenizer__column="title")
        self.assertEqual(pipeline["tokenizer"].column, "title")
        self.assertEqual(pipeline.get_params()["standardscaler-1__with_mean"], True)

    def test_before_a_model_of_scikit_learn(self) -> None:
        frame = flights().dropna(subset=["dep_delay"])[["distance", "dep_delay", "arr_delay"]].fillna(0)
        features, late = frame[["distance", "dep_delay"]], frame["arr_delay"] > 15
        mine, theirs = (
            sklearn.pipeline.make_pipeline(scaler, LogisticRegression()).fit(features, late)
            for scaler in (StandardScaler(), sklearn.preprocessing.StandardScaler())
        )
        np.testing.assert_allclose(mine.predict_proba(features), theirs.predict_proba(features), rtol=1e-6)
