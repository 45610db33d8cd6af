"""The tills of the stores: loyalty cards, receipts with and without one, returns."""

import numpy as np

from segmentation.demo.omnichannel.catalogue import STORES, SWISS_STORE
from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import DAYS, END, START
from segmentation.demo.omnichannel.details import record_details
from segmentation.demo.omnichannel.frames import (
    DAY,
    MINUTE,
    NOTHING,
    Array,
    Frame,
    Random,
    delivered,
    loaded,
    take,
)
from segmentation.demo.omnichannel.lines import draw_lines, share_out
from segmentation.demo.omnichannel.people import STORE
from segmentation.demo.omnichannel.systems.shop import PER_EURO

SHOWN_SHARE = 0.92
BORROWED_SHARE = 0.015
RETURNED_SHARE = 0.03

SHAPES = (
    (
        "till_cards",
        """
        select
            id as card_no, upper(family) || ', ' || given as holder,
            phone as mobile, mail, strftime(birth, '%d.%m.%Y') as birthday, sex,
            zip as plz, town as city, substr(german(issued), 1, 10) as issued,
            moment(loaded) as exported_at
        from cards
        """,
    ),
    (
        "till_receipts",
        """
        select
            id as receipt, store, nullif(card, -1) as card_no, german("at") as sold,
            currency, comma(list) as list_total, comma(rebate) as rebate,
            comma(list - rebate) as paid_total, moment(loaded) as exported_at
        from receipts
        """,
    ),
    (
        "till_lines",
        """
        select
            id as receipt, nullif(card, -1) as card_no, position,
            'K' || product as article, pieces, comma(paid) as paid,
            comma(rebate) as rebate, moment(loaded) as exported_at
        from lines
        """,
    ),
    (
        "till_returns",
        """
        select
            id as receipt, nullif(card, -1) as card_no, german(returned) as returned,
            comma(amount) as paid_back, moment(loaded) as exported_at
        from returns
        """,
    ),
    (
        "records",
        """
        select
            'omni_till' as source_system, cast(id as varchar) as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from cards
        union all
        select distinct 'omni_till', 'receipt-' || id, person_key(person), false
        from receipts
        where card = -1
        """,
    ),
    (
        "orders",
        """
        select distinct
            'omni_till' as source_system, cast(id as varchar) as order_id,
            person_key(person) as person_id, cast(null as bigint) as caused_by,
            moment("at") as ordered_at, net_eur
        from receipts
        """,
    ),
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return the rows that the tills record."""
    receipts = _receipts(chunk, rng)
    return {
        "cards": _cards(chunk, rng),
        "lines": delivered(rng, _lines(chunk, receipts, rng)),
        "returns": _returns(receipts, rng),
        "receipts": delivered(rng, receipts),
    }


def _cards(chunk: Chunk, rng: Random) -> Frame:
    issued = chunk.touchpoints.card
    who = np.flatnonzero(issued < DAYS)
    details = record_details(chunk.contacts, who, issued[who], 0.3, rng)
    at = np.minimum(START + (issued[who] * DAY).astype(np.int64), END - MINUTE)
    sex = np.where(chunk.people.is_female[who], "w", "m").astype(object)
    return {
        **details,
        "id": chunk.person_ids(who, 3),
        "person": chunk.people.number[who],
        "sex": np.where(rng.random(len(who)) < 0.1, NOTHING, sex),
        "issued": at,
        "loaded": loaded(rng, at),
    }


def _receipts(chunk: Chunk, rng: Random) -> Frame:
    bought = take(chunk.orders, chunk.orders["channel"] == STORE)
    owner, count = bought["owner"], len(bought["owner"])
    issued = chunk.touchpoints.card
    draw = rng.random((2, count))
    # Now and then the card of somebody at home is held out.
    holder = np.where(draw[0] < BORROWED_SHARE, housemates(chunk)[owner], owner)
    holder = np.where(issued[holder] <= bought["day"], holder, owner)
    is_shown = (issued[holder] <= bought["day"]) & (draw[1] < SHOWN_SHARE)
    currency = np.where(bought["store"] == SWISS_STORE, "CHF", "EUR").astype(object)
    per_euro = np.where(bought["store"] == SWISS_STORE, PER_EURO["CHF"], 1.0)
    listed = np.rint(np.maximum(bought["value"], 1) * per_euro * 100).astype(np.int64)
    rate = np.where(bought["has_coupon"], rng.choice([0.05, 0.1, 0.2], count), 0.0)
    rebate = np.rint(listed * rate).astype(np.int64)
    return {
        "id": chunk.ids(count, 4),
        "store": np.array(STORES, dtype=object)[bought["store"]],
        "card": np.where(is_shown, chunk.person_ids(holder, 3), -1),
        "person": chunk.people.number[owner],
        "owner": owner,
        "at": bought["at"],
        "currency": currency,
        "list": listed,
        "rebate": rebate,
        "net_eur": (listed - rebate) / per_euro / 100,
        "loaded": loaded(rng, bought["at"]),
    }


def housemates(chunk: Chunk) -> Array:
    """Return for each person the next one of the household, or the person alone."""
    household, member = chunk.people.household, chunk.people.member
    order = np.lexsort((member, household))
    following = np.roll(order, -1)
    is_last = household[order] != household[following]
    mate = np.empty(len(order), dtype=np.int64)
    mate[order] = np.where(is_last, order, following)
    return mate


def _lines(chunk: Chunk, receipts: Frame, rng: Random) -> Frame:
    order, number, product, weight = draw_lines(chunk, receipts["owner"], rng)
    return {
        "id": receipts["id"][order],
        "card": receipts["card"][order],
        "position": number + 1,
        "product": product,
        "pieces": 1 + (rng.random(len(order)) < 0.2),
        "paid": share_out(receipts["list"] - receipts["rebate"], order, weight),
        "rebate": share_out(receipts["rebate"], order, weight),
        "loaded": receipts["loaded"][order],
    }


def _returns(receipts: Frame, rng: Random) -> Frame:
    count = len(receipts["id"])
    returned = receipts["at"] + rng.integers(2 * DAY, 20 * DAY, count)
    share = np.where(rng.random(count) < 0.5, 1.0, 0.4)
    paid = receipts["list"] - receipts["rebate"]
    frame = {
        "id": receipts["id"],
        "card": receipts["card"],
        "returned": returned,
        "amount": np.rint(paid * share).astype(np.int64),
        "loaded": loaded(rng, returned),
    }
    return take(frame, (rng.random(count) < RETURNED_SHARE) & (returned < END))
