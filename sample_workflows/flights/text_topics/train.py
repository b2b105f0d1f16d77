"""Learns the words of each topic: python3 -m text_topics.train WORDS.parquet DIRECTORY"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pandas as pd
from sklearn.naive_bayes import ComplementNB

from science import BagOfWords, read

from .split import is_kept

# Words that are told of each topic.
TELLING = 12


def main(words: str, directory: str) -> None:
    folder = Path(directory)
    packages = read(words)
    packages = packages[~is_kept(packages["source"])].sort_values("package")
    bag = BagOfWords(column="text", min_df=int(os.environ["GREENROOM_PARAM_LEAST"]))
    counts = bag.matrix(bag.fit_transform(packages))
    model = ComplementNB(alpha=float(os.environ["GREENROOM_PARAM_SMOOTHING"])).fit(counts, packages["section"])
    bag.save(folder / "vocabulary.json")
    with (folder / "model.pickle").open("wb") as file:
        pickle.dump(model, file)
    vocabulary = bag.get_feature_names_out()
    rows = []
    for topic, weights in zip(model.classes_, model.feature_log_prob_):
        for rank, word in enumerate(weights.argsort()[::-1][:TELLING], start=1):
            rows.append((topic, rank, vocabulary[word]))
    pd.DataFrame(rows, columns=["section", "rank", "word"]).to_csv(folder / "telling_words.csv", index=False)
    print(f"{len(vocabulary):,} words of {len(packages):,} packages")


if __name__ == "__main__":
    main(*sys.argv[1:])
