"""Says which sources are stale, by the `freshness` of their YAML as dbt reads it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dbt.artifacts.resources.v1.components import FreshnessThreshold
from dbt.artifacts.schemas.freshness import FreshnessNodeResult, SourceFreshnessResult
from dbt.contracts.graph.manifest import Manifest

from segmentation.errors import sentence
from segmentation.refresh.ends import SOURCE, End

# What dbt says of a table without rows.
NEVER = datetime.min.replace(tzinfo=UTC)


def has_checks(manifest: Manifest) -> bool:
    """Whether any source says how old its newest row may be."""
    return any(source.has_freshness for source in manifest.sources.values())


def source_ends(results: Sequence[FreshnessNodeResult]) -> tuple[End, ...]:
    """Return how the check of each source ended, in the order of their names.

    Hooks that ran beside them are left out: the build runs them too.
    """
    ends = [_end(each) for each in results if each.node.resource_type == SOURCE]
    return tuple(sorted(ends, key=lambda end: end.name))


def _end(result: FreshnessNodeResult) -> End:
    node: Any = result.node
    name = f"{node.source_name}.{node.name}"
    status = str(result.status)
    if isinstance(result, SourceFreshnessResult):
        message = _age(result, node.freshness) if status in {"warn", "error"} else ""
    else:
        message = sentence(result.message or "its newest row could not be found")
    return End(SOURCE, name, status, message)


def _age(result: SourceFreshnessResult, expected: FreshnessThreshold) -> str:
    limits = []
    for name in ("warn_after", "error_after"):
        limit = getattr(expected, name)
        if limit:
            limits.append(f"{name}: {limit.count} {limit.period}")
    newest = result.max_loaded_at.replace(tzinfo=UTC)
    found = (
        "it has no rows"
        if newest == NEVER
        else f"its newest row was loaded at {newest:%Y-%m-%d %H:%M} UTC, "
        f"{result.age / 3600:,.1f} hours ago"
    )
    return f"stale, {found}; expected {', '.join(limits)}."
