"""`python3 -m greenroom.split NOTEBOOK.json SPLIT.json`: cells with what each is for come in, files go out."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from greenroom.split.cells import Problem
from greenroom.split.parts import Notebook
from greenroom.split.write import written


def main(asked: str, answer: str) -> None:
    # A sum of some thousand parts is as deep as it is long.
    sys.setrecursionlimit(8_000)
    # What lies where this is run is none of the image's modules.
    sys.path[:] = [place for place in sys.path if place not in ("", os.getcwd())]
    told = json.loads(Path(asked).read_text(encoding="utf-8"))
    if "modules" in told:
        split = {"lacks": [name for name in told["modules"] if find_spec(name) is None]}
    else:
        try:
            split = written(Notebook(told))
        except Problem as problem:
            split = {"problems": [problem.told()]}
    # Texts of the notebook may have halves of letters.
    Path(answer).write_bytes(json.dumps(split, ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    main(*sys.argv[1:])
