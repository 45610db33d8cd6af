"""People of contact_rows.py who also buy, log in, belong to firms and let be profiled.

shop = channel_shop()
"""

import random
from datetime import date, timedelta

from contact_rows import drawn_shop
from shop import Shop

SEED, PEOPLE, FIRMS = 7, 160, 6
FIRST, DAYS = date(2024, 1, 5), 170


def channel_shop() -> Shop:
    """Return the shop; the same at each call.

    Person i has the records `r<i>-0` and perhaps `r<i>-1`. Two thirds buy, every fifth
    person belongs to a firm, and a profile is allowed by most and forbidden by some.
    Firm F5 employs nobody, and F4 is deleted.
    """
    draw, shop = random.Random(SEED), drawn_shop(SEED, PEOPLE)
    for number in range(FIRMS):
        shop.add("accounts", account_id=f"F{number}")
    gone = {"account_id": "F4", "updated_at": "2024-06-01 00:00:00"}
    shop.add("accounts", **gone, is_deleted="true")
    for row in shop.rows["customer_records"]:
        person = int(row["source_customer_id"][1:].split("-")[0])
        row["account_id"] = f"F{person // 5 % 5}" if person % 5 == 2 else None
    for person in range(PEOPLE):
        record = {"source_customer_id": f"r{person}-0"}
        if draw.random() < 0.7:
            word = draw.choice(("true", "true", "true", "false"))
            shop.add("consents", **record, purpose="profiling", is_granted=word)
        for _ in range(draw.choice((0, 1, 6))):
            day = FIRST + timedelta(days=draw.randrange(DAYS))
            time = f"{day} {draw.choice((8, 12, 12, 20)):02d}:15:00"
            shop.add("events", **record, occurred_at=time)
            shop.add(
                "orders",
                **record,
                ordered_at=time,
                net_amount=f"{draw.randrange(5, 200)}.50",
            )
    return shop
