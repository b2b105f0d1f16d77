"""Texts → words: python3 -m text_topics.preprocess TEXTS.parquet WORDS.parquet"""

from __future__ import annotations

import sys

from science import Tokenizer

from .words import clean_and_tokenize


def main(texts: str, words: str) -> None:
    Tokenizer(column="text", text_transformer=clean_and_tokenize).fit_transform(texts, to=words)


if __name__ == "__main__":
    main(*sys.argv[1:])
