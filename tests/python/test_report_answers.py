"""Reach, scorecard and briefs on the page say what the served tables say."""

import html
import re
from pathlib import Path

import duckdb
import pytest

from dbt_project import DbtProject
from report_company import HOSTILE, write_company, write_older, write_without_consents
from report_page import Page, render
from segmentation.report.business_case import BusinessCase, title
from segmentation.report.effects import Compared
from segmentation.report.statistics import Interval
from shared_steps import step

QUESTIONS = (
    *("Which segments do we have?", "What are they worth?", "Who is moving?"),
    *("What did the last month bring?", "How were campaigns answered?"),
    *("Whom can we reach?", "Which deserve investment?"),
    *("What do messages bring?", "Where should the budget go?"),
    *("What has changed?", "Which segments should change?"),
    *("What do we do for each?", "What does the review decide?"),
    "What data is missing?",
)
CODES = {
    "Share who order, segmented against none": "segmented none ordered",
    "Share who order, generic against none": "generic none ordered",
    "Share who order, segmented against generic": "segmented generic ordered",
    "Revenue per customer, segmented against none": "segmented none revenue",
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = tmp_path_factory.mktemp("answers")
    return render(write_company(folder / "all.duckdb", months=1), folder / "all.html")


def test_questions_come_in_the_order_of_a_marketer(page: Page) -> None:
    for words in (
        re.findall(r'<li><a href="#\w+">(.*?)</a>', page.html),
        re.findall(r'<section id="\w+">\s*<p class="kicker">(.*?)</p>', page.html),
    ):
        assert tuple(words) == QUESTIONS


def test_reach_is_told_by_segment_and_channel(page: Page) -> None:
    place = "Reach of Best/best"
    assert page.value(place, "customers") == "215"
    assert page.value(place, "addressable") == "4,000"
    assert "4,000 people to win (panel of 2017-06-30)" in page.reader.text
    # 150 and 120 of 215.
    assert page.value(place, "share Any channel") == "70%"
    assert page.value(place, "share email") == "56%"
    assert page.value(place, "reached email") == "120 people"
    text = page.reader.text
    assert "Email 56% 120 people ; a test shows 7.1 points or more" in text
    assert "130 people ; too few for a test" in text
    assert (
        "40 people ; too few for any platform, which needs 1,000; a test shows 21.0"
    ) in text
    assert "Sms withheld: fewer than 10, or nearly all" in text
    assert page.value("Reach of New/new", "customers") == "fewer than 10"
    assert "70% of “Best” can be reached on some channel, 10% of “Steady”" in text
    # The widest reach first, of segments and of channels; what is not told comes last.
    assert re.findall(r'aria-label="Reach of (\w+)"', page.html) == [
        *("Best", "Steady", "New")
    ]
    shown = [key for area, key in page.reader.found if place in area]
    assert [key for key in shown if key.startswith("share ")] == [
        *("share Any channel", "share post", "share email", "share ads")
    ]


def test_a_sealed_forecast_stands_beside_what_happened(page: Page) -> None:
    def told(key: str, code: str) -> str:
        return page.value(f"Forecast and what happened/{code}", key)

    text = page.reader.text
    assert (
        "In 2017-Q4 a customer spent 84; the sealed forecast says 80, 70 to 90"
    ) in text
    assert "Sealed on 30 September 2017, before the quarter began" in text
    assert "on 29 September 2017. Root: abc123." in text
    assert told("graded revenue", "everybody") == "84"
    assert told("graded share", "everybody") == "58%"
    assert told("graded people", "everybody") == "1,500"
    # By what was expected; 100 of 80 to 100 is outside but for the rounding.
    area = page.html.split('id="forecasts"')[1].split('id="power"')[0]
    assert re.findall(r'role="row" data-code="(\w+)"', area) == [
        *("best", "steady", "prospect", "everybody")
    ]
    assert "401 350 to 450 Ordered withheld 97% to over 99%" in text
    assert "100 80 to 100, just missed Ordered 95% 70% to 90%, missed" in text
    assert told("graded people", "prospect") == "fewer than 10"
    assert "nothing was expected" in area
    assert "145 of whom nothing was expected and 15 who have been erased" in text
    # The forecast of 400 and its line, on a scale that ends at 450; 401 is dashed.
    for place in (1.5 + 97 * 400 / 450, 1.5 + 97 * 350 / 450, 1.5 + 97 * 401 / 450):
        assert f'"{place:.2f}'.rstrip("0") in area
    last = "Forecast of 2017-Q4/2017-Q4"
    assert [page.value(last, key) for key in ("ratio", "slope", "rank", "held")] == [
        *("1.05", "0.95", "0.71", "1 of 2")
    ]
    assert "2017-Q3 none nobody can be graded" in text


def test_scorecard_says_the_bound_that_decided(page: Page) -> None:
    def told(key: str, code: str = "best") -> str:
        return page.value(f"Scorecard of {code.title()}/{code}", key)

    # By rank; who has none comes last.
    assert re.findall(r'class="judged" data-code="(\w+)"', page.html) == [
        *("best", "steady", "deal_seekers", "prospect")
    ]
    assert told("rank") == "1"
    assert (told("advice"), told("reason")) == (
        "Invest",
        "rank 1 of 3, in the more attractive half, on 90% of the weight",
    )
    assert told("Size bound") == (
        "215 customers; at least 100 are needed, the least number that is worth "
        "acting on."
    )
    assert told("Access bound").startswith("70% can be reached on some channel, not")
    assert told("Distinctness bound") == (
        "Nearest is “Steady”; the surest difference later is in spend: 1.31 standard "
        "deviations, at least 1.08."
    )
    assert told("Stability bound") == (
        "Agreement with a month ago is 0.87 beyond chance, not below 0.20; 89% stayed."
    )
    assert told("fragility") == (
        "Changes places with “Steady” if the weight of growth falls by 0.03."
    )
    # A ceiling is never rounded up.
    assert told("ceiling") == "123 per customer, from the margin of its orders"
    assert told("service_tier") == "self service"
    assert told("missing") == (
        "No evidence of competition: 10% of the weight, which the others share."
    )
    assert told("Size", "steady") == "too large"
    assert told("Size bound", "steady").startswith("1,500 customers; at most 1,340 are")
    assert told("Access bound", "steady").startswith("10% can be reached")
    assert told("Distinctness bound", "steady").endswith(
        "0.12 standard deviations, or nothing, less than 0.20 with 0.10 for sure."
    )
    assert told("Stability bound", "steady").endswith("below 0.20; 17% stayed.")
    assert told("fragility", "steady").endswith("of retention rises by 0.03.")
    assert told("ceiling", "steady") == "none: no margin known"
    assert told("rank", "prospect") == "–"
    assert told("fragility", "prospect") == "It has no rank."
    assert told("Size", "prospect") == "cannot be judged"
    text = page.reader.text
    assert "1 of 4 segments deserves investment: “Best”" in text
    assert "Merge with “Best” : it is too small to act on and to test" in text
    assert "Fewer than 10 customers; at least 318 are needed, as many as a" in text
    assert "but not among customers of one value tier." in text


def test_factors_are_bars_and_what_is_missing_is_shown(page: Page) -> None:
    place = "Factors of Best/best"
    assert page.value(place, "growth") == "0.38, weighs 22%"
    assert page.value(place, "competition") == "missing, 10% shared out"
    bars = re.search(r'aria-label="Factors of Best">(.*?)</article>', page.html, re.S)
    assert bars is not None
    assert re.findall(r'class="bar solid" width="([\d.]+)%"', bars[1]) == ["100", "38"]
    assert len(re.findall(r'class="factor absent"', bars[1])) == 1


def card(page: Page, code: str) -> str:
    pattern = rf'<article class="card brief"[^>]*data-code="{code}">(.*?)</article>'
    found = re.search(pattern, page.html, re.S)
    assert found is not None
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()))


def test_a_card_is_the_brief_of_its_segment(page: Page) -> None:
    best = card(page, "best")
    sizes = "Customers and revenue by primary segment/best"
    people, share = page.value(sizes, "people"), page.value(sizes, "people_share")
    for words in (
        "Rule: frequency score is 5 and revenue 90d is above 250.",
        f"How many {people} customers, {share} of all.",
        "912 a customer, 95% interval 881 to 944; everybody else 301",
        "Revenue of the last 365 days withheld",
        "Average order value: 41.50, everybody else 128 (difference −0.93)",
        "Online order share: 71%, everybody else 40% (difference +0.63)",
        "Age band 35-44: 50%, everybody else 45% (difference small)",
        "Online: 62% of orders",
        "Tea: 40% buy it, 2.0 times as many as of everybody else (95% interval 1.6 to",
        "Do Open launches to them first. Do not",
        "Offer Early access. Owner Head of care Next test Access or none.",
        "By 11 December 2017. Overdue by 20 days: read this page again.",
    ):
        assert words in best
    assert "Weekend" not in best
    assert "Coffee" not in best
    assert f"Do not {HOSTILE} Offer" in best
    assert HOSTILE not in page.html
    steady = card(page, "steady")
    assert "What they buy more than others Nothing for sure" in steady
    assert steady.endswith("Review By 31 March 2018.")
    assert "Overdue" not in steady
    assert "Owner Nobody has decided yet." in steady
    assert "The review of 1 segment is overdue." in page.reader.text
    assert "Owner" not in card(page, "otherwise")


def test_without_consents_nothing_may_be_sent(tmp_path: Path) -> None:
    path = write_without_consents(tmp_path / "served.duckdb")
    page = render(path, tmp_path / "page.html")
    text = page.reader.text
    assert "Nothing may be sent to anybody: no consents are mapped" in text
    assert "Map consents to the input consents , and addresses to identifiers" in text
    assert not [key for _, key in page.reader.found if key.startswith("share ")]
    assert page.value("Scorecard of Best/best", "Access") == "cannot be judged"


def test_treatment_is_told_by_age_and_region(page: Page) -> None:
    def told(place: str) -> list[str]:
        return [
            page.value(f"Treatment of {place}", key)
            for key in ("treated customers", "mailed", "advertised", "excluded")
        ] + [page.value(f"Treatment of {place}", "ceiling")]

    assert told("age band 35-44") == ["780", "50%", "13%", "2%", "1,250"]
    assert told("region unknown") == ["1,200", "41%", "under 1%", "withheld", "25"]
    assert told(f"region {HOSTILE}") == ["fewer than 10", *["withheld"] * 4]


def test_the_last_whole_month_is_told(page: Page) -> None:
    def told(code: str, *keys: str) -> list[str]:
        area = f"{{}} of {code.title()}/{code}"
        return [page.value(area.format("People"), key) for key in keys]

    text = page.reader.text
    # From 50,000 to 55,000.
    assert "Customers are worth 10% more than a month before" in text
    assert "From 31 October 2017 to 30 November 2017: what" in text
    bridge = "From the start of the month to its end"
    assert page.value(bridge, "bridge new") == "5,000"
    assert page.value(bridge, "bridge shrunk") == "−4,000"
    assert told("best", "opening", "came", "new", "left", "closing") == [
        *("200", "25", "0", "10", "215")
    ]
    assert told("best", "recoded", "order rate") == ["15, fewer than 10", "90%"]
    assert told("steady", "order rate") == ["withheld"]
    money = "Money of Best/best"
    assert page.value(money, "month revenue") == "21,000"
    assert page.value(money, "service") == "withheld"
    assert page.value("Money of Steady/steady", "contribution") == "−353"


def test_campaigns_are_told_with_totals_that_mislead(page: Page) -> None:
    text = page.reader.text
    reversal = "the total fell 1.7 points, segments at an unchanged mix rose 1.3 points"
    assert f"“{HOSTILE}”, clicked, by recency: {reversal}" in text
    # The newest first; the measure that most is recorded of, responses first.
    assert page.value(f"Campaign {HOSTILE}", "answered") == "3.1%"
    assert page.value("Campaign Campaign 1", "people reached") == "400"
    assert page.value("Campaign Late", "answered") == "withheld"
    assert "28 December 2017, still counting" in text
    assert page.value("Answer of Best", "segment answered") == "6.0%"
    assert page.value("Answer of Best", "index") == "222"
    assert page.value("Answer of Steady", "index") == "withheld"
    place = f"Change of “{HOSTILE}”, clicked, by"
    assert page.value(f"{place} recency", "change") == "−1.7 (−2.9 to −0.7)"
    assert page.value(f"{place} recency", "rate effect") == "+1.3 (+0.1 to +2.4)"
    assert f"{place} primary" not in text
    # Zero lies in the middle: 2.9 points to the left of it is the end of the drawing.
    drawn = re.search(r'data-name="Total"><svg.*?</svg>', page.html, re.S)
    assert drawn is not None
    assert 'class="reference" x1="50%"' in drawn[0]
    assert 'x1="1.5%" x2=' in drawn[0]


def test_the_budget_is_told_with_what_channels_cost(page: Page) -> None:
    text = page.reader.text
    assert (
        "Next month display is worth 80 more: 60 of margin expected (40 to 80)" in text
    )
    assert "the last unit of it brings 0.90 of margin, less than it costs" in text
    place = "Budget of display"
    assert (page.value(place, "kept"), page.value(place, "proposed")) == ("400", "480")
    assert page.value(place, "marginal") == "1.25 (1.10 to 1.40)"
    assert page.value("Budget of email", "reason").endswith("keep the split")
    assert page.value("Budget of nobody may take", "proposed") == "20"
    assert (
        "The 20% of customers who bring most bring 88% of revenue and get 20% of the"
    ) in text
    assert page.value("Channel email", "spend") == "264"
    assert page.value("Channel email", "cost per order") == "13.2"
    assert page.value("Channel display", "channel orders") == "withheld"
    assert page.value("Channel display", "channel reached") == "unknown"
    assert page.value("Channel No channel", "channel revenue") == "18,000"


def test_the_case_for_segments_rests_on_what_was_drawn(page: Page) -> None:
    def told(place: str) -> list[str]:
        keys = ("compared", "effect", "note")
        return [page.value(f"{place}/{CODES[place]}", key) for key in keys]

    assert "Of 100 customers 1.8 more order when sent what suits" in page.reader.text
    assert told("Share who order, segmented against none") == [
        *("4,600", "+1.8 points", "drawn, 12 experiments")
    ]
    assert told("Share who order, generic against none") == [
        *("120", "not known", "association, no effect: generic 50%")
    ]
    assert told("Share who order, segmented against generic") == [
        *("nobody", "not known", "no evidence")
    ]
    assert told("Revenue per customer, segmented against none") == [
        *("4,600", "−0.6", "drawn, 1 experiment")
    ]


@pytest.mark.parametrize(
    ("over_none", "over_generic", "expected"),
    [
        ((0.01, 0.02), (0.001, 0.01), "segment, more than when all are sent the same"),
        ((0.01, 0.02), (-0.01, 0.01), "segment, not clearly more than when all are"),
        ((-0.01, 0.02), (-0.01, 0.01), "show no difference yet between segmented"),
    ],
)
def test_the_case_is_no_better_than_its_weaker_half(
    over_none: tuple[float, float], over_generic: tuple[float, float], expected: str
) -> None:
    rows = tuple(
        Compared(
            code=f"segmented {other} ordered",
            name="",
            measure="",
            people="",
            effect=Interval(low, (low + high) / 2, high),
            has_estimate=True,
            extent=1.0,
            text="",
            range_text="",
            note="",
        )
        for other, (low, high) in (("none", over_none), ("generic", over_generic))
    )
    assert expected in title(BusinessCase(rows, ()))


def test_a_running_experiment_has_bounds_and_no_effect(page: Page) -> None:
    place = "Share who order, mail against no contact/shop/7 mail no_contact"
    assert page.value(place, "compared") == "800 and 400"
    assert page.value(place, "effect") == "+2.0 points"
    assert page.value(place, "range") == "+0.5 points to +3.5 points"
    assert page.value(place, "note") == (
        "difference seen; expand the boundary; differs between segments (p 0.03)"
    )
    place = "Share who order, mail against no contact/band mail no_contact"
    assert page.value(place, "compared") == "60 and fewer than 10"
    assert page.value(place, "effect") == "not told"
    assert page.value(place, "range") == "−4.0 points to +6.0 points"
    text = page.reader.text
    assert "Planned, from 1 February 2018; fewer than 10 people; it can show a" in text


def test_what_moved_is_told_beside_what_chance_moves(page: Page) -> None:
    text = page.reader.text
    assert (
        "One thing moved by more than chance against a year ago, most of all order "
        "count 90d of Best"
    ) in text
    place = "Drift of feature primary best order_count_90d"
    assert page.value(place, "moved").endswith("at least 2 47%, it was 68%")
    assert page.value(place, "found") == "0.277 against 0.173, distribution"
    assert "3 comparisons; 1 more could not be made" in text
    # The dot beyond the dashed line at one bound, of four that fill the width.
    rows = page.html.split('aria-label="Drift of ')[1:]
    assert 'cx="40.' in rows[0]
    assert all('class="reference" x1="25.75%"' in row for row in rows)


def test_advice_is_told_with_what_it_loses(page: Page) -> None:
    text = page.reader.text
    assert "2 segments should change; first “Steady”: merge with “New”" in text
    assert "Segments explain 0.131 of the variance of later spend." in text
    assert page.value("Advice on Best/best", "advised") == "Keep it"
    assert page.value("Advice on Steady/steady", "loses").endswith("stays the same")
    split = "Advice on New/new"
    assert page.value(split, "advised") == f"Split by main device, {HOSTILE}"
    assert page.value(split, "loses") == "gains 0.012 of the variance of later outcomes"
    merging = "Advice on Best/Neighbours of Best"
    assert page.value(merging, "merging 1") == (
        "loses 0.030 of the variance of later outcomes"
    )


def test_the_review_says_what_to_decide_and_when(page: Page) -> None:
    def found(topic: str) -> str:
        return page.value(f"Topic {topic}/{topic}", "finding")

    assert "1 decision should have been made already" in page.reader.text
    assert found("framework") == (
        "Merge Steady with New (no outcome differs by 0.2 or more); split New by main "
        "device (both parts differ in spend in both halves); keep 1 segment."
    )
    assert found("drift").startswith("1 of ")
    assert found("forecasts").endswith(
        "held; customers ordered 105% of what was expected."
    )
    assert found("budget") == "Move display from 400 to 480: 60 more margin a month."
    # 264.4 + 9 and 406.86 of the spend that names a channel; revenue of email alone.
    assert page.value("Mix of email/email", "mix spend") == "40%"
    assert page.value("Mix of display/display", "mix spend") == "60%"
    assert page.value("Mix of email/email", "mix revenue") == "over 99%"
    assert page.value("Decision 1", "due 1") == "11 December 2017, late"
    assert page.value("Decision 2", "due 2") == "15 January 2018"
    assert page.value("Decision 3", "due 3") == "31 March 2018"


def test_an_older_file_is_shown_without_what_it_lacks(tmp_path: Path) -> None:
    page = render(write_older(tmp_path / "old.duckdb"), tmp_path / "page.html")
    text = page.reader.text
    for missing in (
        "segments__reach",
        "segments__scorecard, segments__scorecard_factors",
        "segments__playbook.owner, segments__profiles",
        "activation__treatment",
        "measurement__segment_months",
        "measurement__validation",
        "measurement__campaign_changes",
        "measurement__budget_allocation",
        "measurement__business_case",
        "measurement__experiment_results, measurement__experiments",
        "measurement__drift",
        "measurement__advice",
    ):
        assert f"The served file holds no {missing}: it was written before" in text
    assert "Whom each channel reaches is not in this file" in text
    assert "What to do Thank, never discount." in card(page, "best")


def test_a_built_file_lacks_nothing_and_its_cards_agree_with_the_marts(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    served = complete_journey.warehouse.with_name("serving.duckdb")
    page = render(served, tmp_path / "page.html")
    assert "it was written before this version" not in page.reader.text
    with duckdb.connect(str(served), read_only=True) as connection:
        found = connection.execute(
            "select primary_segment, count(*), sum(count(*)) over (), "
            "avg(expected_revenue_365d), max(expected_revenue_365d), "
            "avg(revenue_365d), max(revenue_365d) from segments__customers "
            "inner join features__customers using (customer_id, as_of_date) "
            "group by primary_segment having count(*) >= 100"
        ).fetchall()
        order = connection.execute(
            "select segment_code from segments__scorecard "
            "where attractiveness_rank is not null order by attractiveness_rank"
        ).fetchall()
    assert len(found) > 3
    for code, count, everybody, *money in found:
        told = card(page, code)
        share = 5 * round(count / 5) / (5 * round(everybody / 5))
        assert f" {5 * round(count / 5):,} customers, {share:.0%} of all." in told
        # Each to a step that no one customer can move it by.
        expected, revenue = (
            round(float(mean) / size) * size
            for mean, most in zip(money[::2], money[1::2], strict=True)
            for size in [step(float(most) / count)]
        )
        assert f"Expected revenue in the next year {expected:,.0f} a customer" in told
        assert f"Revenue of the last 365 days {revenue:,.0f} a customer" in told
    shown = re.findall(r'class="judged" data-code="(\w+)"', page.html)
    assert shown[: len(order)] == [code for (code,) in order]
    assert "Nothing may be sent to anybody: no consents are mapped" in page.reader.text
