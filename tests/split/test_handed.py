"""What is handed on comes back the same, and what is no figure loses none."""

from __future__ import annotations

import contextlib
import decimal
import fractions
import io
import json
import math
import pickle
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from greenroom.split import handed


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.made = 0

    def there_and_back(self, value: Any) -> tuple[Any, str]:
        """What comes back, and in which file it lay."""
        self.made += 1
        path = self.folder / str(self.made)
        with contextlib.redirect_stdout(io.StringIO()):
            handed.save(value, str(path))
        (file,) = path.iterdir()
        return handed.load(str(path)), file.name

    def figures(self, values: Any) -> dict[str, Any]:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            handed.metrics(values, str(self.folder / "metrics.json"))
        self.said = said.getvalue()
        return json.loads((self.folder / "metrics.json").read_text())


class Plain(Folder):
    def test_what_is_plain_is_plain_to_read(self) -> None:
        for value in [None, True, -0.0, 3, "ä\u2028\r\n", [1, [2.5, None]], {"a": {"b": []}}]:
            back, file = self.there_and_back(value)
            self.assertEqual((repr(back), file), (repr(value), "value.json"))

    def test_what_json_would_change_is_a_pickle(self) -> None:
        odd = [
            (1, 2),
            {1: 2},
            math.nan,
            math.inf,
            1j,
            "\ud800",
            {"a\udfff": 1},
            {1, 2},
            b"x",
            10**5000,
            decimal.Decimal("0.10"),
        ]
        for value in odd:
            back, file = self.there_and_back(value)
            self.assertEqual((type(back), file), (type(value), "value.pickle"))
            self.assertTrue(back == value or back != back, file)
        row = [1]
        (first, second), file = self.there_and_back([row, row])
        self.assertIs(first, second)
        row = [2]
        row.append(row)
        self.assertEqual(self.there_and_back(row)[1], "value.pickle")

    def test_what_nobody_else_could_load_is_told(self) -> None:
        own = type("Own", (), {"__module__": "__main__", "__qualname__": "Own"})
        self.addCleanup(delattr, sys.modules["__main__"], "Own")
        sys.modules["__main__"].Own = own
        with self.assertRaisesRegex(
            SystemExit, "x cannot be handed on: `Own` is defined in this component: tag its cell"
        ):
            handed.save([own()], str(self.folder / "x"))
        with self.assertRaisesRegex(SystemExit, "y cannot be handed on"):
            handed.save(lambda: 1, str(self.folder / "y"))
        self.assertEqual(pickle.loads(pickle.dumps(handed.figure)), handed.figure)

    def test_figures_are_numbers(self) -> None:
        values = {"a": 1, "b": 0.5, "c": True, "d": fractions.Fraction(1, 4), "e": decimal.Decimal("0.1"), "f": 10**30}
        self.assertEqual(self.figures(values), {"a": 1, "b": 0.5, "c": 1, "d": 0.25, "e": 0.1, "f": 1e30})
        self.assertEqual(self.said, "")
        self.assertEqual(self.figures({"nan": math.nan, "least": -math.inf, 3: 4}), {"3": 4})
        self.assertIn("`nan` is nan, which is no figure: it is left out", self.said)
        self.assertEqual(self.figures({}), {})

    def test_lists_of_points_and_dicts_in_dicts_are_figures(self) -> None:
        values = {
            "auc": 0.5,
            "per_class": {"a": 0.1, "b": {"f1": 0.2, 3: 4}},
            "curve": [0.1, math.nan, 2],
            "roc": [(0, 0.5), [1, True]],
            "steps": ({"step": 1, "value": 0.5},),
            "none": [],
        }
        made = self.figures(values)
        self.assertEqual(
            made,
            {
                **{"auc": 0.5, "per_class.a": 0.1, "per_class.b.f1": 0.2, "per_class.b.3": 4, "none": []},
                **{"curve": [0.1, None, 2], "roc": [[0, 0.5], [1, 1]], "steps": [{"step": 1, "value": 0.5}]},
            },
        )
        self.assertEqual(self.said, "")

    def test_what_is_left_out_of_figures_is_told(self) -> None:
        own: dict[str, Any] = {"auc": 1}
        own["own"] = own
        values = {
            **{"acc": "0.9", "complex": 1j, "huge": 10**400, "none": None, "names": [1, "x"], "deep": [[[1]]]},
            **{"own": own, "a.b": 1, "a": {"b": 2}, "long": [0.5] * (1 << 20)},
        }
        self.assertEqual(self.figures(values), {"own.auc": 1, "a.b": 1})
        for told in [
            *("`acc` is of type str, which is no figure", "`complex` is of type complex", "`huge` is of type int"),
            *("`none` is of type NoneType", "`names` has one of type str", "`deep` has one of type list"),
            *("`own.own` is of type dict", "`a.b` stands there twice"),
            "`long` is too long: metrics are figures, and no data: it is left out",
        ]:
            self.assertIn(f"Warning: {told}", self.said)
        self.assertEqual(self.figures([("auc", 0.7)]), {})
        self.assertIn("`metrics` is of type list and no dict of names and figures: all of it is left out", self.said)
        self.assertEqual(self.figures({str(number): "x" for number in range(30)}), {})
        self.assertIn("10 more of `metrics` are left out", self.said)


if __name__ == "__main__":
    unittest.main()
