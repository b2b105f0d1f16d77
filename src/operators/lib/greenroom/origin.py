"""Where a query stands in the project's files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from greenroom.problem import Place


@dataclass(frozen=True)
class Origin:
    """`line`: the file's line on which the query's first line stands. `indent`: columns it is indented by."""

    file: str
    line: int
    indent: int

    @classmethod
    def parse(cls, text: str) -> Origin | None:
        parts = text.rsplit(":", 2)
        if len(parts) != 3 or not (parts[1].isdigit() and parts[2].isdigit()):
            return None
        return cls(parts[0], int(parts[1]), int(parts[2]))

    def place(self, query: str, offset: int, length: int = 1) -> Place:
        """Of a character of the query. Columns are found in the file itself, however it indents the query."""
        offset = max(0, min(offset, len(query)))
        number = query.count("\n", 0, offset)
        start = query.rfind("\n", 0, offset) + 1
        text = query[start:].split("\n", 1)[0]
        file_lines = self._lines()
        shift = _shift(query, file_lines, self.line)
        at = self.line - 1 + number + shift
        line = file_lines[at] if 0 <= at < len(file_lines) else ""
        column = line.find(text.strip()) if text.strip() else -1
        if column < 0 and line:
            return self._near(line, at + 1, query[offset : offset + length])
        lead = len(text) - len(text.lstrip())
        indent = column - lead if column >= 0 else self.indent
        return Place(self.file, at + 1, indent + offset - start + 1, max(1, min(length, len(text))))

    def _near(self, line: str, number: int, word: str) -> Place:
        """In a line that writes the query otherwise, with escapes: the word where it stands once, or else the line."""
        if word.strip() and line.count(word) == 1:
            return Place(self.file, number, line.index(word) + 1, len(word))
        return Place(self.file, number, len(line) - len(line.lstrip()) + 1, len(line.strip()))

    def _lines(self) -> list[str]:
        try:
            return Path(self.file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []


def _shift(query: str, lines: list[str], line: int) -> int:
    """The query may begin on the line after its key: looks where its first text really is."""
    texts = query.split("\n")
    first = next((number for number, text in enumerate(texts) if text.strip()), 0)
    for shift in (0, 1, -1):
        at = line - 1 + first + shift
        if 0 <= at < len(lines) and texts[first].strip() in lines[at]:
            return shift
    return 0
