"""A shop whose past is told twice: once as it was, once with what came after."""

from datetime import date, datetime
from decimal import Decimal

from shop import Shop, company

AS_OF, LATER = "2024-06-30", "2024-08-15"
AFTER = {"loaded_at": f"{LATER} 00:00:00"}
JULY = "2024-07-05 12:00:00"

# Whose visits of May and June a login of July links with the purchases.
STITCHED = "stitched"

# One customer for each thing that can happen to a row of the past.
CHANGED_LATER = (
    *("corrected", "deleted", "moved", "refunded_then_corrected", "refunded_later"),
    *("cancelled_later", "relocated", "asked", "objecting_later", "seen_again"),
)


def past() -> Shop:
    """Return the rows up to the end of June.

    To the customers of `company` come some who changed in June and one for each kind
    of row that follows in July.
    """
    shop = company()
    for order in shop.rows["orders"]:
        order["margin_amount"] = Decimal(order["net_amount"]) / 2
    for name in CHANGED_LATER:
        _add_buyer(shop, name)
    shop.add(
        "order_changes",
        source_customer_id="refunded_then_corrected",
        order_id="refunded_then_corrected-1",
        changed_at="2024-05-20 12:00:00",
        change_type="refunded",
        amount="30.00",
    )
    for name, kind, amount in (
        ("refunded_in_june", "refunded", "30.00"),
        ("cancelled_in_june", "cancelled", None),
    ):
        _add_buyer(shop, name)
        shop.add(
            "order_changes",
            source_customer_id=name,
            order_id=f"{name}-1",
            changed_at="2024-06-10 12:00:00",
            change_type=kind,
            amount=amount,
        )
    for name, answers in (
        ("objecting_in_june", [("false", "2024-06-10")]),
        ("agreeing_in_june", [("false", "2024-05-10"), ("true", "2024-06-10")]),
    ):
        _add_buyer(shop, name)
        for granted, day in answers:
            shop.add(
                "consents",
                source_customer_id=name,
                is_granted=granted,
                changed_at=f"{day} 12:00:00",
            )
    shop.add("products", product_id="p_moved", category="Tea")
    shop.add("events", source_customer_id="visitor", occurred_at="2024-05-10 12:00:00")
    # Somebody browses, then buys in a shop; only a login of July will tell.
    _add_buyer(shop, STITCHED)
    for day in ("2024-05-01", "2024-06-18", "2024-06-19"):
        shop.add("events", source_customer_id="browser", occurred_at=f"{day} 12:00:00")
    # People of a firm, and what a vendor said of somebody, until the middle of June.
    shop.add("accounts", account_id="grows", employee_count=9)
    for name in ("corrected", "deleted"):
        record = next(
            row
            for row in shop.rows["customer_records"]
            if row["source_customer_id"] == name
        )
        record["account_id"] = "grows"
        record["job_title"] = "Head of Purchasing"
    return shop


def _add_buyer(shop: Shop, name: str) -> None:
    shop.add(
        "customer_records",
        source_customer_id=name,
        region="North",
        created_at="2024-04-01 09:00:00",
    )
    shop.add("identifiers", source_customer_id=name, identifier_value=f"login-{name}")
    for number, day in ((1, "2024-05-02"), (2, "2024-06-20")):
        shop.add(
            "orders",
            source_customer_id=name,
            order_id=f"{name}-{number}",
            ordered_at=f"{day} 12:00:00",
            net_amount="100.00",
            margin_amount="50.00",
        )
        shop.add(
            "order_lines",
            source_customer_id=name,
            order_id=f"{name}-{number}",
            product_id="p_moved" if name == "moved" else "p1",
            net_amount="100.00",
        )


def future() -> Shop:
    """Return rows dated in July about records that are known and linked in June."""
    shop = Shop()
    versions: dict[str, dict[str, str | None]] = {
        "corrected": {"net_amount": "55.00", "margin_amount": None},
        "deleted": {"is_deleted": "true"},
        "moved": {"source_customer_id": "c1", "channel": "web"},
        "refunded_then_corrected": {"net_amount": "70.00", "channel": "web"},
    }
    for name, change in versions.items():
        order: dict[str, object] = {
            "source_customer_id": name,
            "order_id": f"{name}-1",
            "ordered_at": "2024-05-02 12:00:00",
            "net_amount": "100.00",
            "margin_amount": "50.00",
            "updated_at": JULY,
        }
        shop.add("orders", **(order | AFTER | change))
    for name, kind, amount in (
        ("refunded_later", "refunded", "10.00"),
        ("cancelled_later", "cancelled", None),
    ):
        shop.add(
            "order_changes",
            source_customer_id=name,
            order_id=f"{name}-2",
            changed_at=JULY,
            change_type=kind,
            amount=amount,
            **AFTER,
        )
    shop.add(
        "customer_records",
        source_customer_id="relocated",
        region="South",
        gender="female",
        birth_date="1950-01-01",
        created_at="2024-04-01 09:00:00",
        updated_at=JULY,
        **AFTER,
    )
    shop.add(
        "customer_attributes", source_customer_id="asked", observed_at=JULY, **AFTER
    )
    shop.add(
        "consents",
        source_customer_id="objecting_later",
        consent_id="july",
        is_granted="false",
        changed_at=JULY,
        **AFTER,
    )
    shop.add(
        "identifiers",
        source_customer_id="seen_again",
        identifier_value="login-seen_again",
        observed_at=JULY,
        **AFTER,
    )
    shop.add(
        "events",
        source_customer_id="seen_again",
        event_id="july",
        occurred_at=JULY,
        **AFTER,
    )
    shop.add(
        "identifiers",
        source_customer_id="browser",
        identifier_value=f"login-{STITCHED}",
        observed_at=JULY,
        **AFTER,
    )
    shop.add(
        "accounts",
        account_id="grows",
        employee_count=10,
        industry="Wholesale",
        updated_at=JULY,
        **AFTER,
    )
    shop.add("ad_spend", spend_date=JULY[:10], spend_amount="500.00", **AFTER)
    shop.add("campaigns", cost_amount="90.00", updated_at=JULY, **AFTER)
    for name in ("c10", "visitor", "newcomer"):
        shop.add(
            "orders",
            source_customer_id=name,
            order_id=f"july-{name}",
            ordered_at=JULY,
            **AFTER,
        )
    return shop


def later_versions_of_parts() -> Shop:
    """Return later versions of a line and a product.

    docs/decisions.md lets these two count at every date of a later build; a build as of
    June does not see them either.
    """
    shop = Shop()
    shop.add(
        "order_lines",
        source_customer_id="c10",
        order_id="c10-0",
        line_id="1",
        net_amount="1.00",
        updated_at=JULY,
        **AFTER,
    )
    shop.add("products", product_id="p_moved", category="Ice", updated_at=JULY, **AFTER)
    return shop


def revenue_at(shop: Shop, day: date) -> Decimal:
    """Return what all orders placed by then are worth then, added up by hand."""
    left: dict[str, Decimal] = {}
    for order in shop.rows["orders"]:
        if _day(order["ordered_at"]) <= day:
            left[order["order_id"]] = Decimal(order["net_amount"])
    changes = sorted(shop.rows["order_changes"], key=lambda row: str(row["changed_at"]))
    for change in changes:
        order = change["order_id"]
        if _day(change["changed_at"]) <= day:
            amount = change["amount"]
            given = left[order] if amount is None else Decimal(amount)
            left[order] -= min(given, left[order])
    return sum(left.values(), Decimal())


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()
