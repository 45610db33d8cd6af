"""How the systems of both demo data sets deliver their rows, and change them."""

from collections.abc import Mapping

from sources import Shares, Source, loaded

# Somebody else's value, so that a later row joins records or parts them.
OTHERS = "coalesce(lag({column}) over (order by base_place desc), {column})"


def _of_another(column: str) -> str:
    return OTHERS.format(column=column)


def _iso(at: str = "{at}") -> str:
    return f"strftime({at}, '%Y-%m-%dT%H:%M:%SZ')"


_LATER_MS = "epoch_ms({at})"
_LATER_NEW_YORK = "timezone('America/New_York', timezone('UTC', {at}))"


def _euro_more(column: str) -> str:
    euros = f"cast(replace({column}, ',', '.') as decimal(18, 2)) + 1"
    return f"replace(cast({euros} as varchar), '.', ',')"


# Every table says when a row was loaded.
OMNICHANNEL: Mapping[str, Source] = {
    "shop_accounts": loaded(
        "loaded_at",
        "utc",
        correction={"town": "'Corrected ' || town"},
        version={
            "mail": f"case when base_place % 2 = 0 then {_of_another('mail')} "
            "else 'moved.' || mail end",
            "phone": _of_another("phone"),
            "changed_at": _iso(),
        },
        deletion={"deleted": "true", "changed_at": _iso()},
    ),
    "shop_orders": loaded(
        "loaded_at",
        "utc",
        correction={"subtotal_cents": "subtotal_cents + 100"},
        version={
            "subtotal_cents": "subtotal_cents + 250",
            "account_no": _of_another("account_no"),
            "changed_at": _iso(),
        },
        deletion={"deleted": "true", "changed_at": _iso()},
    ),
    "shop_items": loaded(
        "loaded_at",
        "utc",
        correction={"paid_cents": "paid_cents + 100", "sku": _of_another("sku")},
    ),
    "shop_refunds": loaded(
        "loaded_at", "utc", correction={"amount_cents": "amount_cents + 100"}
    ),
    "shop_articles": loaded(
        "loaded_at", "utc", correction={"category": _of_another("category")}
    ),
    "till_cards": loaded(
        "exported_at", "utc", correction={"mobile": _of_another("mobile")}
    ),
    "till_receipts": loaded(
        "exported_at", "utc", correction={"card_no": _of_another("card_no")}
    ),
    "till_lines": loaded("exported_at", "utc", correction={"paid": _euro_more("paid")}),
    "till_returns": loaded(
        "exported_at", "utc", correction={"paid_back": _euro_more("paid_back")}
    ),
    "crm_accounts": loaded(
        "synced_ms",
        "milliseconds",
        version={"sector": "'Trade'", "modified_ms": _LATER_MS},
    ),
    "crm_contacts": loaded(
        "synced_ms",
        "milliseconds",
        correction={"city": "'Corrected ' || city"},
        version={"email": _of_another("email"), "modified_ms": _LATER_MS},
        deletion={"is_removed": "'Y'", "modified_ms": _LATER_MS},
    ),
    "web_events": loaded(
        "received_ms", "milliseconds", correction={"path": "'/corrected'"}
    ),
    # A second login on one browser: its records are joined no more.
    "web_logins": loaded(
        "received_ms",
        "milliseconds",
        correction={"shop_account": _of_another("shop_account")},
    ),
    "web_ad_costs": loaded(
        "received_ms", "milliseconds", correction={"cost_micros": "cost_micros + 1000"}
    ),
    "product_devices": loaded(
        "ingested", "utc", correction={"shop_account": _of_another("shop_account")}
    ),
    "product_usage": loaded("ingested", "utc", correction={"feature": "'corrected'"}),
    "mailing_subscribers": loaded(
        "fetched",
        "new_york",
        version={"address": _of_another("address"), "updated": _LATER_NEW_YORK},
    ),
    "mailing_campaigns": loaded("fetched", "new_york", correction={"cost": "cost + 1"}),
    "mailing_cells": loaded("fetched", "new_york"),
    "mailing_activity": loaded(
        "fetched", "new_york", correction={"action": "'C'", "by_proxy": "0"}
    ),
    "helpdesk_requesters": loaded(
        "imported", "iso", correction={"phone": _of_another("phone")}
    ),
    "helpdesk_tickets": loaded(
        "imported",
        "iso",
        version={"stars": "3", "closed": _iso(), "updated": _iso()},
    ),
    "social_profiles": loaded(
        "pulled_s", "seconds", correction={"linked_mail": _of_another("linked_mail")}
    ),
    "social_posts": loaded("pulled_s", "seconds", correction={"mood": "-mood"}),
    "survey_respondents": loaded(
        "stored", "slashes", correction={"mail": _of_another("mail")}
    ),
    "survey_answers": loaded("stored", "slashes", correction={"points": "6 - points"}),
    "survey_prompts": loaded("stored", "slashes", correction={"outcome": "'left'"}),
    "survey_consents": loaded(
        "stored",
        "slashes",
        correction={"granted": "case when granted = 'yes' then 'no' else 'yes' end"},
    ),
}

# No table says when a row was loaded: each is what its source holds that night.
_FIRST_DAY = "timestamp '2017-01-01'"
_UNDATED = Shares(late=0, copy=1)
COMPLETE_JOURNEY: Mapping[str, Source] = {
    "transactions": Source(
        "transaction_timestamp + interval 6 hours",
        correction={"sales_value": "sales_value + 1"},
        shares=Shares(correction=0.5, conflict=0.05, deletion=0.2),
    ),
    "products": Source(
        _FIRST_DAY,
        correction={"product_category": _of_another("product_category")},
        shares=_UNDATED,
    ),
    "demographics": Source(
        f"{_FIRST_DAY} + to_days(cast(household_id % 365 as integer))",
        correction={"age": _of_another("age"), "kids_count": "'2'"},
    ),
    "campaigns": Source(_FIRST_DAY, shares=_UNDATED),
    "campaign_descriptions": Source("start_date", shares=_UNDATED),
    "coupons": Source(_FIRST_DAY, shares=_UNDATED),
    "coupon_redemptions": Source("redemption_date + interval 20 hours"),
}
