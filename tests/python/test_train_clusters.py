"""`segment train clusters` finds what was planted, and nothing where nothing was."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from cluster_worlds import DATES, NULLS, Floats, Integers, planted
from cluster_worlds import gradient as gradient_world
from segmentation.profiles import Profile
from segmentation.train.clusters import past_quarters
from segmentation.train.clusters.agreement import adjusted_rand, crossed, overlaps
from segmentation.train.clusters.decision import Candidate, choose, decide
from segmentation.train.clusters.errors import (
    HistoryTooShortError,
    ParametersUnreadableError,
)
from segmentation.train.clusters.gate import Verdict
from segmentation.train.clusters.labels import match_ids, name_cluster
from segmentation.train.clusters.nulls import copula, gaussian, gradient
from segmentation.train.clusters.outcomes import learn_weights
from segmentation.train.clusters.panel import Panel, Period
from segmentation.train.clusters.parameters import (
    LABELS,
    PARAMETERS,
    read_labels,
    read_parameters,
)
from segmentation.train.clusters.scaling import fit_scaling
from segmentation.train.clusters.settings import Settings
from segmentation.train.clusters.source import training_dates
from segmentation.train.clusters.stability import Stability
from segmentation.train.clusters.train import (
    ClusterTraining,
    Later,
    publish,
    train_panel,
)

# Fewer resamples and draws than in earnest; the demands are the same.
FEW = Settings(cluster_counts=(4, 5), starts=4, bootstraps=4, nulls=4)
ONE = replace(FEW, cluster_counts=(5,), nulls=1)


@pytest.fixture(scope="module")
def world() -> tuple[Panel, Integers]:
    return planted(0.35, 1400, np.random.default_rng(5))


def test_planted_clusters_are_found(
    world: tuple[Panel, Integers],
) -> None:
    panel, members = world
    found = decide(panel, FEW)
    assert found.chosen
    assert found.chosen.verdict.count == 5
    assert adjusted_rand_score(members, found.labels) > 0.9


@pytest.mark.parametrize("name", NULLS)
def test_what_has_no_clusters_is_refused(name: str) -> None:
    found = decide(NULLS[name](1400, np.random.default_rng(3)), FEW)
    assert found.candidates
    assert found.chosen is None
    assert all(candidate.verdict.failures for candidate in found.candidates)


def test_agreement_alone_would_let_a_gradient_pass() -> None:
    """A line cut into pieces comes back each time; only the null says that it must."""
    lenient = replace(FEW, cluster_counts=(4,), min_excess=-1.0)
    panel = gradient_world(1400, np.random.default_rng(3), steepness=8)
    assert decide(panel, lenient).chosen
    [refused] = decide(panel, replace(lenient, min_excess=0.1)).candidates
    assert len(refused.verdict.failures) == 1
    assert " null " in refused.verdict.failures[0]


def test_the_same_rows_give_the_same_bytes(
    world: tuple[Panel, Integers], tmp_path: Path
) -> None:
    texts = []
    for name in ("one", "other"):
        folder = tmp_path / name
        files = publish(_train(world[0], folder), folder)
        # Again, where the first run has published: ids and names stay.
        publish(_train(world[0], folder), folder)
        texts.append([file.read_bytes() for file in files])
    assert texts[0] == texts[1]
    assert texts[0][0].count(b"\n") == 1 + 5 * len(
        {row.feature for row in read_parameters(tmp_path / "one" / PARAMETERS)}
    )


def test_a_cluster_that_overlaps_keeps_its_id_and_others_retire(
    world: tuple[Panel, Integers], tmp_path: Path
) -> None:
    panel, members = world
    publish(_train(panel, tmp_path), tmp_path)
    labels = (tmp_path / LABELS).read_text()
    edited = labels.replace(read_labels(tmp_path / LABELS)[0].segment_code, "reviewed")
    (tmp_path / LABELS).write_text(edited)
    # A quarter later the largest cluster has moved away, in all it shows.
    later = replace(
        panel,
        dates=(DATES[1], DATES[2], date(2024, 12, 31)),
        logs=panel.logs + 9.0 * (members == 0)[:, None],
        before=replace(
            panel.before, logs=panel.before.logs + 9.0 * (members == 0)[:, None]
        ),
    )
    trained = _train(later, tmp_path)
    publish(trained, tmp_path)
    assert trained.before == "2024-09-30"
    rows = read_labels(tmp_path / LABELS)
    retired = {row.cluster_id for row in rows if row.retired_version}
    new = {row.cluster_id for row in rows if row.first_version == "2024-12-31"}
    assert "reviewed" in {row.segment_code for row in rows}
    assert [row.cluster_id for row in rows] == [str(n + 1) for n in range(len(rows))]
    assert new.isdisjoint(retired)
    versions = {row.version for row in read_parameters(tmp_path / PARAMETERS)}
    assert versions == {"2024-09-30", "2024-12-31"}


def later(training: ClusterTraining) -> Later:
    return Later(training.parameters, training.labels, training.version)


def test_a_quarter_before_is_named_after_the_one_behind_it(
    world: tuple[Panel, Integers], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, members = world
    newest = _train(panel, tmp_path)
    # A quarter before, the largest cluster was elsewhere in all it shows.
    away = 9.0 * (members == 0)[:, None]
    past = replace(
        panel,
        dates=(date(2023, 12, 31), DATES[0], DATES[1]),
        logs=panel.logs + away,
        before=replace(panel.before, logs=panel.before.logs + away),
    )
    older = train_panel(past, "shop", "behavior", tmp_path, ONE, later=later(newest))
    assert older.matched
    assert sorted(older.matched.ids)[-1] == 6
    publish(newest, tmp_path, older)
    rows = read_parameters(tmp_path / PARAMETERS)
    by_version = {
        version: {row.cluster_id for row in rows if row.version == version}
        for version in ("2024-06-30", "2024-09-30")
    }
    assert by_version["2024-09-30"] == {"1", "2", "3", "4", "5"}
    assert len(by_version["2024-06-30"] & by_version["2024-09-30"]) == 4
    # What is published of a quarter stays; the panel is asked for the one before it.
    again = _train(panel, tmp_path)
    asked = []

    def too_short(_profile: object, _set: str, day: date) -> Panel:
        asked.append(day)
        raise HistoryTooShortError([], 90)

    monkeypatch.setattr(past_quarters, "read_panel", too_short)
    profile = Profile(tmp_path, "shop", "dev", {"type": "duckdb"}, tmp_path)
    assert past_quarters.backfill(profile, again) == (again,)
    assert asked == [date(2024, 3, 31)]
    labels = {row.cluster_id: row for row in read_labels(tmp_path / LABELS)}
    assert labels["6"].first_version == "2024-06-30"
    assert labels["6"].retired_version == "2024-09-30"
    assert [row.retired_version for row in labels.values()].count("") == 5
    [alone] = by_version["2024-09-30"] - by_version["2024-06-30"]
    assert labels[alone].first_version == "2024-09-30"
    assert {row.first_version for row in labels.values()} == {
        "2024-06-30",
        "2024-09-30",
    }
    # A refusal takes nothing from the versions behind it.
    null = replace(NULLS["Gaussian"](1400, np.random.default_rng(3)), dates=past.dates)
    refused = train_panel(null, "shop", "behavior", tmp_path, ONE, later=later(newest))
    assert refused.matched is None
    assert refused.parameters == newest.parameters
    assert refused.labels == newest.labels


def test_a_refusal_leaves_rules_and_says_why(
    world: tuple[Panel, Integers], tmp_path: Path
) -> None:
    publish(_train(world[0], tmp_path), tmp_path)
    files = publish(
        _train(NULLS["Gaussian"](1400, np.random.default_rng(3)), tmp_path), tmp_path
    )
    assert read_parameters(tmp_path / PARAMETERS) == []
    assert all(row.retired_version for row in read_labels(tmp_path / LABELS))
    card = files[2].read_text()
    assert "Refused: rules fill the set" in card
    assert "agreement of resamples" in card


def test_rows_of_two_trainings_are_refused(
    world: tuple[Panel, Integers], tmp_path: Path
) -> None:
    publish(_train(world[0], tmp_path), tmp_path)
    lines = (tmp_path / PARAMETERS).read_text().splitlines()
    rows = read_parameters(tmp_path / PARAMETERS)
    edited = f"{rows[3].centroid[:-1]}{9 - int(rows[3].centroid[-1])}"
    for wrong in (
        [*lines[:4], lines[4].replace(rows[3].centroid, edited), *lines[5:]],
        lines[:-1],
    ):
        (tmp_path / PARAMETERS).write_text("\n".join(wrong) + "\n")
        with pytest.raises(ParametersUnreadableError, match="fingerprint"):
            _train(world[0], tmp_path)


def test_the_rand_index_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    for _ in range(20):
        one, other = random.integers(0, 4, 50), random.integers(0, 6, 50)
        assert adjusted_rand(crossed(one, other, 4, 6)) == pytest.approx(
            adjusted_rand_score(one, other)
        )


def test_overlap_is_shared_customers_over_all_of_both() -> None:
    table = crossed(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2, 2)
    assert overlaps(table).tolist() == [[2 / 3, 1 / 4], [0, 1 / 2]]


def test_a_weight_is_the_root_of_what_a_feature_explains() -> None:
    random = np.random.default_rng(2)
    signal, noise = random.standard_normal((2, 100_000))
    outcome = 3 * signal + 4 * random.standard_normal(100_000)  # explains 9 of 25
    weak = signal + np.sqrt(3) * noise  # shares a quarter of its variance
    features = np.stack([signal, weak, random.standard_normal(100_000)], axis=1)
    weights = learn_weights(features, Period(features, outcome[:, None]))
    # 9/25 and a quarter of it; the mean square is 1 over three features.
    strong = np.sqrt(3 * 0.8)
    assert weights[:2] == pytest.approx([strong, strong / 2], abs=0.02)
    assert weights[2] < 0.02


def test_scaling_is_winsorised_clipped_and_unknown_lies_at_the_mean() -> None:
    logs = np.append(np.arange(101.0), 1e6)[:, None]
    scaling = fit_scaling(logs, np.array([2.0]))
    inside = np.clip(logs, *np.quantile(logs, [0.01, 0.99]))
    assert scaling.mean[0] == pytest.approx(inside.mean())
    assert scaling.scale[0] == pytest.approx(inside.std())
    points = scaling.points(np.array([[np.nan], [1e9], [-1e9]]))[:, 0]
    highest, lowest = (inside.max(), inside.min())
    assert points == pytest.approx(
        [0.0, *(2 * (end - inside.mean()) / inside.std() for end in (highest, lowest))]
    )
    far = fit_scaling(np.append(np.zeros(90), np.full(10, 5.0))[:, None], np.ones(1))
    assert far.points(np.array([[5.0]]))[0, 0] == pytest.approx(3.0)


def test_nulls_keep_what_they_promise() -> None:
    random = np.random.default_rng(4)
    points = random.standard_normal((20_000, 3)) @ np.array(
        [[3, 1, 0], [0, 1, 0.5], [0, 0, 0.2]]
    )
    covariance = np.cov(points, rowvar=False)
    for null in (gaussian, gradient):
        drawn = null(points, random)
        assert np.cov(drawn, rowvar=False) == pytest.approx(covariance, abs=0.3)
        assert drawn.mean(axis=0) == pytest.approx(points.mean(axis=0), abs=0.1)
    counts = np.floor(np.exp(points))
    drawn = copula(counts, random)
    assert (np.sort(drawn, axis=0) == np.sort(counts, axis=0)).all()
    # Ranks are tied as before; they are no longer tied row by row.
    amounts = np.exp(points)
    before = _rank_correlation(amounts)
    after = _rank_correlation(copula(amounts, random))
    assert after == pytest.approx(before, abs=0.05)
    assert not (drawn == counts).all(axis=1).mean() > 0.5


def test_the_fewest_clusters_within_a_standard_error_are_chosen() -> None:
    def candidate(count: int, share: float, *failures: str) -> Candidate:
        stability = Stability(1.0, np.ones(count))
        verdict = Verdict(count, stability, 500, 1.0, 1.0, {}, failures)
        return Candidate(verdict, share, 0.02, np.zeros((count, 2)))

    few = [candidate(4, 0.45), candidate(5, 0.49), candidate(6, 0.50)]
    found = choose([*few, candidate(7, 0.60, "too small")])
    assert found
    assert found.verdict.count == 5
    assert choose([candidate(4, 0.5, "too small")]) is None


def test_ids_follow_the_customers_one_to_one() -> None:
    old = np.repeat([0, 1, 2], [100, 100, 100])
    # The first is whole, the second lost half of itself and a third joined it.
    new = np.concatenate(
        [np.full(100, 2), np.full(49, 0), np.full(51, 1), np.full(100, 1)]
    )
    matched = match_ids(old, (4, 5, 9), new, 3, [4, 5, 9, 12])
    assert matched.ids == (13, 9, 4)
    assert matched.overlaps == pytest.approx((0.0, 100 / 151, 1.0))


def test_names_say_what_differs_most_and_are_never_taken_twice() -> None:
    features = ("order_count_90d", "discount_share", "page_count_90d")
    weight = np.array([2.0, 1.0, 1.0])
    centroid = np.array([-1.0, 0.8, 0.1])
    code, label = name_cluster(centroid, weight, features, ())
    assert (code, label) == (
        "low_order_count_high_discount_share",
        "Low order count, high discount share",
    )
    other, _ = name_cluster(centroid, weight, features, {code})
    assert other == f"{code}_2"
    assert name_cluster(np.zeros(3), weight, features, ())[0] == "average"


def test_three_dates_are_a_quarter_apart() -> None:
    panel = [date(2017, month, day) for month, day in ((3, 31), (6, 30), (9, 30))]
    assert training_dates([*panel, date(2017, 10, 31), date(2017, 12, 31)]) == (
        *panel[1:],
        date(2017, 12, 31),
    )
    with pytest.raises(HistoryTooShortError, match="2017-06-30, 2017-09-30"):
        training_dates(panel[1:])


def _train(panel: Panel, folder: Path) -> ClusterTraining:
    folder.mkdir(exist_ok=True)
    return train_panel(panel, "shop", "behavior", folder, ONE)


def _rank_correlation(values: Floats) -> object:
    ranks = values.argsort(axis=0).argsort(axis=0)
    return np.corrcoef(ranks, rowvar=False)
