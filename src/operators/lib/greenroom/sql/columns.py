"""Which columns the sources of each SELECT have, with their types where these are known for certain."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from greenroom.catalog import Catalog

# Name in lower case, and BigQuery's type; None where it is not certain.
Column = tuple[str, str | None]
TypeOf = Callable[[exp.Expression], str | None]


class Columns:
    def __init__(self, tree: exp.Query, catalog: Catalog) -> None:
        self.catalog = catalog
        self.scopes = traverse_scope(tree)
        self._by_query = {id(scope.expression): scope for scope in self.scopes}
        self._outputs: dict[int, list[Column] | None] = {}
        # Told by who knows the types of expressions; until then none is known.
        self.type_of: TypeOf = lambda node: None

    def scope(self, node: exp.Expression) -> Scope | None:
        """Of the SELECT that a node stands in."""
        select = node if isinstance(node, exp.Select) else node.find_ancestor(exp.Select)
        return self._by_query.get(id(select))

    def sources(self, scope: Scope) -> dict[str, list[Column] | None]:
        """Of each thing in FROM, by its alias: its columns, or None where they are not known."""
        found: dict[str, list[Column] | None] = {}
        query = scope.expression
        for clause in [query.args.get("from_"), *(query.args.get("joins") or [])]:
            if clause is None:
                continue
            node = clause.this
            name = node.alias_or_name.lower() or f"unnamed {len(found)}"
            if isinstance(node, exp.Unnest):
                found[name if not node.alias_column_names else node.alias_column_names[0].lower()] = self._unnested(node)
            elif isinstance(node, exp.Subquery):
                inner = self._by_query.get(id(node.unnest()))
                found[name] = self.output(inner) if inner is not None else None
            else:
                _, source = scope.selected_sources.get(node.alias_or_name, (None, None))
                found[name] = self._source(source)
            if node.args.get("joins"):
                found[f"joined {len(found)}"] = None
        return found

    def names(self, scope: Scope) -> list[str] | None:
        """All columns that the SELECT can name, one of USING once; None where some are not known."""
        merged = {name.name.lower() for join in scope.expression.args.get("joins") or [] for name in join.args.get("using") or []}
        names: list[str] = []
        for columns in self.sources(scope).values():
            if columns is None:
                return None
            names += [name for name, _ in columns if name not in merged or name not in names]
        return names

    def output(self, scope: Scope) -> list[Column] | None:
        """What a query gives, in order; None where a star hides it."""
        key = id(scope)
        if key not in self._outputs:
            self._outputs[key] = None  # of a recursive one, nothing is certain
            self._outputs[key] = self._selected(scope)
        return self._outputs[key]

    def type(self, column: exp.Column) -> str | None:
        """Of a column where it is named; None where that is not certain."""
        scope = self.scope(column)
        if scope is None or isinstance(column.this, exp.Star):
            return None
        while scope is not None:
            sources = self.sources(scope)
            if column.table:
                if column.table.lower() in sources:
                    return _only(sources[column.table.lower()], column.name)
            else:
                if any(columns is None for columns in sources.values()):
                    return None
                holders = [columns for columns in sources.values() if columns and any(name == column.name.lower() for name, _ in columns)]
                if holders:
                    types = {_only(columns, column.name) for columns in holders}
                    return types.pop() if len(types) == 1 else None
            scope = scope.parent if scope.is_subquery or scope.is_udtf else None
        return None

    def _source(self, source: exp.Table | Scope | None) -> list[Column] | None:
        if isinstance(source, exp.Table):
            table = self.catalog.get(f"{source.db}.{source.name}" if source.db else source.name)
            return [(name.lower(), type) for name, type in table.columns.items()] if table and table.columns else None
        if source is None:
            return None
        expression = source.expression
        if isinstance(expression, exp.Unnest):
            return self._unnested(expression)
        return self.output(source) if isinstance(expression, exp.Query) else None

    def _unnested(self, node: exp.Unnest) -> list[Column] | None:
        """The item, and its offset. An array of structs gives its fields too, but then no type is told here."""
        named = node.alias_column_names
        if not named:
            return None
        array = node.expressions[0] if node.expressions else None
        types = {self.type_of(item) for item in array.expressions} if isinstance(array, exp.Array) else {None}
        found: list[Column] = [(named[0].lower(), types.pop() if len(types) == 1 else None)]
        offset = node.args.get("offset")
        if offset:
            found.append((offset.name.lower() if isinstance(offset, exp.Identifier) else "offset", "INT64"))
        return found

    def _selected(self, scope: Scope) -> list[Column] | None:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            arms = [self.output(each) for each in scope.set_operation_scopes or []]
            if len(arms) != 2 or arms[0] is None:
                return None
            others = arms[1] if arms[1] is not None and len(arms[1]) == len(arms[0]) else [("", None)] * len(arms[0])
            return [(name, type if type == other else None) for (name, type), (_, other) in zip(arms[0], others)]
        if not isinstance(query, exp.Select):
            return None
        found: list[Column] = []
        for projection in query.expressions:
            if projection.is_star:
                star = self._star(projection, scope)
                if star is None:
                    return None
                found += star
            else:
                found.append((projection.alias_or_name.lower(), self.type_of(projection.unalias())))
        return found

    def _star(self, projection: exp.Expression, scope: Scope) -> list[Column] | None:
        star = projection.this if isinstance(projection, exp.Column) else projection
        if isinstance(projection, exp.Column):
            columns = self.sources(scope).get(projection.table.lower())
        else:
            names = self.names(scope)
            known = [column for columns in self.sources(scope).values() for column in columns or []]
            columns = [(name, _only(known, name)) for name in names] if names is not None else None
        if columns is None or not isinstance(star, exp.Star):
            return None
        left_out = {each.name.lower() for each in star.args.get("except_") or star.args.get("except") or []}
        replaced = {each.alias.lower() for each in star.args.get("replace") or []}
        return [(name, None if name in replaced else type) for name, type in columns if name not in left_out]


def _only(columns: list[Column] | None, name: str) -> str | None:
    types = {type for known, type in columns or [] if known == name.lower()}
    return types.pop() if len(types) == 1 else None
