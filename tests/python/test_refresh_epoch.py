"""No member is forgotten by a platform, and no day has too many to send again."""

import csv
from datetime import date, timedelta

import pytest

from activation_warehouse import (
    MODELS,
    PLATFORMS,
    VARIABLES,
    ActivationWarehouse,
    Company,
    Record,
)
from dbt_project import REPOSITORY
from model_warehouse import compiled

pytestmark = pytest.mark.slow

DAYS = 600
PEOPLE = 4_000
FIRST = date(2024, 3, 31)


def limits() -> dict[str, dict[str, str]]:
    """Return the rows of the seed, by platform."""
    with (REPOSITORY / "seeds" / "platform_limits.csv").open() as file:
        return {row["platform"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def warehouse() -> ActivationWarehouse:
    """Return the members of one audience with their epoch on each of the days."""
    warehouse = ActivationWarehouse(compiled("activation", MODELS, VARIABLES))
    company = Company()
    for number in range(PEOPLE):
        company.add(f"c{number}", Record((f"{number}@x.org",)))
    warehouse.night(company)
    run = warehouse.connection.execute
    run("create table epochs (day bigint, platform text, member text, epoch bigint)")
    for platform in PLATFORMS:
        run(
            "update main_internal.platform_limits set refresh_days = ?",
            [int(limits()[platform]["refresh_days"])],
        )
        statement = warehouse.statements["activation__platform_members"]
        for day in range(DAYS):
            moved = statement.replace(str(FIRST), str(FIRST + timedelta(days=day)))
            run(
                "insert into epochs select ?, platform, member_hash, refresh_epoch "
                f"from ({moved}) where platform = ?",
                [day, platform],
            )
    return warehouse


def test_every_member_is_sent_again_in_time(warehouse: ActivationWarehouse) -> None:
    for platform, row in limits().items():
        refresh_days = int(row["refresh_days"])
        window = int(row["membership_days"] or 540)
        # A sync may fail for two thirds of the window and nobody is lost.
        assert refresh_days * 3 <= window
        if platform not in PLATFORMS:
            continue
        longest = warehouse.connection.execute(
            "with sent as (select member, day - lag(day, 1, 0) over changes as gap "
            "from (select *, epoch - lag(epoch, 1, epoch) over changes as rise "
            "from epochs where platform = ? window changes as "
            "(partition by member order by day)) where rise > 0 "
            "window changes as (partition by member order by day)) "
            "select count(distinct member), min(gap), max(gap) from sent",
            [platform],
        ).fetchall()
        [(members, _, gap)] = longest
        assert members == PEOPLE
        assert gap <= refresh_days


def test_no_day_has_twice_the_average(warehouse: ActivationWarehouse) -> None:
    [(days, most, average)] = warehouse.connection.execute(
        "with sent as (select platform, day, epoch - lag(epoch) over "
        "(partition by platform, member order by day) as rise from epochs), "
        "counts as (select platform, day, count_if(rise > 0) as count from sent "
        "where rise is not null group by platform, day) "
        "select count(*), max(count), avg(count) from counts"
    ).fetchall()
    assert days == 2 * (DAYS - 1)
    assert 0 < most <= 2 * average
