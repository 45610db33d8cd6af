"""Who is drawn into which arm: the same in SQL as by the lines in the documentation."""

from hashlib import md5

import pytest
from scipy.stats import binom

from activation_warehouse import MODELS, VARIABLES, ActivationWarehouse, Company, Record
from model_warehouse import compiled

PEOPLE = 4_000
EXPERIMENT = {
    **VARIABLES["segmentation_experiments"][0],
    "code": "win_back_2026",
    "slots": [100, 600],
    "arms": [
        {"code": "offer", "share": 0.5},
        {"code": "reminder", "share": 0.2},
        {"code": "holdout", "share": 0.3},
    ],
    "starts_on": "2024-03-31",
    "ends_on": "2024-03-31",
}
OTHERS = [
    {**EXPERIMENT, "code": "beside", "slots": [600, 1000]},
    {**EXPERIMENT, "code": "over", "slots": [0, 100], "ends_on": "2024-03-30"},
]
OTHERS[1]["starts_on"] = "2024-01-01"


def draw(salt: str, customer_id: str) -> int:
    """Return the number that docs/experiments.md says."""
    return int(md5(f"{salt}/{customer_id}".encode()).hexdigest()[:15], 16) % 1000


@pytest.fixture(scope="module")
def drawn() -> dict[str, dict[str, tuple[str, int]]]:
    """Return arm and slot of each customer by experiment; every fifth has no order."""
    models = {
        **MODELS,
        "int_activation__experiment_candidates": "main_restricted",
        "activation__experiment_assignments": "main_ledger",
    }
    settings = {
        **VARIABLES,
        "segmentation_experiments": [EXPERIMENT, *OTHERS],
        "segmentation_audiences": [],
    }
    warehouse = ActivationWarehouse(compiled("experiments", models, settings), models)
    company = Company()
    for number in range(PEOPLE):
        record = Record((f"{number}@x.org",), order_count=min(number % 5, 1))
        company.add(f"c{number}", record, is_granted=number % 7 > 0)
    warehouse.give_company(company)
    warehouse.run()
    rows = warehouse.rows("activation__experiment_assignments")
    assert rows.assigned_date.astype(str).unique().tolist() == ["2024-03-31"]
    return {
        code: {row.customer_id: (row.arm, row.slot) for row in own.itertuples()}
        for code, own in rows.groupby("experiment_code")
    }


def test_sql_draws_as_python_does(
    drawn: dict[str, dict[str, tuple[str, int]]],
) -> None:
    expected: dict[str, dict[str, tuple[str, int]]] = {}
    for number in range(PEOPLE):
        customer = f"c{number}"
        if number % 5 == 0 or number % 7 == 0:
            continue
        slot = draw("layer ads", customer)
        if slot < 100:
            continue
        code = "win_back_2026" if slot < 600 else "beside"
        place = draw(f"arm {code}", customer)
        arm = "offer" if place < 500 else "reminder" if place < 700 else "holdout"
        expected.setdefault(code, {})[customer] = (arm, slot)
    assert drawn == expected


def test_shares_are_what_chance_would_give(
    drawn: dict[str, dict[str, tuple[str, int]]],
) -> None:
    eligible = sum(number % 5 > 0 and number % 7 > 0 for number in range(PEOPLE))
    mine = drawn["win_back_2026"]
    arms = [arm for arm, _ in mine.values()]
    for count, size, share in (
        (len(mine), eligible, 0.5),
        (arms.count("offer"), len(mine), 0.5),
        (arms.count("reminder"), len(mine), 0.2),
        (arms.count("holdout"), len(mine), 0.3),
    ):
        low, high = binom.interval(0.9999, size, share)
        assert low <= count <= high
