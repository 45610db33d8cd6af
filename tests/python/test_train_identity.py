"""`segment train identity` finds the numbers that pairs were drawn with."""

import csv
import json
import random
from collections.abc import Callable
from dataclasses import replace
from math import log2
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result

from segmentation.cli import cli
from segmentation.connections import open_postgres
from segmentation.profiles import load_profile
from segmentation.train.errors import TrainingRefusedError
from segmentation.train.expectation import STARTS, Start, fit_all
from segmentation.train.gates import check_training
from segmentation.train.identity import train
from segmentation.train.patterns import patterns_from_rows
from segmentation.train.results import Training
from segmentation.train.source import read_patterns
from segmentation.train.weights import Weight, expect
from train_pairs import (
    ALONE,
    ALONE_SHARES,
    FAMILY,
    FAMILY_SHARES,
    FLAGS,
    LEVELS,
    NAMESAKES,
    PAIRS,
    RECORDS,
    Row,
    pattern_rows,
    write_patterns,
)

SEED = Path("seeds", "identity_weights.csv")
CARD = Path("docs", "models", "identity_shop.md")
HEADER = (
    "dataset,comparison,level,match_probability,household_probability,"
    "stranger_probability,weight_stranger,weight_household\n"
)
BEFORE = "other,prior,0,0.1,0.2,0.7,-3.0000,1.0000\n"
AFTER = "zoo,gender,1,0.5,0.5,0.5,0.0000,0.0000\n"


@pytest.fixture(scope="module")
def family_rows() -> list[Row]:
    return pattern_rows(FAMILY, FAMILY_SHARES, flags=True)


@pytest.fixture(scope="module")
def family(family_rows: list[Row]) -> Training:
    return train(patterns_from_rows(family_rows), "shop", None)


@pytest.fixture(scope="module")
def alone() -> Training:
    return train(patterns_from_rows(pattern_rows(ALONE, ALONE_SHARES)), "shop", None)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family_rows: list[Row]
) -> Path:
    """Return a project's folder with pattern counts, and work in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop_project\nprofile: shop\nvars: {segmentation_dataset: shop}\n"
    )
    (tmp_path / "profiles.yml").write_text(
        "shop:\n  target: file\n  outputs:\n"
        "    file: {type: duckdb, path: shop.duckdb, schema: main}\n"
    )
    write_patterns(tmp_path / "shop.duckdb", family_rows)
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    general = ["--project-dir", str(folder), "train", "identity"]
    return CliRunner().invoke(cli, [*general, *words])


def published(folder: Path) -> list[dict[str, str]]:
    with (folder / SEED).open(newline="") as lines:
        return list(csv.DictReader(lines))


def weight(training: Training, comparison: str, level: int) -> Weight:
    [row] = [
        row
        for row in training.weights
        if (row.comparison, row.level) == (comparison, level)
    ]
    return row


def close(found: np.ndarray, known: object, within: float) -> bool:
    return bool(np.abs(found - np.array(known)).max() < within)


def test_probabilities_of_persons_and_households_are_found(family: Training) -> None:
    match, household, stranger = family.best.classes
    for name, (of_match, of_household, of_stranger) in FAMILY.items():
        assert close(match[name], of_match, 0.01), name
        assert close(household[name], of_household, 0.02), name
        # Four standard errors of 200,000 pairs with probability .04.
        assert close(stranger[name], of_stranger, 0.002), name
    for flag, (_, of_match, of_household) in FLAGS.items():
        assert close(match[flag], of_match, 0.01), flag
        assert close(household[flag], of_household, 0.04), flag
        assert list(stranger[flag]) == pytest.approx([1 / 3] * 3)
    of_match, of_stranger = NAMESAKES
    assert close(match["name_frequency"], of_match, 0.02)
    # No random pair agrees in both names, but thousands of a block do.
    assert close(stranger["name_frequency"], of_stranger, 0.02)


def test_strangers_share_an_identifier_once_in_all_pairs(family: Training) -> None:
    for name in ("email", "phone"):
        assert family.best.classes[2][name][2] == pytest.approx(1 / PAIRS)
        assert family.best.classes[2][name].sum() == pytest.approx(1)


def test_shares_of_all_pairs_are_found(family: Training) -> None:
    assert family.patterns.record_count == RECORDS
    assert family.priors.match == pytest.approx(FAMILY_SHARES[0], rel=0.03)
    assert family.priors.household == pytest.approx(FAMILY_SHARES[1], rel=0.1)
    assert family.priors.ratio == pytest.approx(1.2 / 0.9, rel=0.1)


def test_weights_are_binary_logarithms_of_the_known_odds(family: Training) -> None:
    for name, (match, household, stranger) in FAMILY.items():
        for level, (m, h, u) in enumerate(zip(match, household, stranger, strict=True)):
            found = weight(family, name, level)
            # There are 400 household pairs in a block, 8 of a level rarer than this.
            if h >= 0.02:
                assert found.against_household == pytest.approx(log2(m / h), abs=0.4)
            # Random pairs show a level this rare a handful of times.
            if u * 200_000 > 20 or u < 1e-6:
                assert found.against_stranger == pytest.approx(log2(m / u), abs=0.2)
    prior = weight(family, "prior", 0)
    m, h = FAMILY_SHARES
    assert prior.against_stranger == pytest.approx(log2(m / (1 - m - h)), abs=0.05)
    assert prior.against_household == pytest.approx(log2(m / h), abs=0.2)


def test_without_households_next_to_none_are_found(alone: Training) -> None:
    match, _, stranger = alone.best.classes
    for name, (of_match, _, of_stranger) in ALONE.items():
        assert close(match[name], of_match, 0.01), name
        assert close(stranger[name], of_stranger, 0.002), name
    assert alone.priors.match == pytest.approx(ALONE_SHARES[0], rel=0.03)
    assert alone.priors.household < 1e-3 * alone.priors.match
    assert alone.priors.ratio is None


def test_what_is_never_observed_gets_no_rows(alone: Training) -> None:
    compared = {row.comparison for row in alone.weights}
    assert compared == {*ALONE, "prior", "threshold"}


def test_random_pairs_teach_what_strangers_are_like_and_nothing_else(
    family_rows: list[Row],
) -> None:
    copies: Row = ("random", 4, 2, 3, None, None, 2, 2, None, 0, 0, 0, None, 3000)
    strangers: Row = ("random", 0, 0, 0, None, None, 0, 0, None, 0, 0, None, None, 40)
    rows = [*family_rows, copies, strangers]
    found = train(patterns_from_rows(rows), "shop", None)
    match, _, stranger = found.best.classes
    for name, (of_match, _, of_stranger) in FAMILY.items():
        assert close(match[name], of_match, 0.01), name
        assert close(stranger[name], of_stranger, 0.002), name
    for flag, (_, of_match, _) in FLAGS.items():
        assert close(match[flag], of_match, 0.01), flag
        assert list(stranger[flag]) == pytest.approx([1 / 3] * 3)
    of_match, of_stranger = NAMESAKES
    assert close(match["name_frequency"], of_match, 0.02)
    # No random pair agrees in both names, but thousands of a block do.
    assert close(stranger["name_frequency"], of_stranger, 0.02)


def test_the_best_likelihood_of_all_starts_decides(family: Training) -> None:
    assert len({fit.start for fit in family.fits}) == 4
    # After two steps of the way starts are still far apart.
    near, far = Start(0.9, 0.7), Start(0.3, 0.1)
    for starts in ((near, far), (far, near)):
        best, other = fit_all(family.patterns, starts, max_iterations=2)
        assert best.log_likelihood > other.log_likelihood + 100


def test_of_starts_that_are_as_good_the_first_decides(family: Training) -> None:
    for starts in (STARTS, STARTS[::-1]):
        fits = fit_all(family.patterns, starts)
        apart = max(f.log_likelihood for f in fits) - fits[0].log_likelihood
        assert 0 <= apart < 0.025
        assert fits[0].start == starts[0]


def test_merging_pays_when_a_wrong_one_costs_four_missed(family: Training) -> None:
    # Merge: (1 - p) * 4 lost; leave: p lost; equal at p = 4 / 5.
    assert weight(family, "threshold", 0).match == 4 / 5


def test_expected_precision_is_that_of_the_known_classes(family: Training) -> None:
    """Bayes with the numbers that the pairs were drawn with, pattern by pattern."""
    merged = right = matches = 0.0
    for pattern in np.ndindex(*(LEVELS[name] for name in FAMILY)):
        sizes = np.array([*FAMILY_SHARES, 1 - sum(FAMILY_SHARES)]) * PAIRS
        for (_, known), level in zip(FAMILY.items(), pattern, strict=True):
            sizes *= [of[level] for of in known]
        exact = {n for n, x in zip(FAMILY, pattern, strict=True) if x == LEVELS[n] - 1}
        names = {"first_name", "last_name", "birth_date"}
        if not exact & {"email", "phone"} and len(exact & names) < 2:
            continue
        matches += sizes[0]
        if sizes[0] / sizes.sum() >= 0.8:
            merged, right = merged + sizes.sum(), right + sizes[0]
    expected = family.expectations
    assert expected.precision == pytest.approx(right / merged, abs=0.005)
    assert expected.recall == pytest.approx(right / matches, abs=0.01)
    assert expected.merged == pytest.approx(merged, rel=0.02)


def test_posterior_of_a_pattern_is_that_calculated_by_hand() -> None:
    rows: list[Row] = [
        row if row[0] != "candidates" else (*row[:-1], 0)
        for row in pattern_rows(ALONE, ALONE_SHARES)
    ]
    rows.append(("candidates", 4, *[None] * 11, 900))
    rows.append(("candidates", 0, *[None] * 11, 330))
    flat = [
        Weight(name, level, 0.5, 0.5, 0.5, 0.0, 0.0)
        for name in ALONE
        for level in range(LEVELS[name])
        if name != "first_name"
    ]
    bits = {0: (-2.0, -1.0), 4: (7.0, 4.0)}
    found = expect(
        patterns_from_rows(rows),
        [
            Weight("prior", 0, 0.1, 0.1, 0.8, -3.0, 0.0),
            Weight("threshold", 0, 0.8),
            *flat,
            *(Weight("first_name", x, 0, 0, 0, *bits.get(x, (0, 0))) for x in range(5)),
        ],
    )
    # 1 / (1 + 2^-4 + 2^-4) = 8/9 and 1 / (1 + 2^5 + 2^1) = 1/35.
    assert found.merged == 900
    assert found.true_merged == pytest.approx(800)
    assert found.false_merged == pytest.approx(100)
    assert found.matches == pytest.approx(800 + 330 / 35)


def test_a_level_too_rare_shares_the_weight_of_the_one_beneath() -> None:
    first = ((0.02, 0.0, 0.04, 0.14, 0.80), *FAMILY["first_name"][1:])
    known = FAMILY | {"first_name": first}
    rows = pattern_rows(known, FAMILY_SHARES, flags=True)
    found = train(patterns_from_rows(rows), "shop", None)
    pooled = [weight(found, "first_name", level).against_stranger for level in (0, 1)]
    assert pooled[0] == pooled[1]
    # Both levels together: strangers .955 + .005.
    assert pooled[0] == pytest.approx(log2(0.02 / 0.960), abs=0.1)


def test_an_unknown_street_may_say_more_than_a_similar_one() -> None:
    address = (
        (0.01, 0.04, 0.55, 0.05, 0.35),
        (0.01, 0.04, 0.50, 0.05, 0.40),
        (0.90, 0.096, 0.001, 0.0029, 0.0001),
    )
    rows = pattern_rows(FAMILY | {"address": address}, FAMILY_SHARES)
    found = train(patterns_from_rows(rows), "shop", None)
    unknown, similar = (weight(found, "address", level) for level in (2, 3))
    assert unknown.against_stranger == pytest.approx(log2(0.55 / 0.001), abs=0.3)
    assert similar.against_stranger == pytest.approx(log2(0.05 / 0.0029), abs=0.3)


def refused(rows: list[Row], max_iterations: int = 500) -> str:
    with pytest.raises(TrainingRefusedError) as caught:
        train(patterns_from_rows(rows), "shop", None, max_iterations=max_iterations)
    return str(caught.value)


def test_too_few_pairs_are_refused(family_rows: list[Row]) -> None:
    few = [
        (*row[:-1], 1) if row[0] in ("random", "candidates") else row
        for row in family_rows
    ]
    thin = [row for row in few if row[0] != "candidates"]
    thin += [row for row in few if row[0] == "candidates"][:99]
    text = refused(thin)
    assert "99 candidate pairs; expected 100" in text
    assert "random pairs; expected 1,000" in text


def test_one_block_that_leaves_nothing_free_is_refused() -> None:
    rows = pattern_rows({"email": FAMILY["email"]}, FAMILY_SHARES)
    rows = [
        (row[0], *[None] * len(LEVELS), row[-1]) if row[0] == "email" else row
        for row in rows
    ]
    assert "no comparison that blocks leave free" in refused(rows)


def test_a_search_that_does_not_settle_is_refused(family_rows: list[Row]) -> None:
    assert "still rises after 3 steps" in refused(family_rows, max_iterations=3)


def check(training: Training) -> None:
    check_training(
        training.patterns,
        training.best,
        training.priors,
        training.weights,
        training.expectations,
    )


def inverted_exact(training: Training) -> Training:
    match, household, stranger = training.best.classes
    turned = {**match, "last_name": np.array([0.6, 0.399, 0.001])}
    best = replace(training.best, classes=(turned, household, stranger))
    return replace(training, fits=(best, *training.fits[1:]))


def disordered(training: Training) -> Training:
    """Let a similar last name weigh 3.5 bits less than a different one."""
    low = weight(training, "last_name", 0).against_stranger
    assert low is not None
    rows = tuple(
        replace(row, against_stranger=low - 3.5)
        if (row.comparison, row.level) == ("last_name", 1)
        else row
        for row in training.weights
    )
    return replace(training, weights=rows)


def without_matches(training: Training) -> Training:
    return replace(training, priors=replace(training.priors, match=4e-8))


def crowded(training: Training) -> Training:
    return replace(training, priors=replace(training.priors, match=51 / RECORDS))


def imprecise(training: Training) -> Training:
    poor = replace(training.expectations, merged=1000, true_merged=499.0)
    return replace(training, expectations=poor)


def idle(training: Training) -> Training:
    none = replace(training.expectations, merged=0, true_merged=0.0)
    return replace(training, expectations=none)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (inverted_exact, "exact agreement in last_name with probability 0.001000"),
        (disordered, "last_name 'similar or swapped' to weigh 3.5 bits less"),
        (without_matches, "0.000800 expected matches per record"),
        (crowded, "51.000000 expected matches per record"),
        (imprecise, "an expected precision of 0.4990"),
        (idle, "no pair to merge"),
    ],
)
def test_a_gate_refuses_what_contradicts_the_purpose(
    family: Training, change: Callable[[Training], Training], found: str
) -> None:
    check(family)
    with pytest.raises(TrainingRefusedError) as caught:
        check(change(family))
    assert found in str(caught.value)
    assert "; expected " in str(caught.value)


def test_only_rows_of_the_data_set_are_replaced(project: Path) -> None:
    (project / "seeds").mkdir()
    old = "shop,gender,1,0.9,0.5,0.5,9.0000,9.0000\n"
    (project / SEED).write_text(HEADER + BEFORE + old + AFTER)
    result = run(project)
    assert result.exit_code == 0, result.output
    lines = (project / SEED).read_text().splitlines(keepends=True)
    assert lines[:2] == [HEADER, BEFORE]
    assert lines[-1] == AFTER
    assert old not in lines
    assert all(line.startswith("shop,") for line in lines[2:-1])
    levels = sum(LEVELS[name] for name in (*FAMILY, *FLAGS, "name_frequency"))
    assert len(lines[2:-1]) == levels + 2


def test_the_seed_has_the_promised_form(project: Path) -> None:
    assert run(project).exit_code == 0
    rows = published(project)
    by_key = {(row["comparison"], int(row["level"])): row for row in rows}
    assert ",".join(rows[0]) + "\n" == HEADER
    prior = by_key["prior", 0]
    shares = [prior[f"{x}_probability"] for x in ("match", "household", "stranger")]
    assert sum(float(share) for share in shares) == pytest.approx(1, abs=2e-9)
    assert all(len(share.partition(".")[2]) == 9 for share in shares)
    assert len(prior["weight_stranger"].partition(".")[2]) == 4
    threshold = by_key["threshold", 0]
    assert threshold["match_probability"] == "0.800000000"
    assert not any(list(threshold.values())[4:])
    # log2(.7 * 199,990,000) = 27.06 against strangers; one household in ten: 2.81.
    email = by_key["email", 2]
    assert float(email["weight_stranger"]) == pytest.approx(27.06, abs=0.05)
    assert float(email["weight_household"]) == pytest.approx(2.81, abs=0.3)


def test_the_same_counts_give_the_same_bytes_in_any_order(
    project: Path, family_rows: list[Row]
) -> None:
    files = (project / SEED, project / CARD)
    assert run(project).exit_code == 0
    first = [file.read_bytes() for file in files]
    before, _ = read_patterns(load_profile(project))
    shuffled = list(family_rows)
    random.Random(3).shuffle(shuffled)
    write_patterns(project / "shop.duckdb", shuffled)
    after, _ = read_patterns(load_profile(project))
    assert list(after.random.counts) == list(before.random.counts)
    assert run(project).exit_code == 0
    assert [file.read_bytes() for file in files] == first


def test_the_card_says_what_was_learned_from_and_as_of_when(project: Path) -> None:
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute(
            "create schema main_features; create table "
            "main_features.features__as_of_dates as select * from (values "
            "(date '2024-05-31', false), (date '2024-06-30', true)) "
            "as dates (as_of_date, is_current)"
        )
    result = run(project)
    assert result.exit_code == 0, result.output
    card = (project / CARD).read_text()
    assert "| data as of | 2024-06-30 |" in card
    assert "| records | 20,000 |" in card
    assert "| pairs of records | 199,990,000 |" in card
    assert "both values: gender, address, national_id, inbox." in card
    assert card.count("| yes |") == 4
    assert "segment train identity --dataset shop --check" in card
    assert "2024-06-30" in result.output


def test_a_refusal_leaves_the_files_as_they_were(
    project: Path, family_rows: list[Row]
) -> None:
    assert run(project).exit_code == 0
    before = [(project / file).read_bytes() for file in (SEED, CARD)]
    few = [row for row in family_rows if row[0] != "random"]
    write_patterns(project / "shop.duckdb", few)
    result = run(project)
    assert result.exit_code == 1
    assert "Found 0 random pairs; expected 1,000 or more." in result.output
    assert [(project / file).read_bytes() for file in (SEED, CARD)] == before


def test_check_compares_and_writes_nothing(project: Path) -> None:
    assert run(project).exit_code == 0
    text = (project / SEED).read_text()
    (project / CARD).unlink()
    result = run(project, "--check")
    assert result.exit_code == 0, result.output
    assert "Largest difference: 0.0000 bits" in result.output
    [row] = [x for x in text.splitlines() if x.startswith("shop,birth_date,3,")]
    values = row.split(",")
    for moved, code in ((0.9, 0), (-1.1, 1)):
        values[-1] = f"{float(row.split(',')[-1]) + moved:.4f}"
        (project / SEED).write_text(text.replace(row, ",".join(values)))
        kept = (project / SEED).read_bytes()
        result = run(project, "--check")
        assert result.exit_code == code, result.output
        assert f"{abs(moved):.4f} bits, birth_date level 3" in result.output
        assert (project / SEED).read_bytes() == kept
    assert not (project / CARD).exists()


def test_check_counts_a_missing_row_as_a_weight_of_none(project: Path) -> None:
    assert run(project).exit_code == 0
    lines = (project / SEED).read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("shop,email,2,")]
    (project / SEED).write_text("".join(kept))
    result = run(project, "--check")
    assert result.exit_code == 1
    assert "email level 2 against stranger (published +0.0000" in result.output


def test_check_without_published_weights_is_refused(project: Path) -> None:
    result = run(project, "--check")
    assert result.exit_code == 1
    assert "Found no weights of shop" in result.output


def test_the_data_set_can_be_named(project: Path) -> None:
    assert run(project, "--dataset", "market-2").exit_code == 0
    assert {row["dataset"] for row in published(project)} == {"market-2"}
    assert (project / "docs" / "models" / "identity_market-2.md").exists()
    result = run(project, "--dataset", "../market")
    assert result.exit_code == 1
    assert "Found '../market' as the name of the data set" in result.output


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("drop table {}", "Found no int_identity__patterns"),
        ("alter table {} drop column gender", "Found no gender in the pattern counts"),
        ("update {} set phone = 3 where phone = 2", "Found level 3 of phone"),
        ("delete from {} where block_code = 'all'", "Found 0 rows of block 'all'"),
    ],
)
def test_a_table_of_another_form_is_refused(
    project: Path, change: str, found: str
) -> None:
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute(change.format("main_internal.int_identity__patterns"))
    result = run(project)
    assert result.exit_code == 1
    assert found in result.output
    assert "dbt build" in result.output
    assert not (project / SEED).exists()


def test_a_seed_of_another_form_is_refused_and_kept(project: Path) -> None:
    (project / "seeds").mkdir()
    (project / SEED).write_text("dataset,weight\nshop,1\n")
    result = run(project)
    assert result.exit_code == 1
    assert "Found the columns dataset, weight in" in result.output
    assert (project / SEED).read_text() == "dataset,weight\nshop,1\n"
    assert not (project / CARD).exists()


def test_postgres_gives_the_same_bytes_as_duckdb(
    project: Path,
    postgres: dict[str, str],
    family_rows: list[Row],
) -> None:
    assert run(project).exit_code == 0
    files = (project / SEED, project / CARD)
    first = [file.read_bytes() for file in files]
    for file in files:
        file.unlink()
    server = {
        "type": "postgres",
        "schema": "trained",
        "host": postgres["SEGMENTATION_PG_HOST"],
        "port": int(postgres["SEGMENTATION_PG_PORT"]),
        "user": postgres["SEGMENTATION_PG_USER"],
        "password": postgres["SEGMENTATION_PG_PASSWORD"],
        "dbname": postgres["SEGMENTATION_PG_DATABASE"],
    }
    (project / "profiles.yml").write_text(
        json.dumps({"shop": {"target": "server", "outputs": {"server": server}}})
    )
    with open_postgres(load_profile(project)) as connection:
        cursor = connection.cursor()
        columns = ", ".join(f"{name} smallint" for name in LEVELS)
        cursor.execute("create schema trained_internal")
        cursor.execute(
            "create table trained_internal.int_identity__patterns "
            f"(block_code text, {columns}, pair_count numeric)"
        )
        marks = ", ".join(["%s"] * (len(LEVELS) + 2))
        cursor.executemany(
            f"insert into trained_internal.int_identity__patterns values ({marks})",
            family_rows,
        )
    try:
        result = run(project)
        assert result.exit_code == 0, result.output
        assert [file.read_bytes() for file in files] == first
    finally:
        with open_postgres(load_profile(project)) as connection:
            connection.cursor().execute("drop schema trained_internal cascade")
