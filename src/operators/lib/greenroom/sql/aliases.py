"""Where an alias is known, and what it means where a column has its name too: DuckDB and BigQuery choose differently."""

from __future__ import annotations

from sqlglot import exp

from greenroom.problem import Problem
from greenroom.sql.columns import Columns
from greenroom.sql.source import Source


def check_aliases(columns: Columns, source: Source) -> None:
    for scope in columns.scopes:
        select = scope.expression
        if not isinstance(select, exp.Select):
            continue
        names = columns.names(scope)
        _distinct_order(select, source)
        if names is not None:
            _too_early(select, set(names), source)
            _ambiguous(select, set(names), source)
            _twice(columns.sources(scope), select, source)


def spell_out(columns: Columns) -> None:
    """DuckDB refuses an alias in HAVING and QUALIFY where its expression may raise an error, as ours do."""
    for scope in columns.scopes:
        select, names = scope.expression, columns.names(scope)
        if not isinstance(select, exp.Select) or names is None:
            continue
        meant = {each.alias.lower(): each.this for each in select.expressions if isinstance(each, exp.Alias) and not _itself(each)}
        for clause in ("having", "qualify"):
            for column in _columns_in(select.args.get(clause), select):
                if not column.table and column.name.lower() in meant.keys() - set(names):
                    column.replace(exp.paren(meant[column.name.lower()].copy()))


def _too_early(select: exp.Select, columns: set[str], source: Source) -> None:
    """DuckDB knows a column's alias further on in the same SELECT and in WHERE; BigQuery does not."""
    aliases: set[str] = set()
    for projection in select.expressions:
        _refuse_early(projection, aliases - columns, source, "in the same SELECT")
        if isinstance(projection, exp.Alias):
            aliases.add(projection.alias.lower())
    if select.args.get("where"):
        _refuse_early(select.args["where"], aliases - columns, source, "in WHERE")


def _refuse_early(node: exp.Expression, aliases: set[str], source: Source, where: str) -> None:
    for column in node.find_all(exp.Column):
        if not column.table and column.name.lower() in aliases and not column.find_ancestor(exp.Subquery, exp.Exists, exp.Unnest):
            raise Problem(
                f"BigQuery does not know the alias `{column.name}` {where}",
                "repeat the expression, or make it a column of a WITH clause or subquery",
                **source.at(column),
            )


def _ambiguous(select: exp.Select, columns: set[str], source: Source) -> None:
    """A name that is both, and does not mean the same. ORDER BY it alone takes the alias in both."""
    other = {each.alias.lower() for each in select.expressions if isinstance(each, exp.Alias) and not _itself(each)} & columns
    if not other:
        return
    for clause in ("group", "having", "qualify", "order"):
        for column in _columns_in(select.args.get(clause), select):
            if column.table or column.name.lower() not in other or clause == "order" and isinstance(column.parent, exp.Ordered):
                continue
            word = {"group": "GROUP BY", "order": "ORDER BY"}.get(clause, clause.upper())
            raise Problem(
                f"`{column.name}` in {word} is a column and another column's alias: BigQuery and the dev warehouse choose differently",
                "give the alias another name, or write the column with its table: t.name",
                **source.at(column),
            )


def _columns_in(clause: exp.Expression | None, select: exp.Select) -> list[exp.Column]:
    return [column for column in clause.find_all(exp.Column) if column.find_ancestor(exp.Select) is select] if clause is not None else []


def _itself(projection: exp.Alias) -> bool:
    """`t.name AS name`: the alias and the column are one."""
    value = projection.this.unnest()
    return isinstance(value, exp.Column) and value.name.lower() == projection.alias.lower()


def _distinct_order(select: exp.Select, source: Source) -> None:
    """Of rows that are one, BigQuery knows only what SELECT DISTINCT gives."""
    order = select.args.get("order")
    if order is None or not select.args.get("distinct") or select.is_star:
        return
    names = {name.lower() for each in select.expressions for name in (each.alias_or_name, each.unalias().name)}
    for ordered in order.expressions:
        key = ordered.this
        if isinstance(key, exp.Column) and key.name.lower() not in names:
            raise Problem(f"`{key.name}` is not among what SELECT DISTINCT gives", "order by one of its columns, or select it too", **source.at(key))


def _twice(sources: dict[str, list | None], select: exp.Select, source: Source) -> None:
    """A subquery with two columns of one name: BigQuery refuses to choose, DuckDB takes the first."""
    for alias, columns in sources.items():
        names = [name for name, _ in columns or []]
        twice = {name for name in names if name and names.count(name) > 1}
        if not twice:
            continue
        for column in select.find_all(exp.Column):
            if column.name.lower() in twice and column.table.lower() in ("", alias) and column.find_ancestor(exp.Select) is select:
                raise Problem(f"there are two columns `{column.name}`", "give one of them another name where they are made: … AS name", **source.at(column))
