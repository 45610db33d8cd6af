"""Turns what dbt says about a broken project into plain sentences."""

import re
from collections.abc import Iterator

from segmentation.errors import sentence

_MISSING_MODEL = re.compile(r"depends on a node named 'stg_(\w+?)__(\w+)'")
_MISSING_SOURCE = re.compile(
    r"\((\S+)\)\s+depends on a source named '([^'.]+)\.([^'.]+)'"
)
_MISSING_ADAPTER = re.compile(r"Could not find adapter type (\w+)")
# What the package's own extra installs; other adapters are packages of their own.
_ADAPTERS = {"postgres": "segmentation[postgres]"}
_TRACE = re.compile(r"^\s*> (?:in macro|called by) .*$", re.MULTILINE)
_LIST = "nothing was run:"
# dbt indents a message once more where it names the model that it comes from.
_ITEM = re.compile(r"\n +- ")


def sentences(text: str) -> Iterator[str]:
    """Yield the faults that a message of dbt names, each as one sentence or two.

    Args:
        text: Message of an exception, on several lines.
    """
    text = _TRACE.sub("", text)
    if model := _MISSING_MODEL.search(text):
        source, entity = model.groups()
        yield (
            f"segmentation_sources.{entity} names '{source}', and there is no model "
            f"stg_{source}__{entity} in use. Correct the name, or write that model."
        )
    elif raw := _MISSING_SOURCE.search(text):
        file, source, table = raw.groups()
        yield (
            f"{file} reads the source {source}.{table}, which no YAML file declares. "
            "Correct the name, or declare it under `sources:`."
        )
    elif adapter := _MISSING_ADAPTER.search(text):
        package = _ADAPTERS.get(adapter[1], f"dbt-{adapter[1]}")
        yield (
            f"The target is of type {adapter[1]}, whose dbt adapter is not installed. "
            f"Install it with `pip install {package}`."
        )
    elif _LIST in text:
        for item in _ITEM.split(text.split(_LIST, 1)[1]):
            if item.strip():
                yield sentence(item)
    else:
        yield sentence(text)
