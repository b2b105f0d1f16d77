"""Texts become counts of words."""

from __future__ import annotations

import os
from collections import Counter
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.validation import check_is_fitted

from . import files, words
from .transformer import Transformer, replace


class BagOfWords(Transformer):
    """scikit-learn's CountVectorizer for texts of any number: `fit` finds the vocabulary, `transform` counts.

    `column` has texts, or lists of words (from a `Tokenizer`). The parameters are CountVectorizer's, and
    `text_transformer` is your function from a text to a list of words. In the place of the column come two with a list
    in each row, since most words are in few texts: `…_index`, the numbers of the words in it, and `…_count`, how often
    each is. `matrix` makes of them what scikit-learn's models are trained on.

    >>> import pandas as pd
    >>> texts = pd.DataFrame({"text": ["a small editor", "an editor for editor people", None]})
    >>> bag = BagOfWords(column="text", min_df=2).fit(texts)
    >>> bag.vocabulary_
    {'editor': 0}
    >>> counts = bag.transform(texts)
    >>> counts.map(list)
      text_index text_count
    0        [0]        [1]
    1        [0]        [2]
    2         []         []
    >>> bag.matrix(counts).toarray().tolist()
    [[1], [2], [0]]
    """

    def __init__(
        self,
        *,
        column: str,
        text_transformer: words.Words | None = None,
        lowercase: bool = True,
        strip_accents: str | None = None,
        stop_words: str | list[str] | None = None,
        token_pattern: str = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        min_df: float = 1,
        max_df: float = 1.0,
        max_features: int | None = None,
        binary: bool = False,
    ) -> None:
        self.column = column
        self.text_transformer = text_transformer
        self.lowercase = lowercase
        self.strip_accents = strip_accents
        self.stop_words = stop_words
        self.token_pattern = token_pattern
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.binary = binary

    def learn(self, batch: pa.Table) -> dict[str, Any]:
        analyze = self._analyzer()
        total: Counter[str] = Counter()
        texts: Counter[str] = Counter()
        for value in words.values(batch, self.column):
            found = Counter(analyze(value))
            texts.update(found.keys())
            total.update(found.keys() if self.binary else found)
        return {"rows": batch.num_rows, "total": total, "texts": texts}

    def merge(self, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        one["rows"] += other["rows"]
        one["total"].update(other["total"])
        one["texts"].update(other["texts"])
        return one

    def settle(self, summary: dict[str, Any]) -> None:
        # Rules, order and words of CountVectorizer: which of two equally frequent words stays is as it is there.
        if not summary["total"]:
            raise ValueError("empty vocabulary; perhaps the documents only contain stop words")
        found = sorted(summary["total"])
        rows = summary["rows"]
        most = self.max_df if isinstance(self.max_df, Integral) else self.max_df * rows
        least = self.min_df if isinstance(self.min_df, Integral) else self.min_df * rows
        if most < least:
            raise ValueError("max_df corresponds to < documents than min_df")
        texts = np.array([summary["texts"][word] for word in found])
        kept = np.flatnonzero((texts <= most) & (texts >= least))
        if self.max_features is not None and len(kept) > self.max_features:
            total = np.array([summary["total"][found[place]] for place in kept])
            kept = np.sort(kept[(-total).argsort()[: self.max_features]])
        if not len(kept):
            raise ValueError("After pruning, no terms remain. Try a lower min_df or a higher max_df.")
        self.vocabulary_ = {found[place]: number for number, place in enumerate(kept)}

    def apply(self, batch: pa.Table) -> pa.Table:
        counter = CountVectorizer(analyzer=self._analyzer(), vocabulary=self.vocabulary_, binary=self.binary)
        texts = words.values(batch, self.column)
        counts = counter.transform(texts) if texts else csr_matrix((0, 0), dtype=np.int64)
        counts.sort_indices()
        starts = pa.array(counts.indptr, pa.int32())
        lists = {
            f"{self.column}_index": pa.ListArray.from_arrays(starts, pa.array(counts.indices, pa.int32())),
            f"{self.column}_count": pa.ListArray.from_arrays(starts, pa.array(counts.data, pa.int64())),
        }
        return replace(batch, self.column, lists)

    def matrix(self, rows: str | os.PathLike[str] | pd.DataFrame) -> csr_matrix:
        """The counts that `transform` gave or wrote, a row a text and a column a word, as CountVectorizer has them."""
        check_is_fitted(self)
        index, count = f"{self.column}_index", f"{self.column}_count"
        table = pa.Table.from_pandas(rows[[index, count]]) if isinstance(rows, pd.DataFrame) else files.table(rows)
        # Where no text has a word, the lists have no type of their own.
        index, count = (table[name].cast(pa.list_(pa.int64())).combine_chunks() for name in (index, count))
        starts = index.offsets.to_numpy() - index.offsets[0].as_py()
        shape = (table.num_rows, len(self.vocabulary_))
        return csr_matrix((count.flatten().to_numpy(), index.flatten().to_numpy(), starts), shape=shape)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The words, in the order of their numbers."""
        return np.array(list(self.vocabulary_), dtype=object)

    def _analyzer(self) -> words.Words:
        return words.analyzer(
            self.text_transformer,
            lowercase=self.lowercase,
            strip_accents=self.strip_accents,
            stop_words=self.stop_words,
            token_pattern=self.token_pattern,
            ngram_range=tuple(self.ngram_range),
        )
