"""How a description becomes words."""

from __future__ import annotations

import re

# Of every second description, and of no topic.
COMMON = frozenset(
    "a an and are as at be by can for from has have in into is it its of on or that the these this to use used using "
    "with which you your package packages provides provide contains library program debian".split()
)
LINK = re.compile(r"https?://\S+")
WORD = re.compile(r"[a-z][a-z+#-]+")


def clean_and_tokenize(text: str) -> list[str]:
    """Words of two letters or more, C++ and C# among them, without links and without what every description says."""
    found = WORD.findall(LINK.sub(" ", text.lower()))
    return [word for word in (word.strip("-") for word in found) if len(word) > 1 and word not in COMMON]
