"""Texts become lists of words."""

from __future__ import annotations

import pyarrow as pa

from . import words
from .transformer import Transformer, replace


class Tokenizer(Transformer):
    """Puts a list of words in the place of each text of `column`.

    `text_transformer` is your function from a text to a list of words; without one, words are what scikit-learn's
    CountVectorizer takes for words: lower case, two letters or more. It learns nothing, so it needs no `fit`.

    >>> import pandas as pd
    >>> texts = pd.DataFrame({"description": ["A fast, small editor", None]})
    >>> Tokenizer(column="description").transform(texts)["description"].map(list).tolist()
    [['fast', 'small', 'editor'], []]
    >>> Tokenizer(column="description", text_transformer=str.split).transform(texts)["description"].map(list).tolist()
    [['A', 'fast,', 'small', 'editor'], []]
    """

    def __init__(self, *, column: str, text_transformer: words.Words | None = None) -> None:
        self.column = column
        self.text_transformer = text_transformer

    def apply(self, batch: pa.Table) -> pa.Table:
        found = map(words.analyzer(self.text_transformer), words.values(batch, self.column))
        return replace(batch, self.column, {self.column: pa.array(found, pa.list_(pa.string()))})
