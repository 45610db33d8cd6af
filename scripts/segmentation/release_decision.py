"""Decides from the outcome of a dbt run whether its served tables may be released.

A release rests on the served models, the models whose rows it records, and all their
ancestors. A test belongs to it when it is attached to one of these or, if it is
attached to nothing, when everything it reads is among these. Anything else, such as a
failing model beside the project's, has no influence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from segmentation.release_run import Node, Run

RELEASES = "measurement__releases"
RELEASE_SOURCES = "measurement__release_sources"
SOURCE_AUDIT = "measurement__source_audit"
DEFINITIONS = "segments__definitions"
RECORDED = frozenset({RELEASES, RELEASE_SOURCES, SOURCE_AUDIT, DEFINITIONS})

PASSED = frozenset({"success", "pass", "warn", "no-op", "reused"})
SKIPPED = "skipped"
NAMED_AT_MOST = 5


class Verdict(StrEnum):
    """What may happen to the served files after a run."""

    RELEASE = "release"
    PARTIAL = "partial"
    REFUSED = "refused"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Decision:
    """A verdict and the line that explains it; empty when a release may follow."""

    verdict: Verdict
    message: str = ""


def decide(run: Run) -> Decision:
    """Judge one run.

    Args:
        run: The run with every node of its graph.

    Returns:
        RELEASE when everything the release rests on passed, PARTIAL when some of it
        was not part of the run, REFUSED when all of it was and something did not
        pass, NOTHING when no model is served.
    """
    if not any(node.serving for node in run.nodes):
        return Decision(
            Verdict.NOTHING, "nothing to release: no model sets `meta.serving`"
        )
    if run.is_sample:
        return Decision(
            Verdict.PARTIAL,
            "not released (partial): `--empty` and `--sample` leave rows out; run "
            "`dbt build` without them to release",
        )
    scope = release_scope(run)
    members = [node for node in run.nodes if _belongs(node, scope)]
    required = [node for node in members if _is_required(node)]
    absent = [node for node in required if not node.is_selected]
    if absent:
        return Decision(Verdict.PARTIAL, _partial_message(run, required, absent))
    failed = [node for node in members if _is_failed(node)]
    skipped = [node for node in members if _is_skipped(node)]
    if failed or skipped:
        return Decision(Verdict.REFUSED, _refused_message(failed, skipped))
    return Decision(Verdict.RELEASE)


def release_scope(run: Run) -> frozenset[str]:
    """Unique ids of the served and recorded models and of all their ancestors."""
    parents = {node.unique_id: node.depends_on for node in run.nodes}
    scope: set[str] = set()
    todo = [node.unique_id for node in run.nodes if _is_root(node)]
    while todo:
        unique_id = todo.pop()
        if unique_id not in scope:
            scope.add(unique_id)
            todo.extend(parents.get(unique_id, ()))
    return frozenset(scope)


def _is_root(node: Node) -> bool:
    return node.resource_type == "model" and (
        bool(node.serving) or node.name in RECORDED
    )


def _belongs(node: Node, scope: frozenset[str]) -> bool:
    if node.resource_type not in {"test", "unit_test"}:
        return node.unique_id in scope
    owners = (node.attached_node,) if node.attached_node else node.depends_on
    return bool(owners) and all(owner in scope for owner in owners)


def _is_required(node: Node) -> bool:
    """Whether a release needs this member to have run at all."""
    if node.resource_type == "test":
        return node.severity == "error"
    return _is_root(node)


def _is_failed(node: Node) -> bool:
    return node.status is not None and node.status not in PASSED | {SKIPPED}


def _is_skipped(node: Node) -> bool:
    """Whether a member that had to pass was selected and yet did not run."""
    if node.is_ephemeral or not node.is_selected:
        return False
    may_be_left_out = node.resource_type == "unit_test" or (
        node.resource_type == "test" and node.severity != "error"
    )
    return not may_be_left_out and node.status in {None, SKIPPED}


def _partial_message(run: Run, required: list[Node], absent: list[Node]) -> str:
    def count(nodes: Iterable[Node], *, tests: bool) -> int:
        return sum((node.resource_type == "test") == tests for node in nodes)

    return (
        f"not released (partial): `dbt {run.command}` left out "
        f"{count(absent, tests=False)} of {count(required, tests=False)} models and "
        f"{count(absent, tests=True)} of {count(required, tests=True)} tests that a "
        "release needs; `dbt build` without a selection releases"
    )


def _refused_message(failed: list[Node], skipped: list[Node]) -> str:
    named = failed or skipped
    names = ", ".join(
        f"{node.name} ({node.status or SKIPPED})" for node in named[:NAMED_AT_MOST]
    )
    if len(named) > NAMED_AT_MOST:
        names += f" and {len(named) - NAMED_AT_MOST} more"
    if failed and skipped:
        names += f"; {len(skipped)} skipped"
    return (
        f"not released: a release needs all of its models and tests to pass, and "
        f"{len(named)} did not: {names}. The last good release is untouched. Mend "
        "what failed and run `dbt build` again"
    )
