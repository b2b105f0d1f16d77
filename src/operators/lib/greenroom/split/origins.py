"""What imported names stand for: `np.random` is numpy.random, and after `from random import seed as x` x is random.seed."""

from __future__ import annotations

import ast
from collections.abc import Iterable


class Origins:
    def __init__(self, nodes: Iterable[ast.AST], hidden: set[str]) -> None:
        """`hidden`: names that are assigned or defined, too."""
        self.names: dict[str, str] = {}
        self.stars: list[str] = []
        self.hidden = hidden
        for node in (part for statement in nodes for part in ast.walk(statement)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self.names[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    if alias.name == "*":
                        self.stars.append(node.module)
                    else:
                        self.names[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def of(self, node: ast.expr) -> str:
        """Empty where it is of no import."""
        if isinstance(node, ast.Attribute):
            above = self.of(node.value)
            return f"{above}.{node.attr}" if above else ""
        return self.named(node.id) if isinstance(node, ast.Name) else ""

    def named(self, name: str) -> str:
        return "" if name in self.hidden else self.names.get(name, "")

    def starred(self, name: str, modules: Iterable[str]) -> list[str]:
        """What it may be of these, where all of them is imported."""
        known = name in self.hidden or name in self.names
        return [] if known else [f"{module}.{name}" for module in self.stars if module in modules]
