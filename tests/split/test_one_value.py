"""One value under several names, however it came to have them, is not changed under one of them alone."""

from __future__ import annotations

import unittest

from case import Case

MANAGER = "import contextlib\n@contextlib.contextmanager\ndef lent(x):\n    yield x"
MAKER = "def make():\n    x = y = []\n    return x, y"


class OneValue(Case):
    def test_it_stops_who_changes_it_under_one_name(self) -> None:
        for common, extract, change in [
            ("", "a = b = {}", "b['x'] = 1"),
            ("", "a = c = b = []\nfor i in range(3):\n    c.append(i)", "b.append(1)"),
            ("", "a = (b := [1])", "b.append(1)"),
            ("import contextlib", "a = [1]\nwith contextlib.nullcontext(a) as b:\n    pass", "b.append(2)"),
            (MANAGER, "a = [1]\nwith lent(a) as b:\n    pass", "b.append(2)"),
            (MAKER, "a, b = make()", "b.append(1)"),
            ("", "a, b = [[]] * 2", "b.append(1)"),
            ("", "a = (b, c) = [1], [2]", "b.append(1)"),
            ("from itertools import repeat", "a, b = repeat([], 2)", "b.append(1)"),
            ("", "import copy\na = [[3], [1]]\nb = copy.copy(a)", "b[0].append(2)"),
            ("", "a = {'rows': [1]}\nb = a.copy()", "b['rows'].append(2)"),
            ("", "a = []\nb = a.append\nb(1)", "b(2)"),
            ("", "import functools\na = []\nb = functools.partial(list.append, a)", "b(2)"),
            ("from types import SimpleNamespace", "a = SimpleNamespace(x=1)\nb = vars(a)", "b['x'] = 2"),
            ("from types import SimpleNamespace", "a = SimpleNamespace(x=1)\nb = a.__dict__", "b['x'] = 2"),
        ]:
            cells = {"common": common} if common else {}
            said = self.stops("train", **cells, extract=extract, train=change, evaluate="print(a)")
            self.assertIn("train changes `b`, and in the notebook `a` ", said, extract)
            self.assertIn("evaluate would read `a` without that change", said, extract)
            self.assertNotIn("Traceback", said)

    def test_what_all_share_is_changed_under_both(self) -> None:
        self.comes_to_the_same(common="a = b = []", extract="b.append(1)", evaluate="print(a)")
        cells = {"common": "a = b = []", "extract": "b.append(1)", "evaluate": "print(a)"}
        said = self.stops("train", **cells, train="b.append(2)")
        self.assertIn("Begin that cell with `a = b`", said)
        mended = {**cells, "train": "a = b\nb.append(2)"}
        self.comes_to_the_same(**mended)
        # Whoever did as the words say is not told them again.
        self.assertEqual([note for note in self.notes(**mended) if "of its own" in note], [])

    def test_within_one_component_it_is_one_anyway(self) -> None:
        for common, change in [
            ("import contextlib", "with contextlib.nullcontext(a) as b:\n    b.append(2)"),
            (MANAGER, "with lent(a) as b:\n    b.append(2)"),
            ("", "b = c = a\nc.append(2)"),
        ]:
            cells = {"common": common} if common else {}
            self.comes_to_the_same(**cells, extract="a = [1]", train=change, evaluate="print(a)")

    def test_an_object_of_its_own_is_told(self) -> None:
        cells = {"common": "class Box:\n    pass", "extract": "a = b = Box()", "train": "b.n = 2", "evaluate": "print(1)"}
        self.comes_to_the_same(**{**cells, "evaluate": "print(a is None)"})
        (told,) = self.warnings("train")
        self.assertIn("train perhaps changes `b`, and in the notebook `a` is one and the same: ", told)

    def test_what_is_a_copys_own_lets_a_run_go_on(self) -> None:
        for extract, change in [
            ("a = b = 0", "b += 1"),
            ("a = b = len('abc')", "b += 1"),
            ("a = b = ''", "b += 'x'"),
            ("a = [[1]]\nb = a.copy()", "b.append([3])"),
            ("a = {'rows': [1]}\nb = a.copy()", "b['rows'] = [3]\nb['more'] = 4"),
            ("a = [[1]]\nb = list(a)", "b.append(3)"),
            ("import copy\na = [[1]]\nb = copy.deepcopy(a)", "b[0].append(3)"),
            ("import datetime\nday = datetime.date(2020, 1, 1)\na = [day]\nb = a.copy()", "b.append(2)"),
            ("a, b = [], []", "b.append(2)"),
            ("a = '/dev/null'\nwith open(a) as file:\n    b = [file.read()]", "b.append(2)"),
        ]:
            self.comes_to_the_same(extract=extract, train=change, evaluate="print(a)")
            self.assertEqual(self.warnings("train"), [], extract)

    def test_copies_and_numbers_are_not_told(self) -> None:
        for extract, change in [
            ("a = b = 0", "b += 1"),
            ("a = [1]\nb = a.copy()", "b.append(3)"),
            ("import helper\na, b = helper.split(3)", "b['x'] = 3"),
            ("def split(n):\n    return [n], [n + 1]\na, b = split(3)", "b.append(3)"),
        ]:
            self.assertEqual(self.notes(extract=extract, train=change, evaluate="print(a)"), [])


if __name__ == "__main__":
    unittest.main()
