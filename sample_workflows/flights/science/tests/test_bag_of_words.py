"""BagOfWords and Tokenizer are scikit-learn's CountVectorizer."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from .. import BagOfWords, Tokenizer, make_pipeline
from .case import ROW, Case, texts


def clean_and_tokenize(text: str) -> list[str]:
    """As a scientist may write one: no links, words with their apostrophes, none shorter than three letters."""
    return re.findall(r"[^\W\d_][\w'’]{2,}", re.sub(r"https?://\S+", " ", text).casefold())


class BagOfWordsTest(Case):
    def equal(self, frame: pd.DataFrame, theirs: CountVectorizer, mine: Any, functions: Any = ()) -> None:
        expected = theirs.fit_transform(frame["text"].fillna(""))
        for way, found in self.ways(mine, frame, functions):
            with self.subTest(way):
                bag = mine[-1] if hasattr(mine, "steps") else mine
                self.assertEqual(bag.vocabulary_, theirs.vocabulary_)
                np.testing.assert_array_equal(bag.get_feature_names_out(), theirs.get_feature_names_out())
                counts = bag.matrix(found)
                self.assertEqual(counts.shape, expected.shape)
                self.assertEqual((counts != expected).nnz, 0)

    def test_package_descriptions(self) -> None:
        self.assertTrue((texts()["text"] == "").any())
        self.equal(texts(), CountVectorizer(), BagOfWords(column="text"))

    def test_parameters(self) -> None:
        for params in (
            {"min_df": 3, "max_df": 0.02},
            {"min_df": 0.002, "max_df": 200},
            {"max_features": 50},
            # Most words of these are as frequent as others.
            {"max_features": 1500},
            {"max_features": 60, "min_df": 2, "binary": True},
            {"binary": True, "lowercase": False},
            {"strip_accents": "unicode", "stop_words": "english"},
            {"ngram_range": (1, 2), "min_df": 2},
            {"token_pattern": r"\w+", "stop_words": ["the", "of"]},
        ):
            with self.subTest(**params):
                self.equal(texts(), CountVectorizer(**params), BagOfWords(column="text", **params))

    def test_a_function_of_the_scientist(self) -> None:
        theirs = CountVectorizer(analyzer=clean_and_tokenize, min_df=2)
        own = {"text_transformer": clean_and_tokenize}
        two_steps = make_pipeline(Tokenizer(column="text", **own), BagOfWords(column="text", min_df=2))
        for mine in (BagOfWords(column="text", min_df=2, **own), two_steps):
            self.equal(texts(), theirs, mine, [clean_and_tokenize])

    def test_a_function_gets_the_text_as_it_is(self) -> None:
        mine = BagOfWords(column="text", text_transformer=str.split)
        self.equal(texts(), CountVectorizer(analyzer=str.split), mine, [str.split])

    def test_pairs_of_words_that_a_function_found(self) -> None:
        theirs = CountVectorizer(
            tokenizer=clean_and_tokenize, token_pattern=None, preprocessor=str, ngram_range=(1, 2), stop_words=["the"]
        )
        params = {"ngram_range": (1, 2), "stop_words": ["the"]}
        tokenizer = Tokenizer(column="text", text_transformer=clean_and_tokenize)
        two_steps = make_pipeline(tokenizer, BagOfWords(column="text", **params))
        self.equal(texts(), theirs, two_steps, [clean_and_tokenize])

    def test_missing_texts_are_like_empty_ones(self) -> None:
        frame = pd.DataFrame({ROW: range(5), "text": [None, "one two", "", "two 二二 ΣΊΣΥΦΟΣ", np.nan]})
        self.equal(frame, CountVectorizer(), BagOfWords(column="text"))
        bag = BagOfWords(column="text").fit(frame)
        self.assertEqual(bag.matrix(bag.transform(frame.iloc[[0, 2]])).toarray().tolist(), [[0] * 4] * 2)

    def test_one_row(self) -> None:
        self.equal(pd.DataFrame({ROW: [0], "text": ["only words here"]}), CountVectorizer(), BagOfWords(column="text"))

    def test_unseen_words(self) -> None:
        bag, theirs = BagOfWords(column="text").fit(texts()), CountVectorizer().fit(texts()["text"])
        new = pd.DataFrame({"text": ["never-before-seen", "Python unseenword python"]})
        self.assertEqual((bag.matrix(bag.transform(new)) != theirs.transform(new["text"])).nnz, 0)

    def test_no_word(self) -> None:
        for frame, params in (
            ({"text": ["", "a"]}, {}),
            ({"text": ["one two"]}, {"min_df": 2}),
            ({"text": ["one two"] * 3}, {"max_df": 1}),
        ):
            with self.subTest(frame, **params):
                with self.assertRaises(ValueError) as theirs:
                    CountVectorizer(**params).fit(frame["text"])
                with self.assertRaises(ValueError) as mine:
                    BagOfWords(column="text", **params).fit(pd.DataFrame(frame))
                self.assertEqual(str(mine.exception), str(theirs.exception))

    def test_a_function_that_returns_a_text(self) -> None:
        with self.assertRaisesRegex(TypeError, "lower returned a text"):
            Tokenizer(column="text", text_transformer=str.lower).transform(texts())

    def test_numbers_are_no_texts(self) -> None:
        with self.assertRaisesRegex(ValueError, "neither texts nor lists"):
            BagOfWords(column=ROW).fit(texts())
