"""Decides from the outcome of a dbt run whether its served tables may be released.

A release rests on the served models, a few models that speak for it, and all their
ancestors, which must not fail, and on the tests of these. A test is theirs when it is
attached to one of them or, attached to nothing, reads nothing else. A singular test of
the served models' own package that reads something else as well may be skipped and must
not fail. Whatever else there is, such as a failing model of an adopter, has no
influence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from segmentation.release.run import Node, Run

RELEASES = "measurement__releases"
RELEASE_SOURCES = "measurement__release_sources"
PUBLISHED_MEMBERSHIPS = "measurement__published_memberships"
PUBLISHED_DATES = "measurement__published_dates"
ROLLBACKS = "measurement__rollbacks"
SERVINGS = "measurement__servings"
SOURCE_AUDIT = "measurement__source_audit"
MEMBERSHIPS = "segments__memberships"
DEFINITIONS = "segments__definitions"
AUDIENCE_CHANGES = "activation__audience_changes"
RELEASED_CHANGES = "activation__released_changes"
QUARTER_FORECASTS = "int_measurement__quarter_forecasts"
FORECASTS = "measurement__forecasts"
SEALED_CONTENT = "int_measurement__sealed_content"
SEALS = "measurement__seals"
# What a release writes or records, which release tests compare with, and what the input
# set aside: no served model reads the quarantine, and nothing may be released while its
# tests fail.
SPEAKING = frozenset(
    {
        RELEASES,
        RELEASE_SOURCES,
        PUBLISHED_MEMBERSHIPS,
        PUBLISHED_DATES,
        ROLLBACKS,
        SERVINGS,
        SOURCE_AUDIT,
        DEFINITIONS,
        RELEASED_CHANGES,
        QUARTER_FORECASTS,
        FORECASTS,
        SEALED_CONTENT,
        SEALS,
        "input__quarantine",
    }
)
TESTS = frozenset({"test", "unit_test"})

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
    packages = {node.package for node in run.nodes if node.serving}
    required = [node for node in run.nodes if _must_run(node, scope)]
    absent = [node for node in required if not node.is_selected]
    if absent:
        return Decision(Verdict.PARTIAL, _partial_message(run, required, absent))
    failed = [
        node
        for node in run.nodes
        if _is_failed(node) and _must_not_fail(node, scope, packages)
    ]
    skipped = [
        node
        for node in run.nodes
        if _is_skipped(node) and (_must_run(node, scope) or node.unique_id in scope)
    ]
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
        bool(node.serving) or node.name in SPEAKING
    )


def _is_test_of(node: Node, scope: frozenset[str]) -> bool:
    owners = (node.attached_node,) if node.attached_node else node.depends_on
    return bool(owners) and all(owner in scope for owner in owners)


def _must_run(node: Node, scope: frozenset[str]) -> bool:
    if node.resource_type in TESTS:
        return (
            node.resource_type == "test"
            and node.severity == "error"
            and _is_test_of(node, scope)
        )
    return _is_root(node)


def _must_not_fail(node: Node, scope: frozenset[str], packages: set[str]) -> bool:
    if node.resource_type not in TESTS:
        return node.unique_id in scope
    reads_beyond = (
        not node.attached_node
        and node.package in packages
        and any(parent in scope for parent in node.depends_on)
    )
    return reads_beyond or _is_test_of(node, scope)


def _is_failed(node: Node) -> bool:
    return node.status is not None and node.status not in PASSED | {SKIPPED}


def _is_skipped(node: Node) -> bool:
    """Whether dbt was to run it and did not; it never runs an ephemeral model."""
    return node.is_selected and not node.is_ephemeral and node.status in {None, SKIPPED}


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
