"""The only module that builds Beam pipelines. Which runner they run on is said in one place: SCIENCE_RUNNER."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import tempfile
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import GoogleCloudOptions, PipelineOptions

from . import files

if TYPE_CHECKING:
    from .transformer import Transformer

# Beam's DirectRunner first tries to download a runner of another language; this is what it falls back to.
HERE = {"DirectRunner": "apache_beam.runners.portability.fn_api_runner.FnApiRunner"}


def options() -> PipelineOptions:
    """SCIENCE_RUNNER is a runner's name and its options: `DataflowRunner --project=… --temp_location=gs://…`."""
    runner, *rest = shlex.split(os.environ.get("SCIENCE_RUNNER", "")) or ["DirectRunner"]
    found = PipelineOptions([f"--runner={HERE.get(runner, runner)}", *rest])
    if runner not in HERE and not found.view_as(GoogleCloudOptions).temp_location:
        raise ValueError(f"SCIENCE_RUNNER: {runner} works elsewhere, so it needs --temp_location=gs://… to answer to")
    return found


def summary(path: str, steps: tuple[Transformer, ...], step: Transformer) -> Any:
    chosen = options()
    with scratch(chosen) as folder:
        with beam.Pipeline(options=chosen) as pipeline:
            found = batches(pipeline, path, steps) | "Learn" >> beam.CombineGlobally(Summary(step))
            one_file = {"num_shards": 1, "shard_name_template": ""}
            found | "JSON" >> beam.Map(json.dumps) | "Answer" >> beam.io.WriteToText(f"{folder}/summary", **one_file)
        return json.loads(files.read_text(f"{folder}/summary"))


def write(source: str | pa.Table, steps: tuple[Transformer, ...], schema: pa.Schema, to: str) -> None:
    files.check_target(to)
    with beam.Pipeline(options=options()) as pipeline:
        found = batches(pipeline, source, steps)
        found | "Schema" >> beam.Map(pa.Table.cast, schema) | "Write" >> files.sink(to, schema)


def batches(pipeline: beam.Pipeline, source: str | pa.Table, steps: tuple[Transformer, ...]) -> beam.PCollection:
    if isinstance(source, str):
        found = (
            pipeline
            | "Files" >> beam.Create(files.matching(source))
            | "Pieces" >> beam.FlatMap(files.pieces)
            | "Spread" >> beam.Reshuffle()
            | "Read" >> beam.FlatMap(files.batches, files.schema(source))
        )
    else:
        found = pipeline | "Rows" >> beam.Create([source])
    return found | "Steps" >> beam.Map(through, steps)


def through(batch: pa.Table, steps: tuple[Transformer, ...]) -> pa.Table:
    for step in steps:
        batch = step.apply(batch)
    return batch


class Summary(beam.CombineFn):
    """Summaries are merged in whatever tree the runner likes; None is that of no rows."""

    def __init__(self, step: Transformer) -> None:
        self.step = step

    def create_accumulator(self) -> Any:
        return None

    def add_input(self, found: Any, batch: pa.Table) -> Any:
        return self.merge_accumulators([found, self.step.learn(batch)])

    def merge_accumulators(self, summaries: Any) -> Any:
        found = None
        for summary in summaries:
            if summary is not None:
                found = summary if found is None else self.step.merge(found, summary)
        return found

    def extract_output(self, found: Any) -> Any:
        return found


@contextlib.contextmanager
def scratch(chosen: PipelineOptions) -> Iterator[str]:
    """A folder that the workers and this process both reach."""
    shared = chosen.view_as(GoogleCloudOptions).temp_location
    if not shared:
        with tempfile.TemporaryDirectory() as folder:
            yield folder
        return
    folder = f"{shared.rstrip('/')}/science-{uuid.uuid4().hex}"
    try:
        yield folder
    finally:
        # Gone already, or never there, where the job failed: that error is the one to show.
        with contextlib.suppress(Exception):
            FileSystems.delete([f"{folder}/"])
