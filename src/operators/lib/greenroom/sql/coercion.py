"""Types that DuckDB casts of itself and BigQuery refuses, told where both are known for certain."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.functions import UNNAMED, name_of
from greenroom.sql.source import Source
from greenroom.sql.types import NUMBERS, Types

COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
TIMES = ("DATE", "DATETIME", "TIMESTAMP", "TIME")
# They take numbers only.
NUMERIC = set("""
    SUM AVG STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP CORR COVAR_SAMP COVAR_POP ABS SIGN ROUND TRUNC CEIL CEILING FLOOR
    SQRT POW POWER EXP LN LOG LOG10 SAFE_DIVIDE MOD DIV
""".split())
# They give NUMERIC of NUMERIC in BigQuery, and FLOAT64 here.
NO_NUMERIC = {"SQRT", "POW", "POWER", "EXP", "LN", "LOG", "LOG10", "SIGN"}
# They take a DATE (or DATETIME, or TIMESTAMP), and of texts only those written out.
DATED = {"DATE_ADD", "DATE_SUB", "DATE_DIFF", "DATE_TRUNC", "FORMAT_DATE", "LAST_DAY", "UNIX_DATE", "DATETIME_ADD", "DATETIME_SUB",
         "DATETIME_DIFF", "DATETIME_TRUNC", "FORMAT_DATETIME", "TIMESTAMP_ADD", "TIMESTAMP_SUB", "TIMESTAMP_DIFF", "TIMESTAMP_TRUNC",
         "FORMAT_TIMESTAMP", "UNIX_SECONDS", "UNIX_MILLIS", "UNIX_MICROS"}


def check_coercion(tree: exp.Query, source: Source, types: Types) -> None:
    for node in tree.walk():
        _Check(node, source, types).run()


class _Check:
    def __init__(self, node: exp.Expression, source: Source, types: Types) -> None:
        self.node, self.source, self.types = node, source, types

    def run(self) -> None:
        node = self.node
        if node.meta.get("bound"):
            return
        if isinstance(node, COMPARED):
            self._alike([node.this, node.expression], "compared")
        elif isinstance(node, exp.Between):
            self._alike([node.this, node.args["low"]], "compared")
            self._alike([node.this, node.args["high"]], "compared")
        elif isinstance(node, exp.In):
            for each in node.expressions:
                self._alike([node.this, each], "compared")
            if node.args.get("query") is not None:
                self._alike([node.this, node.args["query"]], "compared")
        elif isinstance(node, exp.Case):
            for each in node.args["ifs"]:
                if node.this is not None:
                    self._alike([node.this, each.this], "compared")
                else:
                    self._truth(each.this)
            self._alike([*(each.args["true"] for each in node.args["ifs"]), node.args.get("default")], "mixed in one result")
        elif isinstance(node, exp.If) and not isinstance(node.parent, exp.Case):
            self._truth(node.this)
            self._alike([node.args.get("true"), node.args.get("false")], "mixed in one result")
        elif isinstance(node, exp.Coalesce):
            self._alike([node.this, *node.expressions], "mixed in one result")
        elif isinstance(node, (exp.Greatest, exp.Least)):
            self._alike([node.this, *node.expressions], "compared")
        elif isinstance(node, exp.Nullif):
            self._alike([node.this, node.expression], "compared")
        elif isinstance(node, exp.Array):
            self._alike(node.expressions, "items of one ARRAY")
        elif isinstance(node, exp.SetOperation):
            self._union(node)
        elif isinstance(node, (exp.And, exp.Or)):
            self._truth(node.this)
            self._truth(node.expression)
        elif isinstance(node, (exp.Not, exp.Where, exp.Having, exp.Qualify)):
            self._truth(node.this)
        elif isinstance(node, exp.Join):
            self._truth(node.args.get("on"))
            self._using(node)
        elif isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
            self._arithmetic(node)
        elif isinstance(node, exp.DPipe):
            self._pipes(node)
        elif isinstance(node, exp.Cast):
            self._cast(node)
        else:
            self._function(node)

    def _alike(self, nodes: Iterable[exp.Expression | None], what: str) -> None:
        known = [(node, self.types.of(node)) for node in nodes if node is not None]
        for first, type in known:
            for second, other in known:
                if type and other and not self._meet(first, type, second, other):
                    raise Problem(f"{type} and {other} cannot be {what} in BigQuery" if what != "items of one ARRAY" else
                                  f"{type} and {other} cannot be items of one ARRAY in BigQuery", "CAST one of them", **self.source.at(second))

    def _meet(self, first: exp.Expression, type: str, second: exp.Expression, other: str) -> bool:
        if type == other or type in NUMBERS and other in NUMBERS or {type, other} == {"DATE", "DATETIME"}:
            return True
        for text, kind in ((first, other), (second, type)):
            # A text that is written out is read as a date; so is a parameter.
            written = text.is_string or text.meta.get("bound") or isinstance(text, exp.RawString)
            if written and kind in (*TIMES, "BYTES"):
                return True
        return False

    def _truth(self, node: exp.Expression | None) -> None:
        type = self.types.of(node)
        if type not in (None, "BOOL"):
            raise Problem(f"a condition is BOOL in BigQuery, and this is {type}", "compare it: … <> 0, or … IS NOT NULL", **self.source.at(node))

    def _using(self, join: exp.Join) -> None:
        scope = self.types.columns.scope(join)
        for name in join.args.get("using") or [] if scope is not None else []:
            found = [type for columns in self.types.columns.sources(scope).values() for known, type in columns or [] if known == name.name.lower()]
            kinds = {type if type not in NUMBERS else "number" for type in found if type}
            if len(kinds) > 1 and kinds != {"DATE", "DATETIME"}:
                raise Problem(f"the columns `{name.name}` are {' and '.join(dict.fromkeys(found))}, which BigQuery does not compare",
                              "JOIN … ON, with a CAST", **self.source.at(name))

    def _union(self, node: exp.SetOperation) -> None:
        arms = [self.types.columns.output(scope) if scope else None for scope in (self._arm(node.this), self._arm(node.expression))]
        if arms[0] is None or arms[1] is None or len(arms[0]) != len(arms[1]):
            return
        for (name, type), (_, other) in zip(*arms):
            same = type == other or type in NUMBERS and other in NUMBERS or {type, other} == {"DATE", "DATETIME"}
            if type and other and not same:
                raise Problem(f"the column `{name}` is {type} above and {other} below, which BigQuery does not mix", "CAST one of them",
                              **self.source.at(node.expression))

    def _arm(self, node: exp.Expression):
        query = node.unnest() if isinstance(node, exp.Subquery) else node
        return next((scope for scope in self.types.columns.scopes if scope.expression is query), None)

    def _arithmetic(self, node: exp.Binary) -> None:
        sides = [(side, self.types.of(side)) for side in (node.this, node.expression)]
        for side, type in sides:
            if type in ("STRING", "BOOL", "BYTES"):
                raise Problem(f"BigQuery does not count with {type}", "CAST it AS INT64 or FLOAT64", **self.source.at(side))
        kinds = [type for _, type in sides]
        # For what is rewritten later, when the tree is another.
        node.meta["type"] = self.types.of(node)
        node.meta["dates"] = [kind == "DATE" for kind in kinds]
        if isinstance(node, exp.Sub) and kinds == ["DATE", "DATE"]:
            raise Problem("DATE - DATE is an INTERVAL in BigQuery, and a number here", "write DATE_DIFF(…, …, DAY)", **self.source.at(node))
        if "NUMERIC" in kinds:
            for side, type in sides:
                if type == "FLOAT64" and isinstance(side.unnest(), (exp.Literal, exp.Neg)):
                    raise Problem("a NUMERIC and a number with a point give NUMERIC in BigQuery, and FLOAT64 here",
                                  f"write NUMERIC '{side.sql()}'", **self.source.at(side))

    def _pipes(self, node: exp.DPipe) -> None:
        kinds = {self.types.of(each) for each in node.flatten()}
        if {"BYTES", "STRING"} <= kinds:
            raise Problem("BYTES and STRING cannot be joined in BigQuery", "CAST one of them", **self.source.at(node))

    def _cast(self, node: exp.Cast) -> None:
        given, wanted = self.types.of(node.this), self.types.of(node)
        pairs = {("BOOL", "FLOAT64"), ("BOOL", "NUMERIC"), ("FLOAT64", "BOOL"), ("NUMERIC", "BOOL")}
        if (given, wanted) in pairs:
            raise Problem(f"BigQuery casts no {given} to {wanted}", "write IF(…, 1, 0), or a comparison", **self.source.at(node.this))

    def _function(self, node: exp.Expression) -> None:
        name = name_of(node) or UNNAMED.get(node.__class__)
        if name in NUMERIC:
            node.meta["type"] = self.types.of(node)
        arguments = [each for each in (node.this, node.args.get("expression")) if isinstance(each, exp.Expression)]
        for each in arguments:
            type = self.types.of(each)
            if name in NUMERIC and type not in (None, *NUMBERS):
                raise Problem(f"{name} takes numbers in BigQuery, and this is {type}", "CAST it AS INT64 or FLOAT64, or count with COUNTIF", **self.source.at(each))
            if name in NO_NUMERIC and type == "NUMERIC":
                raise Problem(f"{name} of NUMERIC gives NUMERIC in BigQuery, and FLOAT64 here", "CAST it AS FLOAT64", **self.source.at(each))
            value = each
            while isinstance(value, (exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.TsOrDsToDatetime)):
                value = value.this
            written = value.is_string or value.meta.get("bound")
            if name in DATED and self.types.of(value) == "STRING" and not written:
                raise Problem(f"{name} takes no STRING in BigQuery", "CAST it AS DATE, DATETIME or TIMESTAMP", **self.source.at(value))
        if name == "TO_HEX" and self.types.of(node.this) == "STRING" and not node.this.is_string:
            raise Problem("TO_HEX takes BYTES in BigQuery", "CAST it AS BYTES", **self.source.at(node.this))
