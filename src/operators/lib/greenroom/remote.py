"""Files in a bucket."""

from __future__ import annotations

import os
import re

from greenroom.credentials import find_credentials
from greenroom.needs import need
from greenroom.problem import Problem

SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
WILD = re.compile(r"[*?\[]")


def matches(pattern: str) -> list[str]:
    """The objects whose address a glob names: `*` stays within a folder, `**` does not."""
    scheme, _, rest = pattern.partition("://")
    bucket, _, names = rest.partition("/")
    if scheme != "gs" or not bucket or not names:
        raise Problem(f"`path: {pattern}` is no place that can be looked into", "write gs://bucket/folder/*.csv, or a glob below the root")
    wild = WILD.search(names)
    wanted = re.compile(_expression(names))
    errors = need("google.api_core.exceptions")
    try:
        found = _client().list_blobs(bucket, prefix=names[: wild.start()] if wild else names)
        return sorted(f"gs://{bucket}/{blob.name}" for blob in found if wanted.fullmatch(blob.name))
    except errors.NotFound:
        return []
    except errors.GoogleAPIError as error:
        raise Problem(f"gs://{bucket} cannot be looked into: {error}") from error


def _client():
    storage = need("google.cloud.storage")
    # The client itself goes to the stand-in that this variable names, if it is let in without credentials.
    if os.environ.get("STORAGE_EMULATOR_HOST"):
        return storage.Client.create_anonymous_client()
    return storage.Client(project="", credentials=find_credentials("Google's storage", SCOPE))


def _expression(glob: str) -> str:
    parts = {"**/": r"(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    tokens = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", glob)
    return "".join(parts.get(each) or (each.replace("[!", "[^", 1) if each.startswith("[") and each.endswith("]") else re.escape(each)) for each in tokens)
