"""The same, of pandas, numpy and scikit-learn."""

from __future__ import annotations

import unittest

from test_unchanged import CHAIN, Runs


class Changed(Runs):
    def test_a_change_that_nobody_saw_stops_the_component(self) -> None:
        for extract, change in [
            ("import numpy as np\nd = np.random.default_rng(3)", "x = d.laplace(size=3)"),
            ("import numpy as np\nd = np.array([-1.0, 5.0])", "v = d[:1]\nlist(map(v.fill, [3]))"),
            (
                "import numpy as np\nd = np.array([-1.0, 5.0])",
                "parts = np.split(d, 2)\nnp.clip(parts[1], 0, 1, out=parts[1])",
            ),
            ("import numpy as np\nd = {'x': np.zeros(2)}", "fill = d['x'].fill\nfill(2)"),
            ("import pandas as pd\nd = pd.DataFrame({'a': [1, 2]})", "add = d.insert\nadd(0, 'b', 3)"),
            ("import pandas as pd\nd = pd.DataFrame({'a': [[1], [2]]})", "list(map(list.clear, d['a']))"),
            ("import pandas as pd\nd = pd.Series([1, 2])", "put = d.__setitem__\nput(0, 5)"),
        ]:
            self.is_found(CHAIN, extract, change)

    def test_a_source_under_another_name_goes_on(self) -> None:
        common = "from numpy.random import default_rng as g\nr = g(3)\ndef f():\n    return r.random()"
        self.comes_to_the_same(common=common, train="x = f()", evaluate="print(f())")

    def test_what_a_class_keeps_is_compared_too(self) -> None:
        common = "import numpy as np\nimport pandas as pd\nclass Kept:\n    table = pd.DataFrame({'a': [1, 2]})\n"
        common += "    array = np.zeros(2)\n    def put(self):\n        self.table['b'] = 3"
        for train, place in [
            ("Kept.table.loc[0, 'a'] = 5", "table"),
            ("Kept().put()", "table"),
            ("a = Kept.array\na += 1", "array"),
        ]:
            said = self.stops("train", common=common, train=train, evaluate="print(Kept.table, Kept.array)")
            self.assertIn(f"train changes `Kept.{place}`, which is not handed on", said)
        self.goes_on(common=common, train="x = Kept.table.describe(), Kept.array.sum()", evaluate="print(Kept.table)")

    def test_a_view_is_one_with_its_array(self) -> None:
        extract = "import numpy\nd = numpy.arange(9)\nview = d[2:5]"
        said = self.stops("train", extract=extract, preprocess="x = 1", train="view[:] = 0", evaluate="print(d.sum())")
        self.assertIn("`d` has a part of it, or is one", said)


class Unchanged(Runs):
    def test_a_table_that_is_looked_at(self) -> None:
        looks = (
            "d.values\nd.to_numpy()\nd.groupby('b')['a'].mean()\nd.describe()\nd.sort_values('a')\nd.a.unique()\n"
            "d.index.is_unique\nd.merge(d, on='a')\nd['a'].plot if False else None\nd.memory_usage()\n"
            "d.T\nd.isna().sum()\nd.loc[0]\nd.iloc[0, 0]\nd.index.get_loc(1)\nlist(d.itertuples())\nd.query('a > 1')\n"
            "x = repr(d)\nd.corr(numeric_only=True)\nx = d['a'].array\nhash(tuple(d.columns))\nd.columns.get_loc('a')"
        )
        frame = "pd.DataFrame({'a': [1, 2, 3], 'b': ['x', None, 'y'], 'c': [0.5, None, -0.0]})"
        for made in [
            frame,
            f"{frame}.assign(t=pd.to_datetime(['2020-01-01'] * 3, utc=True), k=pd.Categorical(['u', 'v', 'u']))",
            f"{frame}.assign(o=[[1], {{}}, object])",
            f"{frame}.assign(o=pd.Series([1, 'a', None], dtype=object))",
            f"{frame}.assign(m=pd.array([1, None, 3], dtype='Int64'))",
            f"pd.concat([{frame}, {frame}]).reset_index(drop=True)",
        ]:
            self.goes_on(extract=f"import pandas as pd\nd = {made}", train=looks, evaluate="print(d.to_csv())")
        for made in [
            "d = pd.Series([1.5, None], name='s')",
            "d = pd.Series(['a', [1]])",
            "d = pd.date_range('2020', periods=3)",
        ]:
            self.goes_on(
                extract=f"import pandas as pd\n{made}",
                train="d.unique() if not isinstance(d[1], list) else None\nd.values\nd.is_unique if len(d) == 3 else 0",
                evaluate="print(d)",
            )

    def test_a_model_that_predicts(self) -> None:
        models = [
            "linear_model.LogisticRegression()",
            "ensemble.RandomForestClassifier(n_estimators=3, random_state=0)",
            "neighbors.KNeighborsClassifier(1)",
            "pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC())",
            "naive_bayes.GaussianNB()",
        ]
        self.goes_on(
            extract="from sklearn import linear_model, ensemble, neighbors, pipeline, preprocessing, svm, naive_bayes\n"
            f"x, y = [[0.0], [1.0], [2.0]], [0, 1, 1]\nmodels = [{', '.join(models)}]\nlast = {models[-1]}\n"
            "for one in (*models, last):\n    one.fit(x, y)",
            train="p = [one.predict(x).tolist() for one in models]\nq = last.predict_proba(x).tolist()",
            evaluate="print([one.predict(x) for one in models], p, q, last.predict(x))",
        )

    def test_values_of_all_kinds(self) -> None:
        made = [
            "np.arange(6).reshape(2, 3).T",
            "np.array([[1], None, 'x'], dtype=object)",
            "np.array(['2020-01-01'], dtype='datetime64[D]')",
            "np.array([float('nan'), 1])",
            "np.float64(3)",
            "np.random.default_rng(3)",
            "types.SimpleNamespace(a=[1], b=np.zeros(3))",
            "sparse.csr_matrix([[0, 1], [2, 0]])",
        ]
        self.are_unchanged("import types\nimport numpy as np\nfrom scipy import sparse", made)


if __name__ == "__main__":
    unittest.main()
