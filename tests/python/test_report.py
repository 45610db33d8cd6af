"""The report renders in a browser and says what the served file says."""

import os
import re
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from power_panel import share_by_customer
from report_browser import Visit, find_chromium, visit
from report_company import (
    HOSTILE,
    write_company,
    write_older,
    write_one_customer,
    write_tables,
    write_without_consents,
)
from report_page import Page, render
from segmentation.report import (
    ServingColumnMissingError,
    ServingFileMissingError,
    ServingFileUnreadableError,
    ServingTableMissingError,
    render_report,
)
from segmentation.report.disclosure import publish
from segmentation.report.numbers import money_text, share_text
from segmentation.report.queries import load_dates
from segmentation.report.serving import Serving
from segmentation.report.settings import DEFAULTS
from segmentation.report.statistics import student_quantile, wilson_interval

NOW, BEFORE, PAST = date(2017, 12, 31), date(2017, 11, 30), date(2017, 9, 30)
Row = dict[str, Any]


@dataclass(frozen=True)
class Company:
    path: Path
    customers: dict[date, dict[str, Row]]

    def codes(self, day: date, column: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.customers[day].values():
            found[row[column]].append(row)
        return found


def read(path: Path) -> dict[date, dict[str, Row]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        result = connection.execute(
            "select * from features__customers natural join segments__memberships"
        )
        names = [column[0] for column in result.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    found: dict[date, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[row["as_of_date"]][row["customer_id"]] = row
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def company(folder: Path) -> Company:
    path = write_company(folder / "company.duckdb")
    return Company(path, read(path))


@pytest.fixture(scope="module")
def page(company: Company, folder: Path) -> Page:
    return render(company.path, folder / "company.html")


@pytest.fixture(scope="module")
def poor_pages(folder: Path) -> dict[str, Page]:
    files = {
        "empty": write_tables(folder / "empty.duckdb"),
        "one customer": write_one_customer(folder / "one.duckdb"),
        "one date": write_company(folder / "date.duckdb", months=1),
        "few people": write_company(folder / "few.duckdb", customers=60),
        "no consents": write_without_consents(folder / "consents.duckdb"),
        "older file": write_older(folder / "older.duckdb"),
    }
    return {
        name: render(path, path.with_suffix(".html")) for name, path in files.items()
    }


def rounded(count: int) -> str:
    return "fewer than 10" if count < 10 else f"{5 * round(count / 5):,}"


def whole(value: Decimal | float) -> str:
    return f"{Decimal(value).quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"


def percent(value: float) -> str:
    number = Decimal(value * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return "under 1%" if number < 1 else "over 99%" if number > 99 else f"{number}%"


@pytest.mark.parametrize(
    ("kind", "column", "codes"),
    [
        (
            "primary segment",
            "primary_segment",
            ("best", "steady", "deal_seekers", "lapsed", "slipping"),
        ),
        (
            "value tier",
            "value_tier",
            ("platinum", "gold", "silver", "bronze", "basic", "dormant"),
        ),
    ],
)
def test_sizes_and_worth_equal_an_independent_count(
    page: Page, company: Company, kind: str, column: str, codes: tuple[str, ...]
) -> None:
    groups = company.codes(NOW, column)
    total = sum(row["revenue_365d"] for row in company.customers[NOW].values())
    everybody = 5 * round(len(company.customers[NOW]) / 5)
    for code in codes:
        people = groups[code]
        money = sum(row["revenue_365d"] for row in people)
        place = f"revenue by {kind}/{code}"
        assert page.value(place, "people") == rounded(len(people))
        share = 5 * round(len(people) / 5) / everybody
        assert page.value(place, "people_share") == percent(share)
        assert page.value(place, "revenue") == whole(money)
        assert page.value(place, "revenue_share") == percent(money / total)
        assert page.value(place, "per_person") == whole(money / len(people))
    assert page.value(f"revenue by {kind}/everybody", "revenue") == whole(total)


def test_segments_are_sorted_by_revenue(page: Page, company: Company) -> None:
    groups = company.codes(NOW, "primary_segment")
    shown = [code for code, rows in groups.items() if len(rows) >= 10]
    money = {code: sum(r["revenue_365d"] for r in groups[code]) for code in shown}
    place = "Customers and revenue by primary segment/"
    order = dict.fromkeys(
        area.removeprefix(place)
        for area, _ in page.reader.found
        if area.startswith(place)
    )
    found = [code for code in order if code in set(shown) - {"prospect"}]
    assert found == sorted(found, key=lambda code: -money[code])


def test_tiles_and_headline_equal_an_independent_count(
    page: Page, company: Company
) -> None:
    now, before = company.customers[NOW], company.customers[BEFORE]
    active = sum(row["order_count_90d"] > 0 for row in now.values())
    month = sum(row["revenue_30d"] for row in now.values())
    growth = month / sum(row["revenue_30d"] for row in before.values()) - 1
    sign = "+" if growth > 0 else "−"
    text = page.reader.text
    assert f"Ordered in the last 90 days {rounded(active)} " in text
    assert (
        f"{whole(month)} in the last 30 days: {sign}{percent(abs(growth))} on the 30 "
        "days to 30 November 2017"
    ) in text
    best = company.codes(NOW, "primary_segment")["best"]
    money = sum(row["revenue_365d"] for row in best)
    total = sum(row["revenue_365d"] for row in now.values())
    share = 5 * round(len(best) / 5) / (5 * round(len(now) / 5))
    assert page.summary.headline == (
        f"The segment “Best” is {percent(share)} of customers and brings "
        f"{percent(money / total)} of the revenue of the last 365 days"
    )


def test_moves_equal_an_independent_count(page: Page, company: Company) -> None:
    earlier, later = company.customers[BEFORE], company.customers[NOW]
    moves = Counter(
        (row["primary_segment"], later[key]["primary_segment"])
        for key, row in earlier.items()
    )
    for (was, became), count in moves.items():
        movers = [
            row["revenue_90d"]
            for key, row in earlier.items()
            if row["primary_segment"] == was and later[key]["primary_segment"] == became
        ]
        place = ("Moves between segments", f"{was}>{became}")
        if count >= 10:
            shown = page.value(*place).split()
            assert shown[-2:] == [rounded(count), whole(sum(movers))]
        else:
            assert place not in page.reader.found
    changed = sum(count for (was, became), count in moves.items() if was != became)
    share = 5 * round(changed / 5) / (5 * round(len(earlier) / 5))
    assert f"{percent(share)} of customers changed segment" in page.reader.text


def test_flows_keep_the_labels_of_then(page: Page, company: Company) -> None:
    earlier, later = company.customers[BEFORE], company.customers[NOW]
    for code in ("best", "steady", "slipping", "lapsed"):
        then = {k for k, row in earlier.items() if row["primary_segment"] == code}
        now = {k for k, row in later.items() if row["primary_segment"] == code}
        assert page.value(f"flows/{code}", "came") == rounded(len(now - then))
        assert page.value(f"flows/{code}", "left") == rounded(len(then - now))


def test_later_outcomes_come_from_after_the_label_only(
    page: Page, company: Company
) -> None:
    past, now = company.customers[PAST], company.customers[NOW]
    for code, rows in company.codes(PAST, "primary_segment").items():
        if code not in ("best", "steady", "slipping", "lapsed"):
            continue
        later = [(row, now[row["customer_id"]]) for row in rows]
        spent = [float(b["revenue"] - a["revenue"]) for a, b in later]
        ordered = sum(b["order_count"] > a["order_count"] for a, b in later)
        place = f"Later revenue and order rate/{code}"
        assert page.value(place, "people") == rounded(len(rows))
        assert page.value(place, "later_revenue") == whole(statistics.fmean(spent))
        assert page.value(place, "order_rate") == percent(ordered / len(rows))
    best = [now[key] for key, row in past.items() if row["primary_segment"] == "best"]
    spent = [float(r["revenue"] - past[r["customer_id"]]["revenue"]) for r in best]
    half = 1.9715 * statistics.stdev(spent) / len(spent) ** 0.5
    low, high = statistics.fmean(spent) - half, statistics.fmean(spent) + half
    assert f"{whole(low)} to {whole(high)}" in page.reader.text


def test_power_equals_a_calculation_customer_by_customer(
    page: Page, company: Company
) -> None:
    quarters = [date(2017, 3, 31), date(2017, 6, 30), PAST, NOW]
    shares = {}
    for name, column in (("primary", "primary_segment"), ("value_tier", "value_tier")):
        known = {
            day: {
                key: (
                    row[column] if is_buyer else None,
                    is_buyer,
                    float(row["revenue"]),
                )
                for key, row in company.customers[day].items()
                for is_buyer in [row["is_profiled"] and row["order_count"] > 0]
            }
            for day in quarters
        }
        shares[name] = percent(share_by_customer(known, quarters))
        place = f"What layers explain of later spend/{name}"
        assert page.value(place, "explained").startswith(shares[name])
    # A layer whose columns are not served is not told.
    assert "Published RFM grid" not in page.reader.text
    title = f"explain {shares['value_tier']} of the differences in what buyers spend"
    assert f"Value tiers {title} next" in page.reader.text


def test_curve_and_grid_equal_an_independent_count(
    page: Page, company: Company
) -> None:
    buyers = [r for r in company.customers[NOW].values() if r["order_count"] > 0]
    money = sorted((row["revenue_365d"] for row in buyers), reverse=True)
    place, so_far = 0, Decimal(0)
    while so_far < Decimal("0.8") * sum(money):
        so_far += money[place]
        place += 1
    title = f"80% of revenue comes from {percent(place / len(buyers))} of buyers"
    assert title in page.reader.text
    cells = Counter((r["recency_score"], r["frequency_score"]) for r in buyers)
    for recency in range(1, 6):
        for frequency in range(1, 6):
            shown = page.value("Buyers by recency score", f"{recency}-{frequency}")
            expected = rounded(cells[recency, frequency])
            assert shown == expected.replace("fewer than ", "<")


@pytest.mark.parametrize(
    ("current", "previous", "past"),
    [
        # Three days into a month its last month end is no month away.
        (date(2018, 1, 3), date(2017, 11, 30), date(2017, 9, 30)),
        (date(2018, 2, 28), date(2018, 1, 31), date(2017, 11, 30)),
        (date(2017, 12, 29), date(2017, 11, 30), date(2017, 9, 30)),
        (date(2017, 10, 2), date(2017, 8, 31), None),
    ],
)
def test_comparison_spans_a_month_and_outcomes_a_quarter(
    tmp_path: Path, current: date, previous: date, past: date | None
) -> None:
    path = write_tables(tmp_path / "dates.duckdb")
    ends = [date(2017, m + 1, 1) - timedelta(1) for m in range(8, 12)]
    ends += [date(2017, 12, 31), date(2018, 1, 31)]
    with duckdb.connect(str(path)) as connection:
        connection.executemany(
            "insert into features__as_of_dates values (?, ?, true)",
            [(day, False) for day in ends if day < current] + [(current, True)],
        )
    with Serving(path) as serving:
        dates = load_dates(serving, DEFAULTS)
    assert dates is not None
    assert (dates.previous, dates.past) == (previous, past)
    assert dates.panel[-2:] == (previous, current)


def test_small_cells_are_hidden_and_cannot_be_subtracted() -> None:
    counts = {"large": 400, "medium": 38, "small": 4, "empty": 0}
    cells = publish(counts)
    assert [cells[key].text for key in counts] == [
        "400",
        "40",
        "fewer than 10",
        "fewer than 10",
    ]
    # The total less `large` and `medium` would be the money of four people.
    assert [cells[key].has_money for key in counts] == [True, False, False, False]
    # Twelve people in hidden cells already hide each other; empty cells hide nobody.
    assert publish({"a": 90, "b": 5, "c": 7})["a"].has_money
    assert publish({"a": 90, "b": 0})["a"].has_money
    assert {n: publish({"a": n})["a"].people for n in (9, 10, 12, 13, 17, 18)} == {
        9: None,
        10: 10,
        12: 10,
        13: 15,
        17: 15,
        18: 20,
    }


def test_page_publishes_no_small_cell_and_nobody(page: Page, company: Company) -> None:
    small = company.codes(NOW, "primary_segment")["new"]
    assert 0 < len(small) < 10
    assert page.value("primary segment/new", "people") == "fewer than 10"
    assert page.value("primary segment/new", "revenue") == "withheld"
    for (_, key), text in page.reader.found.items():
        if key in {"people", "came", "left"}:
            assert text == "fewer than 10" or int(text.replace(",", "")) % 5 == 0
    assert re.search(r"(?<![\d.])(0|100)%", page.reader.text) is None
    assert re.search(r"c\d{5}", page.html) is None


def test_shares_never_say_nobody_or_everybody() -> None:
    assert [share_text(x) for x in (0.0, 0.004, 0.005, 0.994, 0.996, 1.0)] == [
        "under 1%",
        "under 1%",
        "1%",
        "99%",
        "over 99%",
        "over 99%",
    ]
    assert money_text(Decimal("12345678901234.5")) == "12,345.7 billion"
    assert money_text(Decimal("-0.5")) == "−1"


def test_hostile_words_stay_words(page: Page) -> None:
    assert "<script" not in page.html
    assert page.html.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") > 5
    assert " ".join(HOSTILE.split()) in page.reader.text


def test_page_asks_for_nothing_outside_itself(
    page: Page, poor_pages: dict[str, Page]
) -> None:
    for each in (page, *poor_pages.values()):
        for tag, attributes in each.reader.tags:
            assert tag not in {"script", "iframe", "object", "embed", "img", "base"}
            for name in ("src", "href", "action", "data", "poster", "srcset"):
                assert attributes.get(name, "#").startswith(("#", "data:,"))
            assert not any(name.startswith("on") for name in attributes)
        assert re.search(r"https?:|url\(|@import", each.html) is None
        assert "default-src 'none'" in each.html


def test_poor_data_render_and_say_so(poor_pages: dict[str, Page]) -> None:
    enough = {"one date", "no consents", "older file"}
    for name, each in poor_pages.items():
        visible = each.reader.text
        assert re.search(r"\b(None|nan|NaN|inf|Infinity|null)\b", visible) is None, name
        assert each.summary.is_conclusive == (name in enough)
        assert ("There is too little data" in visible) == (name not in enough)
        assert each.summary.headline.startswith("Too little") == (name not in enough)
        # Everything opened is closed again.
        assert not each.reader.open, name
    one = poor_pages["one customer"].reader.text
    assert "fewer than 10 buyers, where 500 are needed" in one
    assert "1 day of orders, where 180 are needed" in one
    assert "12.5" not in one
    assert poor_pages["empty"].summary.as_of_date is None


def test_one_date_says_why_nobody_moves(poor_pages: dict[str, Page]) -> None:
    text = poor_pages["one date"].reader.text
    assert "so nobody can be seen moving" in text
    assert "Labels must be at least 90 days old" in text


def test_same_data_give_the_same_bytes(page: Page, company: Company) -> None:
    again = company.path.with_name("again.html")
    assert render(company.path, again).html == page.html
    shuffled = company.path.with_name("shuffled.duckdb")
    with duckdb.connect(str(shuffled)) as connection:
        connection.execute(f"attach '{company.path}' as old (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'old'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(
                f"create table {table} as select * from old.{table} as rows "
                "order by hash(rows)"
            )
    assert render(shuffled, again).html == page.html


def test_refusals_say_what_was_found_and_what_to_do(tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    with pytest.raises(ServingFileMissingError, match=r"no served file.*dbt build"):
        render_report(tmp_path / "nothing.duckdb", output)
    text = tmp_path / "text.duckdb"
    text.write_text("no database", encoding="utf-8")
    with pytest.raises(ServingFileUnreadableError, match=r"does not open.*dbt build"):
        render_report(text, output)
    served = write_tables(tmp_path / "served.duckdb")
    with duckdb.connect(str(served)) as connection:
        connection.execute("alter table segments__gates drop column status")
    with pytest.raises(ServingColumnMissingError, match=r"segments__gates .*status"):
        render_report(served, output)
    with duckdb.connect(str(served)) as connection:
        connection.execute("drop table segments__gates")
    with pytest.raises(ServingTableMissingError, match=r"also segments__gates.*build"):
        render_report(served, output)
    assert not output.exists()


def test_intervals_equal_published_tables() -> None:
    # Student's t, 97.5%, from any printed table.
    table = {9: 2.2622, 19: 2.0930, 29: 2.0452, 120: 1.9799}
    for degrees, value in table.items():
        assert student_quantile(0.975, degrees) == pytest.approx(value, abs=5e-4)
    # Newcombe 1998, table I, method 3.
    for hits, count, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = wilson_interval(hits, count)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


CONTROL = """<!doctype html><body style="margin:0">
<script>undefined_name();</script><img src="/missing.png">
<div style="width:2000px" role="row">first <b style="position:absolute;left:0">over</b>
</div>"""


@pytest.fixture(scope="module")
def seen(
    page: Page, poor_pages: dict[str, Page], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Visit]:
    chromium = find_chromium()
    if chromium is None:
        reason = "no Chromium: set CHROMIUM to its path"
        if os.environ.get("SEGMENTATION_REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    names = {"company": page, **poor_pages}
    pages = {
        f"{name.replace(' ', '-')}.html": each.html for name, each in names.items()
    }
    served = tmp_path_factory.mktemp("served")
    control = tmp_path_factory.mktemp("control")
    return {
        "pages": visit(chromium, served, pages, (1366, 768, 390)),
        "control": visit(chromium, control, {"control.html": CONTROL}, (390,)),
    }


def test_browser_shows_it_without_error_request_or_overflow(
    seen: dict[str, Visit],
) -> None:
    found = seen["pages"]
    assert found.console == []
    asked = {line.split()[1] for line in found.requested}
    assert asked == {"/wrapper.html"} | {f"/{frame.page}" for frame in found.frames}
    for frame in found.frames:
        place = (frame.page, frame.width)
        assert frame.fetched == [], place
        assert frame.scroll_width <= frame.width, place
        assert frame.cut == [], place
        assert frame.crossing == [], place
        assert "What data is missing?" in frame.text or "WHAT DATA" in frame.text


def test_browser_would_see_an_error_a_request_and_an_overflow(
    seen: dict[str, Visit],
) -> None:
    found = seen["control"]
    (frame,) = found.frames
    assert any("undefined_name" in line for line in found.console)
    assert frame.fetched
    assert frame.fetched[0].endswith("/missing.png")
    assert frame.scroll_width > frame.width
    assert frame.crossing == ["first | over"]
