"""What a project of your own must say once, so that its trained seeds are read."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from segmentation.train.dataset import PACKAGE


def lines_to_add(project_dir: Path, written: Iterable[Path]) -> str:
    """Return what dbt_project.yml lacks; empty where nothing.

    The package has seeds of the same names, which its models read until the project
    switches them off. Types, schema and tests then are those of the package.

    Args:
        project_dir: Folder of the project that seeds were written into.
        written: Files that training wrote; those that are no seeds are passed over.
    """
    file = project_dir / "dbt_project.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if content["name"] == PACKAGE:
        return ""
    known = (content.get("seeds") or {}).get(PACKAGE) or {}
    lines = [
        f"    {name}: {{+enabled: false}}"
        for name in sorted(file.stem for file in written if file.suffix == ".csv")
        if (known.get(name) or {}).get("+enabled") is not False
    ]
    return "\n".join(["seeds:", f"  {PACKAGE}:", *lines]) if lines else ""
