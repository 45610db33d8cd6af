"""The made-up company: the same bytes again, the noise of real data, truth for all."""

import hashlib
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from omnichannel import Generated, generated
from segmentation.demo.errors import CompanySettingsError, FolderInUseError
from segmentation.demo.omnichannel import Company, expected_rows, generate
from segmentation.demo.omnichannel.chunk import CHUNK_PERSONS, Chunk
from segmentation.demo.omnichannel.frames import Frame, Random
from segmentation.demo.omnichannel.systems import web
from segmentation.demo.omnichannel.tables import RAW
from segmentation.demo.omnichannel.visits import draw_visits

SMALL = 1_000


@pytest.fixture(scope="module")
def company() -> Generated:
    return generated()


def digests(folder: Path) -> dict[str, str]:
    """Return a hash of the bytes of each file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def written(folder: Path, company: Company) -> dict[str, str]:
    folder.mkdir()
    generate(company, folder, lambda *_: None)
    return digests(folder)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "first", Company(SMALL, seed=7))
    second = written(tmp_path / "second", Company(SMALL, seed=7))
    other = written(tmp_path / "other", Company(SMALL, seed=8))

    assert first == second
    assert len(first) > len(RAW)
    same = [file for file in first if first[file] == other[file]]
    # Mailings do not depend on the seed.
    assert [file.split("/")[1] for file in same] == ["mailing_campaigns", "planted"]


def test_bytes_do_not_depend_on_the_number_of_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_parts = Company(CHUNK_PERSONS + 100, seed=3)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    alone = written(tmp_path / "alone", two_parts)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    together = written(tmp_path / "together", two_parts)

    assert alone == together
    assert any("00001-shop" in file for file in alone)


def test_ids_are_unique_over_parts(company: Generated) -> None:
    counts = company.query("""
        select count(*) as records, count(distinct (source_system, source_customer_id))
            as distinct_records
        from truth.records
    """)
    orders = company.query("""
        select count(*) as orders, count(distinct (source_system, order_id))
            as distinct_orders
        from truth.orders
    """)
    assert counts["records"][0] == counts["distinct_records"][0]
    assert orders["orders"][0] == orders["distinct_orders"][0]


def test_ids_of_two_systems_have_nothing_in_common(company: Generated) -> None:
    ids = company.query("""
        with ids as (
            select
                source_system, person_id,
                cast(regexp_extract(source_customer_id, '[0-9]+$') as bigint) as id
            from truth.records
            where source_system in ('omni_shop', 'omni_mailing', 'omni_survey')
                and source_customer_id not like 'guest%'
        )

        select one.id as one, other.id as other, one.id - other.id as gap
        from ids as one
        inner join ids as other
            on
                one.person_id = other.person_id
                and one.source_system < other.source_system
    """)
    assert len(ids) > 20_000
    assert ids["gap"].nunique() > 0.999 * len(ids)
    assert abs(ids["one"].corr(ids["other"])) < 0.03


def test_another_seed_gives_other_ids(company: Generated) -> None:
    other = generated(customers=1_000, seed=2)
    found = [
        set(one.query("select account_no from raw.shop_accounts")["account_no"])
        for one in (company, other)
    ]
    assert not found[0] & found[1]


# The record behind each raw row, as staging says it too.
RECORDS = {
    "shop": """
        select account_no from raw.shop_accounts
        union select coalesce(account_no, 'guest-' || order_no) from raw.shop_orders
    """,
    "till": """
        select cast(card_no as varchar) from raw.till_cards
        union
        select coalesce(cast(card_no as varchar), 'receipt-' || receipt)
        from raw.till_receipts
    """,
    "crm": "select contact_id from raw.crm_contacts",
    "web": """
        select anon_id from raw.web_events union select anon_id from raw.web_logins
    """,
    "product": """
        select serial from raw.product_devices
        union select serial from raw.product_usage
    """,
    "mailing": """
        select cast(subscriber as varchar) from raw.mailing_subscribers
        union select cast(subscriber as varchar) from raw.mailing_cells
        union select cast(subscriber as varchar) from raw.mailing_activity
    """,
    "helpdesk": """
        select requester from raw.helpdesk_requesters
        union select requester from raw.helpdesk_tickets
    """,
    "social": """
        select network || ':' || handle from raw.social_profiles
        union select network || ':' || handle from raw.social_posts
    """,
    "survey": """
        select respondent from raw.survey_respondents
        union select respondent from raw.survey_answers
        union select respondent from raw.survey_prompts
        union select respondent from raw.survey_consents
    """,
}


@pytest.mark.parametrize("system", RECORDS)
def test_truth_knows_every_record_and_no_other(company: Generated, system: str) -> None:
    raw = company.query(f"select * from ({RECORDS[system]}) as found(id)")
    true = company.query(f"""
        select source_customer_id from truth.records
        where source_system = 'omni_{system}'
    """)
    assert set(raw["id"]) == set(true["source_customer_id"])
    assert len(raw) > 300


def test_a_shared_browser_is_of_who_visited_most_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[Chunk, Frame]] = []

    def remembered(chunk: Chunk, clicks: Frame, rng: Random) -> Frame:
        visits = draw_visits(chunk, clicks, rng)
        drawn.append((chunk, visits))
        return visits

    monkeypatch.setattr(web, "draw_visits", remembered)
    small = Generated(*generate(Company(4_000, seed=5), tmp_path, lambda *_: None))
    [(chunk, visits)] = drawn
    persons = [f"P{number:08d}" for number in chunk.people.number.tolist()]
    visitor = {
        f"v{visit:x}": persons[owner]
        for visit, owner in zip(
            visits["visit"].tolist(), visits["owner"].tolist(), strict=True
        )
        if owner >= 0
    }
    rows = small.query("select distinct anon_id, visit from raw.web_events")
    counts = defaultdict[str, Counter[str]](Counter)
    for browser, visit in rows.itertuples(index=False):
        if visit in visitor:
            counts[browser][visitor[visit]] += 1
    records = small.query(
        "select source_customer_id, person_id from truth.records "
        "where source_system = 'omni_web' and person_id is not null"
    )

    # Of two with equally many visits the one with the smaller number.
    assert dict(records.itertuples(index=False)) == {
        browser: min(count, key=lambda person: (-count[person], person))
        for browser, count in counts.items()
    }
    shared = [count.most_common(2) for count in counts.values() if len(count) > 1]
    assert len(shared) > 50
    assert sum(first[1] == second[1] for first, second in shared) > 10


NOISE = {
    "typos": """
        select count(*) from raw.shop_accounts as shop
        inner join raw.crm_contacts as crm on shop.mail = crm.email
        where levenshtein(shop.family_name, crm.last_name) between 1 and 2
    """,
    "nicknames": "select count(*) from raw.till_cards where holder like '%, Steffi'",
    "maiden names": """
        select count(*) from raw.shop_accounts as shop
        inner join raw.crm_contacts as crm on shop.mail = crm.email
        where
            shop.given_name = crm.first_name
            and levenshtein(shop.family_name, crm.last_name) > 4
    """,
    "moved addresses": """
        select count(*) from raw.shop_accounts as old
        inner join raw.shop_accounts as new on old.account_no = new.account_no
        where old.changed_at < new.changed_at and old.street <> new.street
    """,
    "shared phones": """
        select count(*) from (
            select mobile from raw.till_cards where mobile <> '0000000000'
            group by mobile having count(*) > 1
        )
    """,
    "shared devices": """
        select count(*) from (
            select anon_id from raw.web_logins
            group by anon_id having count(distinct shop_account) > 1
        )
    """,
    "shared inboxes": """
        select count(*) from (
            select mail from raw.shop_accounts where mail like 'familie%'
            group by mail having count(distinct account_no) > 1
        )
    """,
    "inboxes of firms": """
        select count(*) from raw.crm_contacts where email like 'info@firma%'
    """,
    "borrowed cards": """
        select count(*) from raw.till_receipts as till
        inner join truth.orders as orders
            on
                orders.source_system = 'omni_till'
                and cast(till.receipt as varchar) = orders.order_id
        inner join truth.records as records
            on
                records.source_system = 'omni_till'
                and cast(till.card_no as varchar) = records.source_customer_id
        where orders.person_id <> records.person_id
    """,
    "twins": "select count(*) from truth.persons where is_twin",
    "placeholder mails": """
        select count(*) from raw.shop_accounts where mail = 'test@test.com'
    """,
    "placeholder phones": """
        select count(*) from raw.shop_accounts where phone = '0000000000'
    """,
    "placeholder births": """
        select count(*) from raw.shop_accounts where born = '1900-01-01'
    """,
    "decomposed unicode": """
        select count(*) from raw.shop_accounts
        where given_name <> nfc_normalize(given_name)
    """,
    "capitals with a dot": """
        select count(*) from raw.shop_accounts where given_name like 'İ%'
    """,
    "late rows": """
        select count(*) from raw.shop_orders
        where loaded_at > cast(changed_at as timestamp) + interval 2 day
    """,
    "rows delivered twice": """
        select count(*) from (
            select event_key from raw.web_events group by event_key having count(*) > 1
        )
    """,
    "versions of orders": """
        select count(*) from raw.shop_orders where changed_at > placed_at
    """,
    "deletions": "select count(*) from raw.shop_accounts where deleted",
    "removals": "select count(*) from raw.crm_contacts where is_removed = 'Y'",
    "francs": "select count(*) from raw.shop_orders where currency = 'CHF'",
    "pounds": "select count(*) from raw.shop_orders where currency = 'GBP'",
    "francs in stores": "select count(*) from raw.till_receipts where currency = 'CHF'",
}


@pytest.mark.parametrize("kind", NOISE)
def test_noise_of_real_data(company: Generated, kind: str) -> None:
    assert company.query(NOISE[kind]).iloc[0, 0] >= 10


def test_lines_add_up_to_their_orders(company: Generated) -> None:
    off = company.query("""
        with items as (
            select
                order_no, sum(paid_cents) as paid, sum(discount_cents) as discount
            from (select distinct * exclude (loaded_at) from raw.shop_items)
            group by order_no
        )

        select count(*) as orders, sum(cast(
            items.paid <> subtotal_cents - discount_cents
            or items.discount <> discount_cents as integer
        )) as off
        from raw.shop_orders as orders
        inner join items on orders.order_no = items.order_no
        where orders.changed_at = orders.placed_at
    """)
    assert off["off"][0] == 0
    assert off["orders"][0] > 10_000


def test_wall_times_of_berlin_and_new_york(company: Generated) -> None:
    """Tills write local time: an hour ahead of UTC in winter, two in summer."""
    hours = company.query("""
        select distinct
            month(orders.ordered_at) as month,
            date_diff(
                'hour', orders.ordered_at, strptime(till.sold, '%d.%m.%Y %H:%M:%S')
            ) as ahead
        from raw.till_receipts as till
        inner join truth.orders as orders
            on
                orders.source_system = 'omni_till'
                and cast(till.receipt as varchar) = orders.order_id
        where month(orders.ordered_at) in (1, 7)
    """)
    assert dict(zip(hours["month"], hours["ahead"], strict=True)) == {1: 1, 7: 2}
    sends = company.query("""
        select hour(starts) as hour from raw.mailing_campaigns
        where month(starts) not in (3, 10, 11)
    """)
    # Ten in the morning in Berlin, six hours earlier on the other side.
    assert set(sends["hour"]) == {4}


def test_the_estimate_of_rows_is_near(company: Generated) -> None:
    rows = company.raw.row_count + company.true.row_count
    assert expected_rows(Company(20_000)) == pytest.approx(rows, rel=0.05)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"customers": 0}, "Found customers 0; expected a number from 1"),
        ({"seed": -1}, "Found seed -1; expected 0 or more"),
        ({"world": "flat"}, "Found world flat; expected standard, stationary, null"),
        (
            {"world": "planted", "separation": 0.0},
            "Found separation 0.0; expected more",
        ),
    ],
)
def test_impossible_companies(settings: dict[str, object], words: str) -> None:
    with pytest.raises(CompanySettingsError, match=words):
        Company(**settings)  # type: ignore[arg-type]


def test_a_folder_that_holds_a_company_is_left_alone(tmp_path: Path) -> None:
    written(tmp_path / "one", Company(100))
    before = digests(tmp_path)

    with pytest.raises(FolderInUseError, match="raw_omnichannel; expected a folder"):
        generate(Company(100, seed=2), tmp_path / "one", lambda *_: None)

    assert digests(tmp_path) == before
