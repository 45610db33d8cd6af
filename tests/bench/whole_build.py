"""One build of a warehouse in a process of its own; prints what it cost as JSON.

python tests/bench/whole_build.py warehouse.duckdb --months 0 --as-of 2025-12-16
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

from lower_bound import SCHEMA
from nightly_costs import Costs
from segmentation.release import files

MEMBERSHIPS = "segments__memberships"


@dataclass(frozen=True)
class WholeBuild:
    """What a build cost, in CPU seconds unless said otherwise.

    Attributes:
        by_node: Of each node, by its name.
        by_folder: Of the nodes of a folder, of tests, and of `other`.
        to_memberships: Of the models and seeds that the memberships rest on, and of
            them; no tests.
        copied: Wall seconds of writing each served table.
        replaced: Wall seconds of putting the finished files in place, at most.
        queries: SQL of models and tests, by name; not that of views.
    """

    by_node: dict[str, float]
    by_folder: dict[str, float]
    to_memberships: float
    copied: dict[str, float] = field(default_factory=dict)
    replaced: float = 0.0
    queries: dict[str, str] = field(default_factory=dict)


def build(warehouse: Path, months: int, as_of: date, *options: str) -> WholeBuild:
    """Build a warehouse whose raw tables are there, test it and publish."""
    costs = Costs(warehouse, months, SCHEMA)
    above = costs.ancestors(MEMBERSHIPS)
    copied: dict[str, float] = {}
    replaced = [0.0]

    def table_written(seconds: float, _: object, table: Any, *__: object) -> None:
        copied[table.name] = seconds

    def file_replaced(seconds: float, *_: object) -> None:
        replaced.append(seconds)

    # Publishing says nothing of its parts, and nobody but this needs them.
    name = "_write_table"
    setattr(files, name, _timed(getattr(files, name), table_written))
    setattr(files, "replace", _timed(files.replace, file_replaced))  # noqa: B010
    done = costs.build(as_of, *options)
    return WholeBuild(
        done.by_node,
        done.by_folder,
        sum(seconds for name, seconds in done.by_node.items() if name in above),
        copied,
        max(replaced),
        done.queries,
    )


def _timed(
    function: Callable[..., Any], note: Callable[..., None]
) -> Callable[..., Any]:
    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        value = function(*arguments, **named)
        note(time.perf_counter() - started, *arguments)
        return value

    return timed


def main() -> None:
    """Build and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--months", type=int, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--full-refresh", action="store_true")
    options = parser.parse_args()
    words = ["--full-refresh"] if options.full_refresh else []
    done = build(options.warehouse, options.months, options.as_of, *words)
    print(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
