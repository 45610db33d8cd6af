"""The same project gives the same rows on PostgreSQL 15 as on DuckDB."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from complete_journey import kept_not_null, promised_not_null
from dbt_project import DbtProject
from engines import Engines, create_database
from nightly import Nightly
from soaks import nightly, scenario

pytestmark = pytest.mark.slow

NIGHTS = 3

# What both engines must read alike, and set aside alike.
READ_ALIKE: Mapping[str, tuple[str, ...]] = {
    "numeric(18, 2)": (
        *("12", " 12 ", "-3.5", "+3", ".5", "12.", "1e3", "1E-3", "12.345", "-12.345"),
        *("", "  ", "1,5", "$5", "1 2", "1.5.2", "(5)", "--3", "NaN", "0x1F", "5-"),
        *("1e17", "99999999999999999", "1e400", "inf", "12abc", "٣", "1e", "."),
    ),
    "bigint": ("7", "7.0", "3.7", "-2", "1e17", "1e19", "99999999999999999999", "x"),
    "timestamp": (
        *("2017-01-02", "2017-1-2", "2017/01/02", "2017-01-02 10:00", "2017-02-30"),
        *("2017-01-02T10:00:00.5", "2017-01-02T10:00:00Z", "2017-01-02 10:00:00+02"),
        *("2017-01-02 10:00:00-0530", "2017-01-02 10:00:00 UTC", "2017-03-12 02:30:00"),
        *("2017-01-02 10:00:00.123456789", "2017-01-02 25:00", "2017-01-02 10:00 PM"),
        *("2017-01-02 10:00:00 America/New_York", "2017-07-02 10:00 Europe/Berlin"),
        *("2017-10-29 02:30:00 Europe/Berlin", "2017-03-26 02:30:00.5 Europe/Berlin"),
        *("2017-01-02 10:00:00 Etc/GMT+5", "2017-01-02 10:00:00 Mars/Phobos"),
        *("2017-01-02 Europe/Berlin", "2017-01-02 10:00:00Europe/Berlin"),
        *("20170102", "01/02/2017", "January 8, 1999", "now", "today", ""),
    ),
    "date": (
        *("2017-01-02", " 2017-01-02 ", "2017/1/2", "01/02/2017", "now", "x", ""),
        "2017-01-02 23:30:00 America/New_York",
    ),
    "boolean": ("true", "T", "f", "1", "0", "yes", "No", "on", "off", "tr", "2", ""),
}
# DuckDB reads more spellings. PostgreSQL sets these aside, where they can be seen; it
# must not make another value of them.
READ_BY_ONE: Mapping[str, tuple[str, ...]] = {
    "numeric(18, 2)": ("1_000", "9999999999999999.99"),
    "timestamp": (
        *("2017-01-02 10:00:00 EST", "2017-01-02 10:00:00+2", "2017 01 02"),
        *("17-01-02", "infinity", "epoch"),
    ),
    "date": ("2017 01 02", "17-01-02", "infinity", "epoch", "10000-01-01"),
}


@pytest.fixture(scope="module")
def engines(
    postgres: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Engines:
    """Return the made-up company, small, on both engines; nothing is built yet."""
    return both_engines(postgres, tmp_path_factory.mktemp("company"), "omnichannel", 80)


def both_engines(
    postgres: Mapping[str, str], folder: Path, dataset: str, customers: int
) -> Engines:
    nights = scenario(dataset, customers, NIGHTS, seed=5, folder=folder)
    here = nightly(dataset, folder)
    there = Nightly(create_database(postgres, here.project, dataset))
    return Engines(here, there, nights, folder)


def test_every_derived_relation_has_the_same_rows(engines: Engines) -> None:
    check(engines, 0)
    counts = check(engines, NIGHTS, with_tests=True)
    assert counts["main.features__customers"] > 500


def test_the_engine_keeps_each_not_null_constraint(engines: Engines) -> None:
    promised = promised_not_null(engines.there.project)

    assert promised
    assert kept_not_null(engines.there.project) == promised


@pytest.mark.engines
@pytest.mark.parametrize(
    ("dataset", "customers"), [("omnichannel", 1_000), ("complete_journey", 0)]
)
def test_every_derived_relation_of_real_size_has_the_same_rows(
    postgres: Mapping[str, str], tmp_path: Path, dataset: str, customers: int
) -> None:
    engines = both_engines(postgres, tmp_path, dataset, customers)

    check(engines, 0)
    # In the real data the only line of an order may be in conflict with another.
    check(engines, NIGHTS, with_tests=dataset == "omnichannel")
    counts = check(engines, NIGHTS, "--full-refresh")
    if dataset == "complete_journey":
        assert counts["main.features__customers"] > 24_000
        assert counts["main_internal.input__order_lines"] > 1_450_000


def check(
    engines: Engines, night: int, *options: str, with_tests: bool = False
) -> dict[str, int]:
    if not options:
        engines.deliver(night)
    engines.build(night, *options, with_tests=with_tests)
    counts, problems = engines.compare()
    print(f"{len(counts)} relations compared, {sum(counts.values()):,} rows")
    assert not problems, "\n\n".join(problems)
    return counts


def casts(project: DbtProject) -> dict[str, list[Any]]:
    """Return by type what the project makes of texts that should be of it."""
    separator = "-- next type"
    cast = "{{{{ segmentation.try_cast_to('value', '{}') }}}}"
    inline = separator.join(
        f"select number, {cast.format(data_type)} from given order by number\n"
        for data_type in READ_ALIKE
    )
    result = project.dbt("compile", "--inline", inline)
    assert result.success, result.log
    queries = result.value.results[0].node.compiled_code.split(separator)
    found = {}
    for data_type, query in zip(READ_ALIKE, queries, strict=True):
        given = ", ".join(
            f"({number}, cast('{text}' as text))"
            for number, text in enumerate(texts_of(data_type))
        )
        rows = project.query(f"with given (number, value) as (values {given}) {query}")
        found[data_type] = [value for _, value in rows]
    return found


def texts_of(data_type: str) -> tuple[str, ...]:
    return (*READ_ALIKE[data_type], *READ_BY_ONE.get(data_type, ()))


def test_texts_are_cast_alike(engines: Engines) -> None:
    projects = (engines.here.project, engines.there.project)
    for project in projects:
        functions = project.dbt("seed", "--select", "currency_rates")
        assert functions.success, functions.log
    here, there = map(casts, projects)

    differing = [
        f"{data_type} '{text}': {one!r} on DuckDB, {other!r} on PostgreSQL"
        for data_type, alike in READ_ALIKE.items()
        for text, one, other in zip(
            texts_of(data_type), here[data_type], there[data_type], strict=True
        )
        if one != other and (other is not None or text in alike)
    ]
    assert not differing, "\n".join(differing)
    for values in here.values():
        assert any(value is not None for value in values)
        assert any(value is None for value in values)
