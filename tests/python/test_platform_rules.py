"""Values are written and hashed as each platform publishes it, on both engines."""

import re
from collections.abc import Iterator, Mapping

import pytest

from dbt_project import REPOSITORY, DbtProject
from engines import create_database
from platform_cases import (
    CASES,
    PUBLISHED_CONTACTS,
    PUBLISHED_NAMES,
    VERSIONS,
    hash_of,
)
from platform_inputs import values
from platform_reference import RULES, country_upper
from platform_warehouse import PlatformWarehouse

SETTINGS = {"segmentation_dataset": "complete_journey"}
SEEDS = ("dialing_codes", "country_dialing_codes")
CONTACTS = ("email", "phone")
SEED = 20
# A sample in each run; what is promised, with the slow tests.
COUNTS = (2_000, pytest.param(100_000, marks=pytest.mark.slow))
TODAY = "2026-12-01"


def field_of(rule: str) -> str:
    return next(field for field, rules in RULES.items() if rule in rules)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> PlatformWarehouse:
    file = tmp_path_factory.mktemp("platforms") / "here.duckdb"
    return PlatformWarehouse(DbtProject(REPOSITORY, file, vars=SETTINGS))


@pytest.fixture(scope="module")
def there(
    postgres: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> PlatformWarehouse:
    file = tmp_path_factory.mktemp("platforms") / "there.duckdb"
    project = DbtProject(REPOSITORY, file, vars=SETTINGS)
    return PlatformWarehouse(create_database(postgres, project, "platforms"))


@pytest.fixture(scope="module", params=["here", "there"])
def warehouse(request: pytest.FixtureRequest) -> PlatformWarehouse:
    chosen: PlatformWarehouse = request.getfixturevalue(request.param)
    return chosen


class EveryRule:
    """Each rule as a platform of its own, on random people and the cases by hand."""

    def __init__(self, warehouse: PlatformWarehouse, count: int) -> None:
        self.count = count
        drawn = [values(field, count, SEED) for field in RULES]
        self.people = [
            *(dict(zip(RULES, each, strict=True)) for each in zip(*drawn, strict=True)),
            *({"country": place, field_of(r): v} for r, v, place, _ in CASES),
        ]
        self.warehouse = warehouse
        warehouse.seed(*SEEDS)
        warehouse.give_rules(
            [(rule, field, rule) for field, rules in RULES.items() for rule in rules]
        )
        warehouse.give_people(self.people)
        warehouse.build(TODAY)
        self.hashes = warehouse.hashes()
        self.names = warehouse.names()

    def holders(self, field: str) -> Iterator[tuple[int, str, str | None]]:
        """Yield the number of each who has a field, its value and their country."""
        for number, person in enumerate(self.people):
            value = person.get(field)
            if value is not None:
                yield number, value, person["country"]

    def found(self, rule: str, number: int) -> str | None:
        """Return what SQL makes of somebody's value, of a contact the hash."""
        field = field_of(rule)
        if field in CONTACTS:
            return self.hashes[rule, f"{field} {number}"]
        return self.names[rule, f"{number}"][field]


def sent(rule: str, text: str | None) -> str | None:
    """Return what is sent for a text, the hash of a contact."""
    return hash_of(text) if text is not None and field_of(rule) in CONTACTS else text


@pytest.fixture(scope="module", params=COUNTS)
def every_rule(
    warehouse: PlatformWarehouse, request: pytest.FixtureRequest
) -> EveryRule:
    return EveryRule(warehouse, request.param)


def test_rules_agree_with_plain_python(every_rule: EveryRule) -> None:
    differing = []
    for field, rules in RULES.items():
        for rule, written in rules.items():
            valid = 0
            for number, value, country in every_rule.holders(field):
                code = country_upper(country) if country is not None else None
                expected = sent(rule, written(value, code))
                valid += expected is not None
                found = every_rule.found(rule, number)
                if found != expected:
                    differing.append((rule, value, code, expected, found))
            # Neither is trivial: many values are valid, and some are not.
            assert every_rule.count * 0.05 < valid < every_rule.count, rule
    assert not differing, f"{len(differing)} differ, such as {differing[:8]}"


def test_rules_do_what_platforms_say(every_rule: EveryRule) -> None:
    for number, (rule, value, country, expected) in enumerate(CASES, every_rule.count):
        found = every_rule.found(rule, number)
        assert found == sent(rule, expected), (rule, value, country)
    assert {rule for rule, *_ in CASES} == {r for each in RULES.values() for r in each}


def test_no_contact_is_readable(every_rule: EveryRule) -> None:
    spellings = {v for kind in CONTACTS for _, v, _ in every_rule.holders(kind)}
    rows = every_rule.warehouse.project.query(
        "select * from main_restricted.int_activation__platform_identifiers"
    )
    assert len(rows) > every_rule.count
    for row in rows:
        platform, key, kind, value, _ = row
        assert not any("@" in str(each) or each in spellings for each in row if each)
        assert value is None or re.fullmatch("[0-9a-f]{64}", value), row
        assert platform in RULES[kind]
        assert key.startswith(f"{kind} ")
    assert len(set(every_rule.hashes.values())) > every_rule.count / 2


def test_published_examples_have_the_published_hashes(
    warehouse: PlatformWarehouse,
) -> None:
    contacts = [
        {kind: value, "country": country}
        for _, kind, value, country, _ in PUBLISHED_CONTACTS
    ]
    people = [{"country": None, field: value} for _, field, value, _ in PUBLISHED_NAMES]
    warehouse.seed(*SEEDS, "platform_rules")
    warehouse.give_people([*contacts, *people])
    warehouse.build(TODAY)
    hashes, names = warehouse.hashes(), warehouse.names()

    for number, (platform, kind, value, _, expected) in enumerate(PUBLISHED_CONTACTS):
        assert hashes[platform, f"{kind} {number}"] == expected, value
    for number, (platform, field, value, expected) in enumerate(
        PUBLISHED_NAMES, len(contacts)
    ):
        assert names[platform, f"{number}"][field] == expected, value
    # X takes no telephone numbers, Google no city; LinkedIn's names are plain.
    assert {platform for platform, key in hashes if key == "phone 1"} == {
        *("google_ads", "meta", "tiktok")
    }
    numbered = enumerate(PUBLISHED_NAMES, len(contacts))
    keys = {value: f"{n}" for n, (_, _, value, _) in numbered}
    assert ("google_ads", keys["New York"]) not in names
    assert names["linkedin", keys["Valéry"]]["first_name"] == "Valéry"
    assert names["google_ads", keys["US"]]["country"] == "US"


@pytest.mark.slow
def test_the_rule_of_the_day_applies(here: PlatformWarehouse) -> None:
    here.seed(*SEEDS, "platform_rules")
    here.give_people(
        [{kind: value, "country": None} for _, _, kind, value, _ in VERSIONS]
    )
    for day in sorted({day for day, *_ in VERSIONS}):
        here.build(day)
        hashes = here.hashes()
        for number, (of_day, platform, kind, _, expected) in enumerate(VERSIONS):
            if of_day == day:
                found = hashes[platform, f"{kind} {number}"]
                assert found == hash_of(expected), (day, platform, kind)
