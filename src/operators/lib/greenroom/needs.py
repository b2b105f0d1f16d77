"""Packages that the operators need in the image, and what to do where one is missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from greenroom.problem import Problem

# Module → the line for a requirements file.
LINES = {
    "duckdb": "duckdb==1.5.5",
    "sqlglot": "sqlglot==30.30.0",
    "google.cloud.bigquery": "google-cloud-bigquery==3.47.0",
    "google.api_core.exceptions": "google-cloud-bigquery==3.47.0",
    "google.cloud.storage": "google-cloud-storage==3.13.1",
    "pyarrow": "pyarrow==26.0.1",
}


def need(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        line = LINES[module]
        raise Problem(
            f"the image lacks the Python package `{line.split('==')[0]}` ({error})",
            f"add the line `{line}` to the requirements file that greenroom.yaml names as the image's `pip:`",
        ) from error
