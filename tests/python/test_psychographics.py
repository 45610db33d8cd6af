"""Traits against a count by hand from the raw answers, at every date."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reference_engagement import rounded
from reference_histories import History, day, histories
from shop import Row, Shop
from shop_engaged_builds import Engaged, Table, engaged_builds

# Question: trait, lowest score, highest score, is reversed.
QUESTIONS = {
    "cheap": ("price_consciousness", 1, 5, False),
    "no_bargains": ("price_consciousness", 1, 5, True),
    "finest": ("quality_focus", 1, 7, False),
    "labels": ("brand_consciousness", 0, 10, False),
    "new": ("novelty_seeking", 1, 4, False),
    "old_friends": ("novelty_seeking", 1, 4, True),
    "easy": ("convenience", 1, 5, False),
    "green": ("sustainability", 1, 5, False),
}
TRAITS = list(dict.fromkeys(trait for trait, *_ in QUESTIONS.values()))
CODES = {
    "price_consciousness": "price_led",
    "quality_focus": "quality_led",
    "brand_consciousness": "brand_led",
    "novelty_seeking": "novelty_led",
    "convenience": "convenience_led",
    "sustainability": "sustainability_led",
    None: "not_observed",
}
Scores = dict[str, list[Fraction]]


@pytest.fixture(scope="module")
def engaged(shop_project_dir: Path) -> Engaged:
    return engaged_builds(shop_project_dir)


@pytest.fixture(scope="module")
def found(engaged: Engaged) -> Table:
    return engaged.panel(engaged.later, "features__psychographics")


@pytest.fixture(scope="module")
def expected(engaged: Engaged, found: Table) -> Table:
    people = histories(engaged.shop)
    return {
        (at, name): row
        for at in {at for at, _ in found}
        for name, row in traits_at(engaged.shop, people, at).items()
    }


def traits_at(
    shop: Shop, people: Mapping[str, History], at: date
) -> dict[str, dict[str, Any]]:
    """Return the traits of everybody known at a date."""
    present = {name: one for name, one in people.items() if one.known <= at}
    answers = {
        name: answered(shop.rows["survey_responses"], name, at) for name in present
    }
    scores = {
        name: {trait: mean(points) for trait, points in listed.items()}
        for name, listed in answers.items()
        if present[name].is_profiled(at)
    }
    means = {
        trait: mean(
            [own[trait] for own in scores.values() if trait in own] or [Fraction()]
        )
        for trait in TRAITS
    }
    found = {}
    for name, listed in answers.items():
        own, count = scores.get(name, {}), sum(map(len, listed.values()))
        row: dict[str, Any] = {trait: own.get(trait) for trait in TRAITS}
        for trait in TRAITS:
            row[f"{trait}_answer_count"] = len(listed.get(trait, []))
        row["answer_count"], row["leading_trait"] = count, None
        if count >= 3 and len(set(own.values())) > 1:
            leads = {
                trait: 100 * score - rounded(100 * means[trait])
                for trait, score in own.items()
            }
            row["leading_trait"] = max(
                sorted(leads, key=TRAITS.index), key=lambda trait: leads[trait]
            )
        if not present[name].is_profiled(at):
            row["response_status"] = "not_profiled"
        elif count:
            row["response_status"] = "answered" if count >= 3 else "too_few_answers"
        else:
            asked = was_asked(shop, name, at)
            row["response_status"] = "asked_not_answered" if asked else "not_asked"
        found[name] = row
    return found


def mean(points: Sequence[Fraction]) -> Fraction:
    """Return the exact mean."""
    return sum(points, Fraction()) / len(points)


def answered(rows: list[Row], name: str, at: date) -> Scores:
    """Return the latest answer to each question, 0 to 1, by trait."""
    latest: dict[str, Fraction] = {}
    for row in sorted(rows, key=lambda row: row["responded_at"]):
        question, points = row["question_code"], row["answer_score"]
        is_his = record_of(row) == name and day(row["responded_at"]) <= at
        if is_his and question in QUESTIONS and points is not None:
            _, lowest, highest, is_reversed = QUESTIONS[question]
            if lowest <= points <= highest:
                share = Fraction(points - lowest, highest - lowest)
                latest[question] = 1 - share if is_reversed else share
    found: Scores = {}
    for question, share in latest.items():
        found.setdefault(QUESTIONS[question][0], []).append(share)
    return found


def record_of(row: Row) -> str:
    """Return the name of the customer whose record or browser answers."""
    return str(row["source_customer_id"]).replace("browser", "c")


def was_asked(shop: Shop, name: str, at: date) -> bool:
    """Whether a trait question was put to the customer, or answered in any way."""
    times = {"question_prompts": "occurred_at", "survey_responses": "responded_at"}
    return any(
        record_of(row) == name
        and row["question_code"] in QUESTIONS
        and day(row[time]) <= at
        for entity, time in times.items()
        for row in shop.rows[entity]
    )


def test_every_column_is_what_a_count_by_hand_gives(
    found: Table, expected: Table
) -> None:
    assert found.keys() == expected.keys()
    for key, row in found.items():
        for name, value in expected[key].items():
            if name in TRAITS and value is not None:
                assert row[name] == pytest.approx(float(value), abs=1e-9), (key, name)
            else:
                assert row[name] == value, (key, name)


def test_the_comparison_is_of_many_values(expected: Table) -> None:
    rows = list(expected.values())

    assert {row["response_status"] for row in rows} == {
        *("answered", "too_few_answers", "asked_not_answered", "not_asked"),
        "not_profiled",
    }
    assert {row["leading_trait"] for row in rows} == {*TRAITS, None}


def test_inferred_traits_are_the_scores_of_purchases(
    engaged: Engaged, found: Table
) -> None:
    wide = engaged.panel(engaged.later, "features__customers")
    pairs = {
        "price_consciousness": "discount_score",
        "novelty_seeking": "variety_score",
    }

    for key, row in found.items():
        for trait, score in pairs.items():
            points = wide[key][score]
            inferred = None if points is None else (points - 1) / 4
            assert row[f"inferred_{trait}"] == inferred
            assert wide[key][f"inferred_{trait}"] == inferred


def test_the_wide_table_and_the_codes_follow(engaged: Engaged, found: Table) -> None:
    wide = engaged.panel(engaged.later, "features__customers")
    codes = engaged.panel(engaged.later, "main_internal.int_segments__layer_codes")

    for key, row in found.items():
        for name in (*TRAITS, "answer_count", "leading_trait", "response_status"):
            assert wide[key][name] == row[name]
        is_silent = row["response_status"] == "not_profiled"
        code = "not_profiled" if is_silent else CODES[row["leading_trait"]]
        assert codes[key]["psychographic"] == code
