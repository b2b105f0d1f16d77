"""The way to BigQuery, or to what stands in for it."""

from __future__ import annotations

import re
from typing import Any

from greenroom.credentials import find_credentials
from greenroom.needs import need
from greenroom.params import Param
from greenroom.step import Step

SCOPE = "https://www.googleapis.com/auth/bigquery"


def connect(step: Step) -> Any:
    """A client of the environment's project; a stand-in is spoken to without credentials."""
    bigquery = need("google.cloud.bigquery")
    project = step.environ["GREENROOM_BIGQUERY_PROJECT"]
    endpoint = step.environ.get("GREENROOM_BIGQUERY_ENDPOINT")
    if endpoint:
        from google.auth.credentials import AnonymousCredentials

        options = {"api_endpoint": endpoint}
        return bigquery.Client(project=project, credentials=AnonymousCredentials(), client_options=options)
    return bigquery.Client(project=project, credentials=find_credentials(f"the BigQuery project {project}", SCOPE))


def parameters(text: str, params: dict[str, Param]) -> list[Any]:
    """Those the text names, with their types."""
    scalar = need("google.cloud.bigquery").ScalarQueryParameter
    named = {name.lower() for name in re.findall(r"@(\w+)", text)}
    return [scalar(name, param.bigquery_type, param.value) for name, param in params.items() if name.lower() in named]


def start(client: Any, text: str, params: list[Any], dry_run: bool = False) -> Any:
    """A job. Never of the cache, which would hide that a table has changed."""
    config = need("google.cloud.bigquery").QueryJobConfig(
        query_parameters=params, use_query_cache=False, dry_run=dry_run
    )
    return client.query(text, job_config=config)


def quote(name: str) -> str:
    """A column, or a table with its dataset and project."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r") + "'"
