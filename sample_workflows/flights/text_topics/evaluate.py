"""How good the predictions were: python3 -m text_topics.evaluate PREDICTIONS.parquet DIRECTORY"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from sklearn.metrics import accuracy_score, f1_score


def main(predictions: str, directory: str) -> None:
    folder = Path(directory)
    packages = pd.read_parquet(predictions)
    true, said = packages["section"], packages["predicted"]
    pd.crosstab(true, said).to_csv(folder / "confusion.csv")
    metrics = {
        "accuracy": accuracy_score(true, said),
        "macro_f1": f1_score(true, said, average="macro"),
        # What one would get by always naming the largest section.
        "accuracy_of_the_largest": float(true.value_counts(normalize=True).iloc[0]),
        "packages": len(packages),
    }
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    for name in ("accuracy", "macro_f1", "accuracy_of_the_largest"):
        print(f"{name} {metrics[name]:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
