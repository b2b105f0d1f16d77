"""A query's text, and where in it a node of the parsed tree stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlglot
from sqlglot import exp

from greenroom.problem import Problem


class Source:
    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.tokens = sqlglot.tokenize(text, read="bigquery")
        except sqlglot.errors.TokenError as error:
            raise Problem(f"this is no SQL: {str(error).splitlines()[0]}") from error

    def at(self, node: exp.Expression | None) -> dict[str, int]:
        """`offset` and `length` of a node: its own, else those of the first of its parts that has any."""
        while node is not None:
            for part in node.walk(bfs=False):
                if "start" in part.meta:
                    start = part.meta["start"]
                    return {"offset": start, "length": part.meta["end"] - start + 1}
            node = node.parent
        return {"offset": self.tokens[0].start if self.tokens else 0, "length": 1}

    def across(self, nodes: Iterable[exp.Expression]) -> dict[str, int]:
        """From the first of some nodes to the last."""
        places = [self.at(node) for node in nodes]
        start = min(place["offset"] for place in places)
        end = max(place["offset"] + place["length"] for place in places)
        return {"offset": start, "length": end - start}

    def span(self, node: exp.Expression) -> dict[str, int]:
        """The same as `at`, as a node that takes this one's place keeps it."""
        place = self.at(node)
        return {"start": place["offset"], "end": place["offset"] + place["length"] - 1}

    def at_token(self, token: Any) -> dict[str, int]:
        return {"offset": token.start, "length": token.end - token.start + 1}

    def find_words(self, *words: str) -> Any | None:
        """The first token of a sequence, in any case."""
        texts = [token.text.upper() for token in self.tokens]
        for index in range(len(texts) - len(words) + 1):
            if texts[index : index + len(words)] == list(words):
                return self.tokens[index]
        return None

    def occurrence(self, word: str, nth: int) -> dict[str, int] | None:
        """The nth token that is this word (the last, if there are fewer), in any case."""
        found = [token for token in self.tokens if token.text.lower() == word.lower()]
        return self.at_token(found[min(nth, len(found) - 1)]) if found else None

    def first_argument(self, node: exp.Expression) -> str | None:
        """The text of a function's first argument as written, where it is a plain string."""
        end = node.meta.get("end")
        for index, token in enumerate(self.tokens[:-2]):
            if token.end == end:
                string, after = self.tokens[index + 2], self.tokens[index + 3 : index + 4]
                plain = "STRING" in string.token_type.name and (not after or after[0].text in (",", ")"))
                return string.text if plain else None
        return None
