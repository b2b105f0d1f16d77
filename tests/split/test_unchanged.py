"""What nobody saw to be changed is found when it is run; what is the same lets a run go on."""

from __future__ import annotations

import unittest

from case import Case

CHAIN = "from itertools import chain\nimport operator"


class Runs(Case):
    def is_found(self, common: str, extract: str, change: str) -> None:
        said = self.stops(
            "train", common=common, extract=extract, preprocess="print(d)", train=change, evaluate="print(d)"
        )
        self.assertIn("train changes `d`, which nobody saw", said, change)
        self.assertIn("evaluate would read it without that change", said)
        self.assertIn("Write `d = d` at the end of that cell", said)

    def goes_on(self, common: str = "", **cells: str) -> None:
        self.comes_to_the_same(**({"common": common} if common else {}), **cells)
        for part, printed in self.printed.items():
            self.assertNotIn("Warning", printed, (part, cells))
            self.assertNotIn("cannot be told", printed, (part, cells))

    def are_unchanged(self, imports: str, made: list[str]) -> None:
        names = [f"d{at}" for at in range(len(made))]
        extract = "\n".join([imports, *map(" = ".join, zip(names, made))])
        looked, kinds = f"text = repr([{', '.join(names)}])", f"print(*map(type, [{', '.join(names)}]))"
        self.goes_on(extract=extract, train=looked, evaluate=kinds)
        self.goes_on(common=extract, train=looked, evaluate=kinds)


class Changed(Runs):
    def test_a_change_that_nobody_saw_stops_the_component(self) -> None:
        for extract, change in [
            ("d = [1]", "list(map(d.append, [2, 3]))"),
            ("d = [1]", "add = d.append\nadd(3)"),
            ("d = {'k': [1]}", "operator.setitem(d, 'x', 1)"),
            ("d = [[1], [2]]", "for row in chain.from_iterable([d]):\n    row.append(3)"),
            ("d = [(1, []), (2, [])]", "put = d[0][1].append\nput(1)"),
            ("d = iter([1, 2, 3])", "step = d.__next__\nfirst = step()"),
            ("import random\nd = random.Random(3)", "x = list(map(d.expovariate, [1.0]))"),
            ("from types import SimpleNamespace\nd = SimpleNamespace(n=1)", "operator.setitem(vars(d), 'a', 1)"),
        ]:
            self.is_found(CHAIN, extract, change)

    def test_what_another_value_holds_is_one_with_it(self) -> None:
        for extract, change, read in [
            ("rows = [1]\ncfg = {'rows': rows}", "cfg['rows'].append(10)", "print(rows)"),
            ("rows = [[1], [2]]\nfirst = rows[0]", "for row in rows:\n    row.append(0)", "print(first)"),
        ]:
            said = self.stops("train", extract=extract, preprocess="x = 1", train=change, evaluate=read)
            self.assertIn("has a part of it, or is one", said, change)

    def test_what_the_words_say_mends_it(self) -> None:
        self.comes_to_the_same(extract="d = [1]", train="list(map(d.append, [2, 3]))\nd = d", evaluate="print(d)")
        common = "rows = []\ndef count():\n    return len(rows)"
        self.comes_to_the_same(
            common=common, train="list(map(rows.append, [2]))\nrows = rows", evaluate="print(count())"
        )

    def test_all_that_are_changed_are_told_at_once(self) -> None:
        said = self.stops(
            "preprocess",
            extract="a = [1]\nb = [1]",
            preprocess="list(map(a.append, b))\nlist(map(b.append, a))",
            predict="p = a, b",
            evaluate="print(a, b)",
        )
        self.assertIn("preprocess changes `a`", said)
        self.assertIn("preprocess changes `b`", said)
        self.assertIn("predict and evaluate would read", said)
        self.assertNotIn("Traceback", said)

    def test_a_change_of_what_all_share_stops_it_too(self) -> None:
        common = "rows = []\ndef count():\n    return len(rows)\ndef put(xs):\n    list(map(rows.append, xs))"
        for train, evaluate in [
            ("list(map(rows.append, [1]))", "print(rows)"),
            ("list(map(rows.append, [1]))", "print(count())"),
            ("put([1])", "print(count())"),
            ("put([1])", "print(rows)"),
        ]:
            said = self.stops("train", common=common, train=train, evaluate=evaluate)
            self.assertIn("train changes `rows`", said, (train, evaluate))
            self.assertIn("evaluate would read it", said)
        # With nobody after it, nothing is missed.
        self.comes_to_the_same(common=common, evaluate="put([1])\nprint(count())")

    def test_a_source_of_chance_that_all_share_goes_on(self) -> None:
        common = "import random\nr = random.Random(3)"
        self.comes_to_the_same(common=common, train="x = r.random()", evaluate="print(r.random())")

    def test_one_value_under_two_names_is_not_changed_under_one_alone(self) -> None:
        for extract, change in [
            ("a = [1]\nb = a", "b.append(1)"),
            ("a = [1]\nb = a", "add = b.append\nadd(1)"),
            ("A = {'x': 1}\na = [0]\nb = A\na = A", "b['y'] = 2"),
            ("class Box: pass\nimport types\na = types.SimpleNamespace(n=1)\nb = a", "b.n = 2"),
        ]:
            for cells in ({"train": change}, {"train": f"x = len(str(a))\n{change}"}):
                said = self.stops("train", extract=extract, **cells, evaluate="print(a)")
                self.assertIn("train changes `b`, and in the notebook `a` is one and the same: ", said)
                self.assertIn("would read `a` without that change. Begin that cell with `a = b`", said)
                mended = {"train": f"a = b\n{change}"}
                self.comes_to_the_same(extract=extract, **mended, evaluate="print(a)")
        # Not changed after all, a copy, and what nobody can change.
        for extract, change in [
            ("a = [1]\nb = a", "if len(b) > 3:\n    b.append(1)"),
            ("a = [1]\nb = a if len('x') > 3 else [1]", "b.append(1)"),
            ("a = (1, 2)\nb = a", "b += (3,)"),
        ]:
            self.comes_to_the_same(extract=extract, train=change, evaluate="print(a)")

    def test_an_object_may_keep_what_it_once_came_to(self) -> None:
        common = (
            "from functools import cached_property\nclass Box:\n    def __init__(self):\n        self.n = 3\n"
            "    @cached_property\n    def twice(self):\n        return 2 * self.n"
        )
        cells = {"extract": "box = Box()", "train": "x = box.twice", "evaluate": "print(box.n)"}
        self.comes_to_the_same(common=common, **cells)
        self.assertIn("Warning: train perhaps changes `box`", self.printed["train"])
        cells["train"] = "import operator\noperator.setitem(vars(box), 'n', 4)"
        self.split_run({"common": common, **cells})
        self.assertIn("Warning: train perhaps changes `box`", self.printed["train"])
        (told,) = self.warnings("train")
        self.assertIn(told, self.printed["train"])


class Unchanged(Runs):
    def test_values_of_all_kinds(self) -> None:
        made = [
            "[1, 'a', None, 2.5, [True]]",
            "{'a': {'b': []}}",
            "{1: (2, 3), 'x': {1, 2}, None: frozenset('abc')}",
            "float('nan')",
            "(float('nan'), 1)",
            "datetime.date(2020, 1, 1)",
            "decimal.Decimal('0.1')",
            "collections.Counter('aab')",
            "collections.defaultdict(list, a=[1])",
            "collections.deque([1, 2], 5)",
            "random.Random(3)",
            "types.SimpleNamespace(a=[1])",
            "re.compile('a+')",
            "len",
            "pathlib.Path('a')",
            "1",
        ]
        self.are_unchanged("import collections, datetime, decimal, pathlib, random, re, types", made)

    def test_what_refers_to_itself_or_is_deep(self) -> None:
        self.goes_on(extract="d = {1: [1]}\nd['itself'] = d", train="x = len(d)", evaluate="print(len(d))")
        self.goes_on(extract="d = ()\nfor _ in range(200):\n    d = (d,)", train="x = len(d)", evaluate="print(len(d))")


class Missing(Case):
    def test_a_name_that_only_some_runs_assign(self) -> None:
        for extract in [
            "if len('x') > 3:\n    part = 1",
            "for part in []:\n    pass",
            "import contextlib\nwith contextlib.suppress(ValueError):\n    part = int('x')",
            "try:\n    part = int('x')\nexcept ValueError:\n    pass",
            "while False:\n    part = 1",
            "part = 1\ndel part",
        ]:
            reads = "try:\n    print(part)\nexcept NameError as error:\n    print(error)"
            self.comes_to_the_same(extract=extract, evaluate=reads)
            quiet = reads.replace("print(part)", "x = part").replace("print(error)", "pass")
            self.comes_to_the_same(extract=extract, preprocess=quiet, train=quiet, evaluate=reads)
            self.assertIn("is not defined", self.files["extract/part/not_there.txt"])
            said = self.stops("evaluate", extract=extract, evaluate="print(part)")
            self.assertIn("NameError: name 'part' is not defined", said)
        for extract in [
            "if 1:\n    part = 1",
            "for part in [5]:\n    pass",
            "try:\n    part = 2\nexcept OSError:\n    pass",
        ]:
            self.comes_to_the_same(extract=extract, train="x = part", evaluate="print(part, x)")

    def test_what_was_there_before_goes_through_who_perhaps_assigns_it(self) -> None:
        for train in [
            "if len('x') > 3:\n    n = 2",
            "for n in []:\n    pass",
            "try:\n    n = int('x')\nexcept ValueError:\n    pass",
            "if 1:\n    n = 2",
            "def f():\n    global n\n    n = 5\nf()",
        ]:
            self.comes_to_the_same(extract="n = [1]", train=train, evaluate="print(n)")
            self.comes_to_the_same(
                extract="n = [1]", preprocess=train, train="x = n", predict=train, evaluate="print(n)"
            )
            self.comes_to_the_same(common="n = [1]", train=train, evaluate="print(n)")
            self.comes_to_the_same(parameters="n = 1", train=train, evaluate="print(n)")

    def test_what_all_share_may_depend_on_a_branch(self) -> None:
        for common in [
            "if 1:\n    n = 2\nm = n",
            "try:\n    n = int('3')\nexcept ValueError:\n    pass\nm = n",
            "for n in [1, 2]:\n    pass\nm = n",
        ]:
            self.comes_to_the_same(common=common, evaluate="print(m, n)")
        self.assertIn("`n` is assigned nowhere", self.problem(common="m = n\nn = 1"))

    def test_what_was_deleted_is_not_there(self) -> None:
        reads = "try:\n    print(rows)\nexcept NameError as error:\n    print(error)"
        for train in ["del rows", "if rows:\n    del rows", "if not rows:\n    del rows", "del rows\nrows = 2"]:
            self.comes_to_the_same(extract="rows = [1]", train=train, evaluate=reads)

    def test_only_such_are_asked_for(self) -> None:
        from case import split

        made = split(
            extract="a = 1\nif a:\n    b = 1\nelse:\n    b = 2\ntry:\n    c = 1\nexcept OSError:\n    raise\n"
            "with open('x') as f:\n    d = 1\ntry:\n    e = 1\nexcept OSError:\n    e = 2\nif a:\n    g = 1\nelse:\n"
            "    raise SystemExit(1)",
            evaluate="print(a, b, c, d, e, g)",
        )
        self.assertNotIn("_there", made["files"]["book/extract.py"])
        self.assertNotIn("_there", made["files"]["book/evaluate.py"])

    def test_a_figure_that_is_tried_is_one_where_it_is_there(self) -> None:
        for value, figures in [("3", '{\n  "auc": 3,\n  "n": 1\n}\n'), ("int('x')", '{\n  "n": 1\n}\n')]:
            self.split_run({"evaluate": f"try:\n    auc = {value}\nexcept ValueError:\n    pass\nn = 1"})
            self.assertEqual(sorted(self.files["evaluate/metrics"]), sorted(figures))
        # A dict of the notebook's own may hold functions.
        self.split_run({"evaluate": "metrics = {'n': 1, 'of': lambda a, b: a, 'max': max}"})
        self.assertEqual(self.files["evaluate/metrics"], '{\n  "n": 1\n}\n')
        told = [f"`{name}` is of type {kind}, which is no figure: it is left out" for name, kind in
                [("of", "function"), ("max", "builtin_function_or_method")]]  # fmt: skip
        self.assertEqual(self.warnings("evaluate"), told)


if __name__ == "__main__":
    unittest.main()
