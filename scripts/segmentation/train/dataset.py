"""Which data set weights are published for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from segmentation.train.errors import DatasetUnknownError

VARIABLE = "segmentation_dataset"
PACKAGE = "segmentation"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def find_dataset(project_dir: Path, given: str | None) -> str:
    """Return the name that was given, or that of the project's variables.

    Raises:
        DatasetUnknownError: There is none, or it cannot be part of a file's name.
    """
    name = given if given is not None else _of_project(project_dir / "dbt_project.yml")
    if not name or not _NAME.fullmatch(name):
        raise DatasetUnknownError(f"'{name}'" if name else "nothing")
    return name


def _of_project(file: Path) -> str | None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    variables: Mapping[str, Any] = content.get("vars") or {}
    # For models of a package dbt reads its scope first, then the general one.
    for scope in (PACKAGE, None):
        values = variables.get(scope) if scope else variables
        if isinstance(values, Mapping) and values.get(VARIABLE) is not None:
            return str(values[VARIABLE])
    return None
