"""What customers are asked: what it tells, that it is the best, that limits hold."""

from collections import Counter, defaultdict
from math import isclose

import pytest

from model_warehouse import compiled
from question_company import (
    AS_OF,
    DRAFT,
    FAITH,
    MODELS,
    NEEDS,
    SCALE,
    TELLS,
    VARIABLES,
    Company,
    QuestionWarehouse,
)
from question_expected import (
    closed,
    expected_picks,
    expected_worth,
    may_be_asked,
    refused,
)
from question_world import World

DAYS = 90
CHECK = "questions_are_whole"
COMPILED = (*MODELS, CHECK)
MORE_MEANINGS = """
    insert into {0} select * replace ('pet' as tells, 'web' as surface)
    from {0} where question_code = 'SIZE'
"""


@pytest.fixture
def warehouse() -> QuestionWarehouse:
    folder = compiled("questions", COMPILED, VARIABLES)
    warehouse = QuestionWarehouse(folder, MODELS)
    warehouse.give_catalogue()
    return warehouse


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_information_is_what_scikit_learn_says(
    warehouse: QuestionWarehouse, seed: int
) -> None:
    company = World(seed, 150 * seed, 20).company
    warehouse.give_company(company, 0)
    warehouse.run("int_activation__questions", "int_activation__question_worth")
    found = warehouse.worth()
    expected = expected_worth(company)
    assert found.keys() == expected.keys()
    for key, bits in expected.items():
        assert bits is not None, key
        assert isclose(found[key], bits, abs_tol=1e-9), key
    rows = warehouse.rows("int_activation__question_worth")
    assert set(rows.basis) >= {"stratum", "count", "assumed"}
    assert sum(bits > 0.02 for bits in found.values()) > 20


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "insert into {0} select * from {0} where question_code = 'SIZE'",
            "SIZE stands in the seed question_catalogue twice for the same surface",
        ),
        (
            MORE_MEANINGS,
            "SIZE tells several things in the seed question_catalogue",
        ),
        (
            "update {0} set surface = 'fax' where question_code = 'SIZE'",
            "SIZE on the surface fax, which segmentation_questions does not have: web",
        ),
        (
            "update {0} set tells = 'convenience' where question_code = 'NOV1'",
            "NOV1 tells convenience in the seed question_catalogue and novelty_seeking",
        ),
        (
            "update {0} set text = ' ' where question_code = 'SIZE'",
            "SIZE has no text, tells nothing or has no friction_bits in the seed",
        ),
        (
            "update {0} set friction_bits = null where question_code = 'SIZE'",
            "SIZE has no text, tells nothing or has no friction_bits in the seed",
        ),
    ],
)
def test_a_catalogue_that_is_not_whole_is_told_in_words(
    warehouse: QuestionWarehouse, change: str, told: str
) -> None:
    folder = compiled("questions", COMPILED, VARIABLES)
    check = (folder / f"{CHECK}.sql").read_text()
    assert warehouse.connection.sql(check).fetchall() == []
    warehouse.connection.execute(change.format("main_internal.question_catalogue"))
    [(message,)] = warehouse.connection.sql(check).fetchall()
    assert told in message


@pytest.mark.slow
def test_limits_hold_for_ninety_days(warehouse: QuestionWarehouse) -> None:
    world = World(7, 80, 100)
    company = world.company
    outcomes: Counter[str] = Counter()
    idle: Counter[str] = Counter()
    ours: list[tuple[str, str, int, str]] = []
    for today in range(DAYS):
        # On the first day nobody was asked anything: surfaces tie.
        if today > 0:
            world.live(today)
        picks = warehouse.pick(company, today)
        expected = expected_picks(company, today, warehouse.worth())
        assert {
            name: (row.question_code, row.surface) for name, row in picks.items()
        } == {name: (code, surface) for name, (code, surface, _) in expected.items()}
        _, dropped = refused(company)
        for name, row in picks.items():
            assert isclose(row.score_bits, expected[name][2], abs_tol=2e-9)
            assert row.question_code not in closed(company, name, today)
            assert row.surface in may_be_asked(company, name, today)
            assert (row.question_code, row.surface) not in dropped
            assert row.as_of_date.date() == AS_OF
            for need in NEEDS[row.surface]:
                key = (name, row.channel, need)
                assert company.consents[key]
                assert f"{need}=shop/{'/'.join(key)}" in row.consent_references
        idle["asked"] += len(picks)
        idle["nobody to ask"] += sum(
            not may_be_asked(company, name, today) for name in company.customers
        )
        idle["dropped"] += len(dropped)
        # In an order of its own, or chance would depend on the order of rows.
        for name, row in sorted(picks.items()):
            if world.chance(0.7):
                outcome = world.ask(name, row.question_code, row.surface, today + 1)
                outcomes[outcome] += 1
                ours.append((name, row.question_code, today + 1, outcome))
                world.assign(name)
    assert min(outcomes.values()) > 20
    assert min(idle.values()) > 20
    # The size of a household tells nothing here.
    asked = {TELLS[code] for _, code, _, _ in ours}
    assert asked >= {*SCALE.values(), "age_band", "pet"}
    held_limits(company, ours)


def held_limits(company: Company, ours: list[tuple[str, str, int, str]]) -> None:
    """Look back on all that happened, without knowing what was known when."""
    days: dict[str, list[int]] = defaultdict(list)
    for each in company.prompts:
        days[company.customer_of[each.record]].append(int(each.day))
    told: dict[tuple[str, str], int] = {}
    refusals: dict[tuple[str, str], int] = {}
    longest = 0
    for name, code, day, outcome in ours:
        before = [other for other in days[name] if other < day]
        assert all(day - other > 3 for other in before)
        assert sum(day - other <= 7 for other in before) < 2
        assert sum(day - other <= 30 for other in before) < 4
        longest = max(longest, 1 + sum(day - other <= 30 for other in before))
        assert code not in (FAITH, DRAFT)
        assert (name, code) not in told
        assert day - refusals.get((name, TELLS[code]), -DAYS) > 60
        if outcome == "answered":
            told[name, code] = day
        if outcome == "declined":
            refusals[name, TELLS[code]] = day
    assert longest == 4
    again = Counter((name, TELLS[code]) for name, code, _, _ in ours)
    assert any(again[key] > 1 for key in refusals)
