"""The section of each package that nothing was learned from:
python3 -m text_topics.predict WORDS.parquet VOCABULARY.json MODEL.pickle PREDICTIONS.parquet"""

from __future__ import annotations

import pickle
import sys

from science import load, read

from .split import is_kept


def main(words: str, vocabulary: str, model: str, predictions: str) -> None:
    packages = read(words)
    packages = packages[is_kept(packages["source"])].sort_values("package")
    # Made by this blueprint's own training, which the run's record names. Never load a pickle from elsewhere.
    with open(model, "rb") as file:
        found = pickle.load(file)
    bag = load(vocabulary)
    sure = found.predict_proba(bag.matrix(bag.transform(packages)))
    judged = packages[["package", "source", "section"]].assign(
        predicted=found.classes_[sure.argmax(axis=1)], probability=sure.max(axis=1)
    )
    judged.to_parquet(predictions, index=False)
    print(f"{len(judged):,} packages")


if __name__ == "__main__":
    main(*sys.argv[1:])
