"""What goes wrong by a person's hand, told so that they can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place in a file of the project. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    length: int = 1


class Problem(Exception):
    """Ends the step. `offset` and `length`: characters of the query that it is about, where it is about one.

    `may_heal`: another service said so, and may say otherwise a moment later; anything else stays wrong until a person
    mends it, so the step is not tried again.
    """

    def __init__(
        self, message: str, help: str = "", *, offset: int | None = None, length: int = 1, may_heal: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.offset = offset
        self.length = length
        self.may_heal = may_heal
        self.place: Place | None = None


class NotYet(Exception):
    """What a sensor waits for is not there. The text says what was looked for and what was found."""
