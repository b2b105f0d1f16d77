"""What is written in a cell, and what Python and YAML make of it."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from case import PARTS, Case, split


class Cells(Case):
    def test_only_what_ends_a_line_of_python_ends_one(self) -> None:
        for odd in ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"]:
            extract = f"x = 'one{odd}two'\ny = '''three{odd}\nfour'''  # five{odd}six\nz = 1"
            self.comes_to_the_same(extract=extract, evaluate="print(ascii((x, y, z)))")
            self.assertEqual(
                self.problem(extract=f"x = '{odd}'\ny = ("), "1, 2: this is no Python: '(' was never closed"
            )
        self.comes_to_the_same(extract="x = 1\n\x0cdef f():\n    return 2\ny = f()", evaluate="print(x, y)")
        for end in ["\r\n", "\r"]:
            self.comes_to_the_same(extract=f"x = 1{end}# two{end}y = 2", evaluate="print(x, y)")

    def test_whatever_a_text_holds_an_answer_comes(self) -> None:
        source = "x = open('\\ud800').read()" + " + 'y'" * 1_500
        cells = [{"number": 1, "kind": "code", "part": part, "source": source} for part in PARTS]
        with tempfile.TemporaryDirectory() as folder:
            asked, answer = Path(folder, "asked.json"), Path(folder, "answer.json")
            asked.write_text(json.dumps({"name": "book", "file": "b", "cells": cells}), encoding="utf-8")
            self.run_python(["-m", "greenroom.split", str(asked), str(answer)], {})
            told = json.loads(answer.read_text(encoding="utf-8"))
        self.assertEqual(told["components"]["extract"]["texts"], ["y", "?"])

    def test_a_line_keeps_its_number(self) -> None:
        self.assertEqual(self.problem(extract="\n\nx = missing")[:4], "1, 3")
        self.assertEqual(self.problem(extract="\n%%time\n\nx = missing")[:4], "1, 4")
        self.assertEqual(self.problem(extract="x = 1\nreturn x"), "1, 2: this is no Python: 'return' outside function")
        self.assertIn("future feature", self.problem(extract="from __future__ import time_travel"))
        self.assertIn("`await`", self.problem(extract="x = 1\nawait x"))
        self.assertEqual(self.problem(extract="%%bash\nls", train="x = (")[:4], "3, 1")

    def test_what_is_displayed_is_printed_without_ipython(self) -> None:
        for imports in ["from IPython.display import display", "from IPython.core.display import display, HTML"]:
            made = split(common=imports, extract=f"{imports}\nx = 1\ndisplay(x)", evaluate="print(x)")
            extract = made["files"]["book/extract.py"]
            self.assertIn("display = print", extract)
            self.assertNotIn("import display", extract)
            self.assertEqual(made["modules"], ["IPython"] if "HTML" in imports else [])
        self.split_run({"extract": "from IPython.display import display\nx = 1\ndisplay(x)"})
        self.assertEqual(self.printed["extract"], "1\n")

    def test_what_only_notebooks_draw_is_drawn_otherwise(self) -> None:
        imports = "from tqdm.notebook import tqdm"
        made = split(extract=f"{imports}\nx = list(tqdm([1]))", evaluate="print(x)")
        self.assertIn("from tqdm.auto import tqdm", made["files"]["book/extract.py"])
        self.assertEqual([note["message"][:15] for note in made["notes"]], ["`tqdm.notebook`"])

    def test_who_asks_for_the_main_program_is_told(self) -> None:
        common = "rows = []\nif __name__ == '__main__':\n    rows.append(1)"
        (note,) = self.notes(common=common, evaluate="print(rows)")
        self.assertTrue(note.startswith("1: `__name__` is another in what all share"), note)

    def test_a_parameter_has_a_value_that_can_be_written_down(self) -> None:
        for source in [
            "x = 1e999",
            "x = -1e999",
            "x = 99999999999999999999",
            "x = None",
            "x = [1]",
            "x = 1j",
            "x = '\\0'",
            "x = '\\ud800'",
        ]:
            made = split(parameters=source, evaluate="print(x)")
            self.assertEqual(made["params"], [], source)
            self.assertIn("`x` becomes no parameter", made["notes"][0]["message"])
            self.comes_to_the_same(parameters=source, evaluate="print(ascii(x))")
        for source, kind in [
            ("x = 1e300", "float"),
            ("x = -1", "int"),
            ("x = '2013-02-30'", "string"),
            ("x = '2013-02-03'", "date"),
            ("x: float = -0.0", "float"),
        ]:
            made = split(parameters=source, evaluate="print(x)")
            self.assertEqual(made["params"][0]["type"], kind, source)
            json.dumps(made, allow_nan=False)
            self.comes_to_the_same(parameters=source, evaluate="print(x)")

    def test_capitals_are_told_and_make_no_two_of_one(self) -> None:
        cells = {
            "parameters": "depth = 1\nDepth = 2",
            "extract": "C = list('x')\nc = [2]\nX_train = [3]\n_ = [4]",
            "train": "m = C, c, X_train",
            "evaluate": "print(C, c, X_train, _, depth, Depth, m)",
        }
        made = split(**cells)
        self.assertEqual([param["name"] for param in made["params"]], ["depth", "depth_2"])
        self.assertEqual(sorted(made["components"]["extract"]["outputs"]), ["c", "c_2", "value", "x_train"])
        self.assertEqual(made["components"]["train"]["inputs"]["c_2"], ["extract", "c_2"])
        self.assertEqual(
            self.notes(**cells),
            [
                "1: `Depth` is the parameter depth_2: names of parameters are a-z, 0-9 and _",
                "0: names of outputs are a-z, 0-9 and _: `C` is c_2, `X_train` is x_train, `_` is value",
            ],
        )
        self.comes_to_the_same(**cells)
        made = split(extract="Größe = list('x')\nλ = list('y')", evaluate="print(Größe, λ)")
        self.assertEqual(made["components"]["extract"]["outputs"], ["grosse", "value"])

    def test_a_blueprint_hides_no_module(self) -> None:
        for name, hides in [
            ("json", True),
            ("numpy", True),
            ("class", True),
            ("greenroom", True),
            ("usr", False),
            ("match", False),
        ]:
            self.assertEqual(split(name, extract="import numpy\nx = numpy.pi")["taken"] is not None, hides, name)


if __name__ == "__main__":
    unittest.main()
