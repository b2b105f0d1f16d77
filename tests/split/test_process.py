"""What each component has of its own, being a program of its own: what it sets there is told, what it imports carried."""

from __future__ import annotations

import unittest

from case import Case, split

LACKING = "try:\n    import nosuchmodule as q\nexcept ImportError:\n    q = None"


class Sets(Case):
    def test_what_later_ones_miss_is_told(self) -> None:
        for common, extract, train, seen in [
            ("import decimal", "decimal.getcontext().prec = 5", "v = decimal.Decimal(1) / 3", "decimal.getcontext().prec"),
            ("from decimal import *\nimport decimal as d", "d.getcontext().prec = 5", "v = d.Decimal(1)", "d.getcontext().prec"),
            ("import math", "setattr(math, 'tau', 3)", "v = math.tau", "setattr(math, 'tau', 3)"),
            ("import sys", "sys.setrecursionlimit(5000)", "v = 1", "sys.setrecursionlimit"),
            ("import os", "os.chdir('/')", "v = open('x')", "os.chdir"),
            ("import contextvars\nv = contextvars.ContextVar('v', default=0)", "v.set(5)", "x = v.get()", "v.set"),
        ]:
            notes = self.notes(common=common, extract=extract, train=train)
            told = f"2: extract sets `{seen}`, which is its own program's: train has it as in the beginning; do it in a cell"
            self.assertEqual([note[: len(told)] for note in notes], [told])
            # All do it, or nobody comes after it, or nobody goes by it.
            self.assertEqual(self.notes(common=f"{common}\n{extract}", train=train), [])
            self.assertEqual(self.notes(common=common, evaluate=extract), [])
        self.assertEqual(self.notes(common="import decimal", extract="decimal.getcontext().prec = 5", train="v = 1"), [])

    def test_in_a_function_too(self) -> None:
        common = "import decimal\ndef setup():\n    decimal.getcontext().prec = 5"
        (note,) = self.notes(common=common, extract="setup()", train="v = decimal.Decimal(1) / 3")
        self.assertIn("2: extract sets `decimal.getcontext().prec` in `setup`, which is its own program's: train ", note)
        self.assertEqual(self.notes(common=common, extract="setup()", train="setup()\nv = decimal.Decimal(1) / 3"), [])


class Imports(Case):
    def test_what_is_tried_is_tried_where_it_is_read(self) -> None:
        alternative = "try:\n    import nosuchmodule as q\nexcept (ImportError, OSError):\n    import math as q"
        told = "try:\n    import nosuchmodule\n    has = True\nexcept ImportError:\n    has = False\n    print('without')"
        for extract, train in [
            (LACKING, "v = q is None"),
            (alternative, "v = q.sqrt(4)"),
            (told, "v = nosuchmodule.n if has else 3"),
            (f"{LACKING}\ndef f():\n    return q is None", "v = f()"),
        ]:
            cells = {"extract": extract, "train": train, "evaluate": "print(v)"}
            source = "\n".join(cells.values())
            # What extract prints is extract's.
            self.assertEqual(self.split_run(cells).splitlines()[-1:], self.run_python(["-c", source], {}).splitlines()[-1:])
        # It is there for who comes to need it, and for the image.
        said = self.stops("train", extract=told, train="v = nosuchmodule.n")
        self.assertIn("NameError: name 'nosuchmodule' is not defined", said)
        self.assertEqual(split(extract=LACKING, train="v = q")["modules"], ["nosuchmodule"])

    def test_of_one_alone_it_stays_there(self) -> None:
        files = split(train=f"{LACKING}\nv = q", evaluate="print(v is None)")["files"]
        self.assertIn("import nosuchmodule as q", files["book/train.py"])
        self.assertNotIn("book/common.py", files)
        # So does what does more than that.
        files = split(extract="try:\n    import math\n    v = open('x')\nexcept OSError:\n    v = 1", train="print(v)")["files"]
        self.assertIn("v = open('x')", files["book/extract.py"])


if __name__ == "__main__":
    unittest.main()
