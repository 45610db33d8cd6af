"""Other cut-offs: what the command says of each is what assigning anew gives."""

import copy
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any
from unittest import mock

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

from dbt_project import DbtProject
from reference_codes import configured
from rule_engine import assigned, numbers_as_floats
from segmentation.cli import cli
from segmentation.doctor.project import read_project
from segmentation.errors import SegmentationError
from segmentation.profiles import load_profile
from segmentation.rules.conditions import Condition, Varied, asked
from segmentation.rules.diff import diff_rules
from segmentation.rules.surface import Tally, is_met
from segmentation.rules.what_if import WhatIf, ask, scan_sql

pytestmark = pytest.mark.slow

CHANNELS = ("email", "sms", "push", "post", "ads", "web")
# Conditions of base sets and of primary, within `any` too; two of one set and of two.
QUESTIONS: Mapping[str, Sequence[str]] = {
    "complete_journey": (
        "lifecycle.active overdue_ratio 2:5:0.5",
        "lifecycle.lapsed overdue_ratio 3,6,8",
        "lifecycle.active overdue_ratio 2,3,4 lifecycle.slipping overdue_ratio 4,6,9",
        "rfm.loyal recency_score.equals 1:5:1",
        "rfm.loyal recency_score.at_least 2:4:1 rfm.champions recency_score 3:5:1",
        "behavior.stock_up basket_score 2:5:1 primary.deal_seekers discount_score 3,5",
        "lifecycle.new tenure_days 30:365:67",
    ),
    "released_shop": (
        "lifecycle.active overdue_ratio 0.4:1:0.2",
        "behavior.message_reader message_click_count_90d 0,1,2",
        "lifecycle.new tenure_days 60,120 primary.deal_seekers discount_score 4,5",
    ),
}
SETS = {"primary": "primary_segment"}


def known_of(project: DbtProject) -> pd.DataFrame:
    """Return features, codes and channels that reach them, by customer."""
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        known = connection.execute(
            "select customers.*, codes.* exclude (customer_id, as_of_date), "
            "layers.psychographic_origin "
            "from features__customers as customers "
            "inner join segments__memberships as codes using (customer_id, as_of_date) "
            "inner join main_internal.int_segments__layer_codes as layers "
            "using (customer_id, as_of_date) "
            "inner join segments__customers using (customer_id, as_of_date)"
        ).df()
        reach = connection.execute(
            "select customer_id, channel from main_restricted.contact__reachability "
            "where is_reachable"
        ).fetchall()
    known = numbers_as_floats(known.set_index("customer_id")).copy()
    for channel in CHANNELS:
        people = {customer for customer, name in reach if name == channel}
        known[f"by_{channel}"] = known.index.isin(people)
    return known


def changed(settings: Mapping[str, Any], words: str, values: Sequence[Any]) -> Any:
    """Return variables in which the conditions of a question have other numbers."""
    settings = copy.deepcopy(dict(settings))
    parts = words.split()
    for place, value in enumerate(values):
        code, feature, _ = parts[3 * place : 3 * place + 3]
        name, rule_code = code.split(".")
        key = "segments" if name == "primary" else f"rules_{name}"
        column, _, operator = feature.partition(".")
        rule = next(
            rule
            for rule in settings[f"segmentation_{key}"]
            if rule["code"] == rule_code
        )
        flat = [each for top in rule["when"] for each in top.get("any", [top])]
        [condition] = [
            each
            for each in flat
            if each["feature"] == column and (not operator or operator in each)
        ]
        [given] = condition.keys() - {"feature"}
        condition[given] = float(value)
    return settings


def expected(
    known: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, sets: Sequence[str]
) -> dict[tuple[str, str], Tally]:
    """Return what pandas counts for each code."""
    found = {}
    for name in sets:
        old, new = (frame[SETS.get(name, name)] for frame in (before, after))
        for code in {*old, *new}:
            has = new == code
            found[name, code] = Tally(
                name,
                code,
                int(has.sum()),
                int((has & (old != code)).sum()),
                int(((old == code) & ~has).sum()),
                summed(known.loc[has, "revenue_90d"]),
                summed(known.loc[has, "expected_revenue_365d"]),
                {c: int((has & known[f"by_{c}"]).sum()) for c in CHANNELS},
            )
    return found


def summed(amounts: pd.Series) -> Decimal | None:
    """Return the sum of amounts in cents; null where none is known."""
    known = [Decimal(f"{amount:.2f}") for amount in amounts.dropna()]
    return sum(known, Decimal(0)) if known else None


def told(tallies: Sequence[Tally]) -> dict[tuple[str, str], Tally]:
    found = {}
    for each in tallies:
        reach = {channel: each.reachable.get(channel, 0) for channel in CHANNELS}
        found[each.segment_set, each.code] = replace(each, reachable=reach)
    return found


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_every_point_is_what_pandas_assigns(
    request: pytest.FixtureRequest, name: str
) -> None:
    project: DbtProject = request.getfixturevalue(name)
    settings = configured()
    known = known_of(project)
    stands = assigned(known, settings)
    codes = [each for each in stands if each != "primary_segment"]
    assert stands["primary_segment"].equals(known["primary_segment"])
    assert all(stands[each].equals(known[each]) for each in codes)
    compared = moved = 0
    with mock.patch.dict(os.environ, project.environment):
        profile = load_profile(project.project_dir, project.project_dir, "duckdb")
        parsed = read_project(profile)
        for words in QUESTIONS[name]:
            found = ask(profile, parsed, words.split(), {})
            sets = list(
                dict.fromkeys(
                    ["primary", *(e.condition.segment_set for e in found.varied)]
                )
            )
            assert told(found.standing) == expected(known, stands, stands, sets)
            grid = list(product(*(each.values for each in found.varied)))
            assert [point.values for point in found.points] == grid
            for point in found.points:
                after = assigned(known, changed(settings, words, point.values))
                assert told(point.tallies) == expected(known, stands, after, sets)
                compared += 1
                moved += int((after != stands).any(axis=1).sum())
            assert_reads_features_once(project, scan(profile, parsed, found))
    assert compared > len(QUESTIONS[name])
    assert moved > len(known) / 2


def scan(profile: Any, parsed: Any, found: WhatIf) -> str:
    return scan_sql(profile, parsed, found.varied, {}, found.as_of_date)


def assert_reads_features_once(project: DbtProject, sql: str) -> None:
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        [(_, plan)] = connection.execute(f"explain (format json) {sql}").fetchall()
    tables = list(scanned(json.loads(plan)))
    assert tables.count("features__customers") == 1
    assert tables.count("contact__reachability") == 1


def scanned(nodes: Sequence[Mapping[str, Any]]) -> Any:
    for node in nodes:
        table = node.get("extra_info", {}).get("Table")
        if table is not None:
            yield str(table).rsplit(".", maxsplit=1)[-1].strip('"')
        yield from scanned(node["children"])


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("lifecycle.active overdue_ratio 0.4:1:0.2", ("0.4",)),
        (
            "lifecycle.new tenure_days 60,120 primary.deal_seekers discount_score 4,5",
            ("120", "4"),
        ),
    ],
)
def test_a_point_is_what_dbt_builds(
    released_shop: DbtProject, words: str, values: Sequence[str]
) -> None:
    numbers = tuple(map(Decimal, values))
    settings = changed(configured(), words, numbers)
    rules = {
        name: value
        for name, value in settings.items()
        if name.startswith(("segmentation_rules_", "segmentation_segments"))
    }
    with mock.patch.dict(os.environ, released_shop.environment):
        folder = released_shop.project_dir
        profile = load_profile(folder, folder, "duckdb")
        found = ask(profile, read_project(profile), words.split(), {})
        built = diff_rules(profile, json.dumps(rules))
    [point] = [each for each in found.points if each.values == numbers]
    sizes = {
        (size.segment_set, size.code): (size.before, size.after)
        for size in built.sizes
        if size.as_of_date == found.as_of_date
    }
    for tally in point.tallies:
        key = tally.segment_set, tally.code
        before, after = sizes[key]
        assert (tally.customers, before) == (
            after,
            after - tally.entering + tally.leaving,
        )
        now = [
            mover
            for mover in built.movers
            if mover.as_of_date == found.as_of_date and mover.segment_set == key[0]
        ]
        assert tally.entering == sum(m.customers for m in now if m.after == key[1])
        assert tally.leaving == sum(m.customers for m in now if m.before == key[1])
    assert sum(tally.leaving for tally in point.tallies) > 0


def command(project: DbtProject, *words: str) -> Result:
    folder = ["--project-dir", str(project.project_dir)]
    folder += ["--profiles-dir", str(project.project_dir)]
    environment = {**project.environment, "COLUMNS": "200"}
    return CliRunner().invoke(cli, ["what-if", *words, *folder], env=environment)


def test_the_command_prints_a_table_for_each_code_that_changes(
    released_shop: DbtProject,
) -> None:
    words = ("lifecycle.active", "overdue_ratio", "0.8")
    known = known_of(released_shop)
    settings = changed(configured(), " ".join(words), ["0.8"])
    after = assigned(known, settings)
    slipping = after["primary_segment"] == "slipping"
    assert slipping.sum() > 0
    page = command(released_shop, *words)
    assert page.exit_code == 0, page.output
    assert "varied: lifecycle.active overdue_ratio.at_most 3" in page.output
    tables = page.output.split("primary.slipping")[1].splitlines()
    [line] = [line.split() for line in tables if line.strip().startswith("0.8 ")][:1]
    revenue = known.loc[slipping, "revenue_90d"].sum()
    reach = [str(known.loc[slipping, f"by_{c}"].sum()) for c in CHANNELS]
    assert line == [
        *("0.8", str(slipping.sum()), str(slipping.sum()), "0", f"{revenue:,.2f}"),
        *("unknown", *reach),
    ]
    assert "primary.prospect" not in page.output


RULES: Mapping[str, Any] = {
    "lifecycle": [
        {"code": "active", "when": [{"feature": "overdue_ratio", "at_most": 3}]},
        {"code": "gone", "when": [{"feature": "is_lost", "equals": True}]},
    ],
    "rfm": [
        {
            "code": "loyal",
            "when": [
                {
                    "any": [
                        {"feature": "score", "equals": 3},
                        {"feature": "x", "in": [1]},
                    ]
                },
                {"feature": "score", "at_least": 2},
            ],
        },
    ],
    "primary": [
        {"code": "best", "when": [{"feature": "lifecycle", "equals": "active"}]},
    ],
}


def test_a_question_names_one_condition_of_a_rule() -> None:
    [one] = asked(["lifecycle.active", "overdue_ratio", "2:3:0.5"], RULES, ["gold"])
    numbers = [Decimal(text) for text in ("2", "2.5", "3")]
    assert one == Varied(
        Condition("lifecycle", "active", 1, 1, "overdue_ratio", "at_most", Decimal(3)),
        tuple(numbers),
    )
    words = ["rfm.loyal", "score.equals", "3,1,3"]
    words += ["rfm.loyal", "score.at_least", "0:0.3:0.1"]
    [first, second] = asked(words, RULES, ["gold"])
    assert (first.condition.group, first.condition.number) == (1, 1)
    assert first.values == (Decimal(1), Decimal(3))
    assert second.condition.group == 2
    assert second.values == tuple(map(Decimal, ("0", "0.1", "0.2", "0.3")))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "lifecycle.active overdue_ratio",
            "expected CODE FEATURE VALUES once or twice",
        ),
        ("a b 1 a b 1 a b 1", "expected CODE FEATURE VALUES once or twice"),
        (
            "lifecycle.nobody overdue_ratio 1",
            "SET.CODE: lifecycle.active, lifecycle.gone",
        ),
        (
            "nothing x 1",
            "SET.CODE: lifecycle.active, lifecycle.gone, rfm.loyal, primary",
        ),
        ("value_tier.gold x 1", "Change its top_share in segmentation_value_tiers and"),
        ("value_tier.dormant x 1", "which a share of buyers cuts"),
        (
            "primary.best overdue_ratio 1",
            "none. Other rules have: lifecycle.active overdue_ratio.at_most 3.",
        ),
        ("lifecycle.gone is_lost 1", "its numeric conditions: none."),
        ("rfm.loyal x 1", "rfm.loyal score.equals 3; rfm.loyal score.at_least 2."),
        ("rfm.loyal score.below 1", "that compares score.below with a number"),
        ("rfm.loyal score 1", "Name its operator, such as score.at_least"),
        ("lifecycle.active overdue_ratio two", "not all of which are numbers"),
        ("lifecycle.active overdue_ratio nan", "not all of which are numbers"),
        ("lifecycle.active overdue_ratio 2:5", "neither a range nor a list"),
        ("lifecycle.active overdue_ratio 5:2:1", "which hold no number"),
        ("lifecycle.active overdue_ratio 2:5:0", "which hold no number"),
        ("lifecycle.active overdue_ratio 0:200:1", "Found a grid of 201 points"),
        (
            "lifecycle.active overdue_ratio 1:20:1 rfm.loyal score.equals 1:11:1",
            "Found a grid of 220 points; expected 200 at most",
        ),
        (
            "lifecycle.active overdue_ratio 1 lifecycle.active overdue_ratio 2",
            "overdue_ratio.at_most 3 twice",
        ),
    ],
)
def test_what_is_no_question_is_refused(words: str, message: str) -> None:
    with pytest.raises(SegmentationError) as refusal:
        asked(words.split(), RULES, ["gold"])
    assert message in str(refusal.value)


HOLDS: Mapping[str, Any] = {
    "at_least": lambda value, bound: value >= bound,
    "above": lambda value, bound: value > bound,
    "at_most": lambda value, bound: value <= bound,
    "below": lambda value, bound: value < bound,
    "equals": lambda value, bound: value == bound,
    "not_equals": lambda value, bound: value != bound,
}


@pytest.mark.parametrize("operator", list(HOLDS))
def test_a_place_in_the_grid_says_which_values_are_met(operator: str) -> None:
    bounds = (2.0, 3.0, 5.0)
    for value in (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, None):
        met = [value is not None and HOLDS[operator](value, each) for each in bounds]
        if operator in ("equals", "not_equals"):
            place = -1 if value is None else 0
            place = bounds.index(value) + 1 if value in bounds else place
        else:
            place = sum(met)
        assert met == [is_met(place, at, operator, 3) for at in range(3)]
