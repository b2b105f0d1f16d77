"""What the operators do, on BigQuery."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from greenroom.bigquery import export
from greenroom.bigquery.client import connect, parameters
from greenroom.bigquery.explain import explain
from greenroom.bigquery.load import load_files
from greenroom.duck.partition import Partition
from greenroom.load import Load
from greenroom.needs import need
from greenroom.problem import NotYet, Problem
from greenroom.step import Query, Step

# What a step leaves in place of rows: BigQuery keeps those.
RECEIPT = "bigquery.receipt"


class BigQueryWarehouse:
    def __init__(self, step: Step) -> None:
        self.step = step
        self.client = connect(step)
        self.errors = need("google.api_core.exceptions")

    def count(self, table: str, where: str | None) -> int:
        condition = f"\nWHERE {where}" if where else ""
        text = f"SELECT COUNT(*) AS found FROM {self._quoted(table)}{condition}"
        try:
            rows = list(self._run(text, self._config(text)).result())
        except self.errors.NotFound as error:
            raise NotYet(f"looked for rows in {table}, but there is no table `{table}`") from error
        except self.errors.GoogleAPIError as error:
            raise explain(error, text) from error
        return int(rows[0][0])

    def write_table(self, query: Query, table: str, partition: Partition | None, path: Path) -> int:
        config = self._config(query.text)
        name = self._name(table)
        config.write_disposition = "WRITE_TRUNCATE"
        if partition is None:
            job = self._query(query, query.text, config, destination=name)
        else:
            day = _day(partition)
            bigquery = need("google.cloud.bigquery")
            config.time_partitioning = bigquery.TimePartitioning(field=partition.column)
            # Checked in the statement that writes: one scan, and nothing is written where a row is wrong.
            column = partition.column.replace("\\", "\\\\").replace("`", "\\`")
            wrong = f"a row does not belong to the partition of {day}"
            text = (
                f"SELECT * FROM (\n{query.text}\n) WHERE IF(`{column}` IS NOT DISTINCT FROM DATE '{day}', "
                f"TRUE, ERROR('{wrong}'))"
            )
            job = self._query(query, text, config, destination=f"{name}${day:%Y%m%d}", lines_before=1)
        return self._receipt(path, table, partition, job.result().total_rows, job.job_id)

    def export(self, query: Query, format: str, path: Path) -> int:
        job = self._query(query, query.text, self._config(query.text))
        return export.write(job.result(), query.text, format, path)

    def load(self, load: Load, table: str, path: Path) -> int:
        name = self._name(table)
        try:
            job = load_files(self.client, load, name, self.step.environ["GREENROOM_TOKEN"])
            rows = self.client.get_table(name).num_rows
        except self.errors.GoogleAPIError as error:
            raise explain(error, "") from error
        return self._receipt(path, table, None, rows, job.job_id)

    def show(self, query: Query, limit: int) -> dict[str, Any]:
        rows = self._query(query, query.text, self._config(query.text)).result()
        columns = [{"name": field.name, "type": field.field_type} for field in rows.schema]
        total = rows.total_rows
        shown = [[export.plain(value) for value in row.values()] for _, row in zip(range(limit), rows)]
        return {"columns": columns, "rows": shown, "total": total}

    def _query(self, query: Query, text: str, config: Any, destination: str | None = None, lines_before: int = 0) -> Any:
        """A job that has ended well."""
        if destination is not None:
            config.destination = destination
        try:
            job = self._run(text, config)
            job.result()
        except self.errors.GoogleAPIError as error:
            raise query.locate(explain(error, query.text, lines_before)) from error
        for read in job.referenced_tables or []:
            self.step.reads.append(f"{read.dataset_id}.{read.table_id}")
        return job

    def _run(self, text: str, config: Any) -> Any:
        return self.client.query(text, job_config=config)

    def _config(self, text: str) -> Any:
        bigquery = need("google.cloud.bigquery")
        config = bigquery.QueryJobConfig(query_parameters=parameters(text, self.step.params))
        config.use_query_cache = False
        return config

    def _quoted(self, table: str) -> str:
        return f"`{table}`"

    def _name(self, table: str) -> str:
        """With its project; its dataset is made where it is not there yet."""
        dataset = f"{self.client.project}.{table.split('.')[0]}"
        try:
            self.client.create_dataset(dataset, exists_ok=True)
        except self.errors.GoogleAPIError as error:
            raise Problem(f"the dataset {dataset} cannot be made: {explain(error, '').message}") from error
        return f"{self.client.project}.{table}"

    def _receipt(self, path: Path, table: str, partition: Partition | None, rows: int, job: str) -> int:
        path.mkdir(parents=True, exist_ok=True)
        of = {"column": partition.column, "value": partition.value} if partition else None
        record = {"project": self.client.project, "table": table, "partition": of, "rows": rows, "job": job}
        (path / RECEIPT).write_text(json.dumps(record), encoding="utf-8")
        return rows


def _day(partition: Partition) -> datetime.date:
    try:
        return datetime.date.fromisoformat(partition.value)
    except ValueError as error:
        raise Problem(
            f"`{partition.value}` is no date, and a table of BigQuery is replaced by days",
            "partition by a DATE column",
        ) from error
