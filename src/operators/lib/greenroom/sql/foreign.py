"""SQL of other databases that sqlglot reads as BigQuery's, told by its tree: BigQuery would refuse it in stage."""

from __future__ import annotations

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.source import Source

# Node → what is not BigQuery's, and what to write instead.
NODES: dict[type[exp.Expression], tuple[str, str]] = {
    exp.Filter: ("FILTER (WHERE …) is no SQL of BigQuery's", "write COUNTIF(…), or SUM(IF(…, …, NULL))"),
    exp.Comprehension: ("a list comprehension is no SQL of BigQuery's", "write ARRAY(SELECT … FROM UNNEST(…))"),
    exp.Lambda: ("a lambda is no SQL of BigQuery's", "write ARRAY(SELECT … FROM UNNEST(…) WHERE …)"),
    exp.Slice: ("a slice of an array is no SQL of BigQuery's", "write ARRAY(SELECT … FROM UNNEST(…) WITH OFFSET AS o WHERE …)"),
    exp.Values: ("VALUES is no table in BigQuery", "write UNNEST([STRUCT(… AS name), …])"),
    exp.SimilarTo: ("SIMILAR TO is no SQL of BigQuery's", "write REGEXP_CONTAINS"),
    exp.RegexpILike: ("this operator is no SQL of BigQuery's", "write REGEXP_CONTAINS"),
    exp.Columns: ("COLUMNS(…) is no SQL of BigQuery's", "name the columns"),
    exp.Fetch: ("FETCH FIRST is no SQL of BigQuery's", "write LIMIT"),
}


def check_foreign(tree: exp.Query, source: Source) -> None:
    _from_first(tree, source)
    for node in tree.walk():
        for kind, (what, help) in NODES.items():
            if isinstance(node, kind):
                raise Problem(what, help, **source.at(node))
        check = CHECKS.get(type(node))
        if check is not None:
            check(node, source)


def _from_first(tree: exp.Query, source: Source) -> None:
    """`FROM t` alone is BigQuery's, also before pipes; `FROM t SELECT a` is not."""
    if source.tokens[0].token_type.name != "FROM":
        return
    depth = 0
    for token in source.tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.token_type.name != "STRING" else 0
        if token.token_type.name == "PIPE_GT":
            return
        if depth == 0 and token.token_type.name == "SELECT":
            raise Problem("FROM before SELECT is no SQL of BigQuery's", "write SELECT … FROM …", **source.at_token(token))


def _distinct(node: exp.Distinct, source: Source) -> None:
    if node.args.get("on"):
        raise Problem("DISTINCT ON is no SQL of BigQuery's", "write QUALIFY ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) = 1", **source.at(node))


def _join(node: exp.Join, source: Source) -> None:
    kind = node.method or (node.kind if node.kind in ("SEMI", "ANTI") else "")
    if kind:
        help = {"SEMI": "write WHERE EXISTS (SELECT …)", "ANTI": "write WHERE NOT EXISTS (SELECT …)", "NATURAL": "write USING (…)"}
        raise Problem(f"{kind} JOIN is no SQL of BigQuery's", help.get(kind, ""), **source.at(node))
    # An array of the row needs none, and a comma is no JOIN.
    bare = node.kind != "CROSS" and not (node.args.get("on") or node.args.get("using"))
    if bare and isinstance(node.this, (exp.Table, exp.Subquery)) and _whole(node.this) and _says_join(node.this, source):
        raise Problem("BigQuery asks this JOIN for ON or USING", "write ON …, USING (…), or CROSS JOIN", **source.at(node))


def _whole(joined: exp.Expression) -> bool:
    """A table or subquery, not `t.items`, which is an array of a row before it."""
    if isinstance(joined, exp.Subquery):
        return True
    select = joined.find_ancestor(exp.Select)
    tables = select.find_all(exp.Table) if select is not None else []
    return joined.db.lower() not in {table.alias_or_name.lower() for table in tables if table is not joined}


def _says_join(joined: exp.Expression, source: Source) -> bool:
    """Whether JOIN or a comma stands before it; before a subquery, looked for outwards, bracket by bracket."""
    if isinstance(joined, exp.Table):
        start = source.across(part for part in (joined.args.get("catalog"), joined.args.get("db"), joined.this) if part)["offset"]
    else:
        start = source.at(joined)["offset"]
    before = [token.token_type.name for token in source.tokens if token.start < start]
    if isinstance(joined, exp.Table):
        return bool(before) and before[-1] == "JOIN"
    depth = 0
    while before:
        depth += {"R_PAREN": 1, "L_PAREN": -1}.get(before.pop(), 0)
        if depth < 0 and before:
            depth = 0
            if before[-1] in ("JOIN", "COMMA"):
                return before[-1] == "JOIN"
    return False


def _star(node: exp.Star, source: Source) -> None:
    if node.args.get("rename"):
        raise Problem("* RENAME is no SQL of BigQuery's", "write * EXCEPT (…), … AS name", **source.at(node))


def _limit(node: exp.Limit, source: Source) -> None:
    count = node.expression
    options = node.args.get("limit_options")
    if isinstance(options, exp.LimitOptions) and any(options.args.values()):
        raise Problem("LIMIT takes a number of rows in BigQuery", "write LIMIT 10", **source.at(count))
    _constant(count, "LIMIT", source)


def _constant(count: exp.Expression | None, clause: str, source: Source) -> None:
    while isinstance(count, exp.Cast):
        count = count.this
    if count is not None and not (isinstance(count, exp.Literal) and not count.is_string and count.name.isdigit() or isinstance(count, exp.Parameter)):
        raise Problem(f"{clause} takes a whole number or a parameter in BigQuery", f"write {clause} 10, or {clause} @name", **source.at(count))


def _offset(node: exp.Offset, source: Source) -> None:
    query = node.parent
    _constant(node.expression, "OFFSET", source)
    if query is None or query.args.get("limit") is None:
        raise Problem("BigQuery takes OFFSET only behind LIMIT", "write LIMIT … OFFSET …", **source.at(node))
    # `LIMIT 1, 2` has no word OFFSET.
    if source.find_words("OFFSET") is None:
        raise Problem("LIMIT with two numbers is no SQL of BigQuery's", "write LIMIT … OFFSET …", **source.at(node))


def _any_of(node: exp.Expression, source: Source) -> None:
    if isinstance(node.parent, (exp.Like, exp.AnyValue)):
        return  # the rewrite says what to do
    raise Problem("comparing with ANY, SOME or ALL is no SQL of BigQuery's", "write IN (…), or compare with MIN or MAX", **source.at(node))


def _between(node: exp.Between, source: Source) -> None:
    if node.args.get("symmetric"):
        raise Problem("BETWEEN SYMMETRIC is no SQL of BigQuery's", "write BETWEEN LEAST(…) AND GREATEST(…)", **source.at(node))


def _distinct_from(node: exp.Expression, source: Source) -> None:
    if any(isinstance(side.unnest(), exp.Tuple) for side in (node.this, node.expression)):
        raise Problem("rows cannot be compared with IS DISTINCT FROM here", "compare column by column", **source.at(node))


def _cte(node: exp.CTE, source: Source) -> None:
    alias = node.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        raise Problem("names of columns behind a WITH clause's name are no SQL of BigQuery's", "name them in its SELECT: … AS name", **source.at(alias))
    if node.args.get("materialized") is not None:
        raise Problem("MATERIALIZED is no SQL of BigQuery's", "leave it out", **source.at(alias))
    if isinstance(node.this, exp.Anonymous) and node.this.name.upper() == "VALUES":
        raise Problem(*NODES[exp.Values], **source.at(node.this))


def _if(node: exp.If, source: Source) -> None:
    if not isinstance(node.parent, exp.Case) and node.args.get("false") is None:
        raise Problem("IF takes three arguments in BigQuery", "write IF(condition, value, NULL)", **source.at(node))


def _texts(node: exp.Concat, source: Source) -> None:
    if node.meta.get("bigquery_name") is None:
        raise Problem("a comma or an operator is missing between two texts", "write 'a' || 'b'", **source.at(node))


def _column(node: exp.Column, source: Source) -> None:
    if node.name.startswith("$") and not node.this.quoted:
        raise Problem("numbered parameters have no names", "write @name for a parameter of the workflow", **source.at(node))


CHECKS = {
    exp.Distinct: _distinct,
    exp.Join: _join,
    exp.Star: _star,
    exp.Limit: _limit,
    exp.Offset: _offset,
    exp.Any: _any_of,
    exp.All: _any_of,
    exp.Between: _between,
    exp.NullSafeEQ: _distinct_from,
    exp.NullSafeNEQ: _distinct_from,
    exp.CTE: _cte,
    exp.If: _if,
    exp.Concat: _texts,
    exp.Column: _column,
}
