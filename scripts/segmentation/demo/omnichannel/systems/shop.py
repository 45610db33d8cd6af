"""The web shop: accounts, orders of members and guests, what was given back."""

import numpy as np

from segmentation.demo.omnichannel.accounts import draw_accounts
from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import END
from segmentation.demo.omnichannel.details import record_details
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    NOTHING,
    Frame,
    Random,
    delivered,
    loaded,
    stack,
    take,
)
from segmentation.demo.omnichannel.lines import draw_lines, share_out
from segmentation.demo.omnichannel.names import CURRENCIES, TOWNS
from segmentation.demo.omnichannel.people import APP, STORE

# Units of the currency for one euro, near the rates of these years.
PER_EURO = {"EUR": 1.0, "CHF": 0.95, "GBP": 0.85}
SHIPPING_CENTS, FREE_FROM_CENTS, TAX_RATE = 490, 5_000, 0.19
GUEST_SHARE = 0.06
# What becomes of an order: nothing, cancelled, refunded in part, sent back.
OUTCOMES = ("", "CANCEL", "REFUND", "RETURN")
OUTCOME_SHARES = (0.86, 0.03, 0.01, 0.10)

SHAPES = (
    (
        "shop_accounts",
        """
        select
            'C' || id as account_no, mail, given as given_name, family as family_name,
            phone, strftime(birth, '%Y-%m-%d') as born, street, zip, town, country,
            iso(registered) as registered_at, iso(changed) as changed_at,
            deleted, moment(loaded) as loaded_at
        from accounts
        """,
    ),
    (
        "shop_orders",
        """
        select
            'S' || id as order_no, 'C' || nullif(account, -1) as account_no, guest_mail,
            guest_phone, iso("at") as placed_at, sales_channel, currency,
            subtotal as subtotal_cents, discount as discount_cents,
            tax as tax_cents, shipping as shipping_cents, cost as cost_cents,
            coupon, campaign_ref, iso(changed) as changed_at, deleted,
            moment(loaded) as loaded_at
        from orders
        """,
    ),
    (
        "shop_items",
        """
        select
            'S' || id as order_no, 'C' || nullif(account, -1) as account_no,
            item as item_no, 'K' || product as sku, pieces, paid as paid_cents,
            discount as discount_cents, moment(loaded) as loaded_at
        from items
        """,
    ),
    (
        "shop_refunds",
        """
        select
            'R' || id as refund_no, 'S' || id as order_no,
            'C' || nullif(account, -1) as account_no, iso(created) as created_at, kind,
            amount as amount_cents, moment(loaded) as loaded_at
        from refunds
        """,
    ),
    (
        "records",
        """
        select distinct
            'omni_shop' as source_system, 'C' || id as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from accounts
        union all
        select distinct
            'omni_shop', 'guest-S' || id, person_key(person),
            guest_mail is not null or guest_phone is not null
        from orders
        where account = -1
        """,
    ),
    (
        "orders",
        """
        select distinct
            'omni_shop' as source_system, 'S' || id as order_id,
            person_key(person) as person_id,
            case when campaign >= 0 then campaign end as caused_by,
            moment("at") as ordered_at, net_eur
        from orders
        where first_version
        """,
    ),
)

COMMON_SHAPE = (
    "shop_articles",
    """
    select
        'K' || product as sku, title || ' ' || brand || ' ' || product % 60 as title,
        category, brand, cost as cost_cents,
        make_timestamp(2024, 1, 1, 3, 0, 0) as loaded_at
    from products
    """,
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return the rows that the shop records."""
    orders = _orders(chunk, rng)
    return {
        "accounts": delivered(rng, draw_accounts(chunk, rng)),
        "items": delivered(rng, _items(chunk, orders, rng)),
        "refunds": _refunds(orders, rng),
        "orders": delivered(rng, _with_versions(orders, rng)),
    }


def _orders(chunk: Chunk, rng: Random) -> Frame:
    online = take(chunk.orders, chunk.orders["channel"] != STORE)
    owner, count = online["owner"], len(online["owner"])
    account_day = chunk.touchpoints.account[owner]
    is_member = (account_day <= online["day"]) & (rng.random(count) >= GUEST_SHARE)
    country = np.array(TOWNS, dtype=object)[chunk.contacts.town[owner]][:, 3]
    currency = np.array([CURRENCIES[code] for code in country], dtype=object)
    per_euro = np.array([PER_EURO[code] for code in currency])
    subtotal = np.rint(np.maximum(online["value"], 1) * per_euro * 100).astype(np.int64)
    has_coupon = online["has_coupon"] | (online["campaign"] >= 0)
    rate = np.where(has_coupon, rng.choice([0.1, 0.15, 0.2], count), 0.0)
    discount = np.rint(subtotal * rate).astype(np.int64)
    net = subtotal - discount
    guest = record_details(chunk.contacts, owner, online["day"], 0.2, rng)
    mailed = np.where(
        online["campaign"] >= 0, "MAIL" + online["campaign"].astype(str), "WELCOME"
    )
    return {
        "id": chunk.ids(count, 2),
        "account": np.where(is_member, chunk.person_ids(owner, 1), -1),
        "person": chunk.people.number[owner],
        "guest_mail": np.where(is_member, NOTHING, guest["mail"]),
        "guest_phone": np.where(is_member, NOTHING, guest["phone"]),
        "at": online["at"],
        "sales_channel": np.where(online["channel"] == APP, "APP", "WEB").astype(
            object
        ),
        "currency": currency,
        "subtotal": subtotal,
        "discount": discount,
        "tax": np.rint(net * TAX_RATE).astype(np.int64),
        "shipping": np.where(net < FREE_FROM_CENTS, SHIPPING_CENTS, 0),
        "cost": np.rint(subtotal * rng.uniform(0.45, 0.65, count)).astype(np.int64),
        "coupon": np.where(has_coupon, mailed, NOTHING),
        "campaign_ref": np.where(
            online["campaign"] >= 0, online["campaign"].astype(str), NOTHING
        ),
        "campaign": online["campaign"],
        "net_eur": net / per_euro / 100,
        "changed": online["at"],
        "deleted": np.zeros(count, dtype=bool),
        "loaded": loaded(rng, online["at"]),
        "first_version": np.ones(count, dtype=bool),
        "owner": owner,
    }


def _with_versions(orders: Frame, rng: Random) -> Frame:
    """Return the orders with the later versions that some of them have."""
    count = len(orders["id"])
    shortened = take(orders, rng.random(count) < 0.015)
    # An article was sold out, and its price is left out.
    for name in ("subtotal", "discount", "cost", "tax"):
        shortened[name] = np.rint(shortened[name] * 0.8).astype(np.int64)
    dropped = take(orders, rng.random(count) < 0.001)
    dropped["deleted"] = np.ones(len(dropped["id"]), dtype=bool)
    found = [orders]
    for later in (shortened, dropped):
        later["changed"] = later["at"] + rng.integers(HOUR, 3 * DAY, len(later["id"]))
        later["loaded"] = loaded(rng, later["changed"])
        later["first_version"] = np.zeros(len(later["id"]), dtype=bool)
        found.append(take(later, later["changed"] < END))
    return stack(*found)


def _items(chunk: Chunk, orders: Frame, rng: Random) -> Frame:
    order, number, product, weight = draw_lines(chunk, orders["owner"], rng)
    net = orders["subtotal"] - orders["discount"]
    return {
        "id": orders["id"][order],
        "account": orders["account"][order],
        "item": number + 1,
        "product": product,
        "pieces": 1 + (rng.random(len(order)) < 0.15),
        "paid": share_out(net, order, weight),
        "discount": share_out(orders["discount"], order, weight),
        "loaded": orders["loaded"][order],
    }


def _refunds(orders: Frame, rng: Random) -> Frame:
    count = len(orders["id"])
    outcome = np.searchsorted(
        np.cumsum(OUTCOME_SHARES)[:-1], rng.random(count), "right"
    )
    waits = np.where(
        outcome == 1,
        rng.integers(HOUR, 20 * HOUR, count),
        rng.integers(4, 28, count) * DAY,
    )
    created = orders["at"] + waits
    net = orders["subtotal"] - orders["discount"]
    share = np.choose(outcome, [0, 1, 0.15, np.where(rng.random(count) < 0.4, 1, 0.5)])
    frame = {
        "id": orders["id"],
        "account": orders["account"],
        "created": created,
        "kind": np.array(OUTCOMES, dtype=object)[outcome],
        "amount": np.rint(net * share).astype(np.int64),
        "loaded": loaded(rng, created),
    }
    return take(frame, (outcome > 0) & (created < END))
