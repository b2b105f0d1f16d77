"""A text's words, as scikit-learn's CountVectorizer finds them or as a function of the scientist's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from sklearn.feature_extraction.text import CountVectorizer

Words = Callable[[Any], list[str]]


def analyzer(text_transformer: Words | None, **keywords: Any) -> Words:
    """From a text, or from words that were found before, to the words to count; `keywords` are CountVectorizer's."""
    plain = CountVectorizer(**keywords)
    # The function gets the text as it is; n-grams and stop words are made of what it returns.
    prepare = same if text_transformer else plain.build_preprocessor()
    split = checked(text_transformer) if text_transformer else plain.build_tokenizer()
    keywords |= {"preprocessor": of_text(prepare), "tokenizer": of_text(split), "token_pattern": None}
    return CountVectorizer(**keywords).build_analyzer()


def of_text(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: change(value) if isinstance(value, str) else value


def values(batch: pa.Table, name: str) -> list[Any]:
    """A column of texts, or of lists of words. A missing text is like an empty one: it has no words."""
    kind = batch.schema.field(name).type
    if not (pa.types.is_string(kind) or pa.types.is_list(kind) or pa.types.is_null(kind)):
        raise ValueError(f"the column {name} has neither texts nor lists of words, but {kind}")
    return ["" if value is None else value for value in batch[name].to_pylist()]


def checked(text_transformer: Words) -> Words:
    def words(text: str) -> list[str]:
        # CountVectorizer gives an empty text to a tokenizer, too, and so a missing one.
        found = text_transformer(text)
        if isinstance(found, str):
            raise TypeError(f"{text_transformer.__name__} returned a text; it has to return a list of words")
        return list(found)

    return words


def same(value: Any) -> Any:
    return value
