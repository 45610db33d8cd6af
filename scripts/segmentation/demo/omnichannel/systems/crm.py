"""The CRM: private contacts, contacts of firms, and the firms."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import CLOSING, DAYS, END, START
from segmentation.demo.omnichannel.details import record_details
from segmentation.demo.omnichannel.frames import (
    DAY,
    NOTHING,
    Frame,
    Random,
    delivered,
    loaded,
    pick,
    take,
)
from segmentation.demo.omnichannel.names import COUNTRY_NAMES, TOWNS

SECTORS = ("Gastronomy", "Retail", "Office", "Education", "Health", "Crafts")
POSITIONS = (
    "Geschäftsführer",
    "Head of Purchasing",
    "Office Manager",
    "Einkauf",
    "Assistant",
    "Facility Manager",
)

SHAPES = (
    (
        "crm_contacts",
        """
        select
            printf('%08x-crm', id) as contact_id, kind,
            case when kind = 'B' then 'F' || firm end as account_ref, salutation,
            given as first_name, family as last_name, mail as email, phone,
            birth as birthday, street, zip as postcode, town as city,
            region as state, country_name as country, "position",
            created * 1000 as created_ms, modified * 1000 as modified_ms, is_removed,
            loaded * 1000 as synced_ms
        from contacts
        """,
    ),
    (
        "crm_accounts",
        """
        select
            'F' || firm as account_ref, company, sector, headcount,
            country_name as country, modified * 1000 as modified_ms,
            loaded * 1000 as synced_ms
        from firms
        """,
    ),
    (
        "records",
        """
        select distinct
            'omni_crm' as source_system, printf('%08x-crm', id) as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from contacts
        """,
    ),
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return the rows of the CRM."""
    return {
        "contacts": delivered(rng, _contacts(chunk, rng)),
        "firms": _firms(chunk, rng),
    }


def _contacts(chunk: Chunk, rng: Random) -> Frame:
    people, entered = chunk.people, chunk.touchpoints.crm
    who = np.flatnonzero(entered < CLOSING)
    count = len(who)
    details = record_details(chunk.contacts, who, entered[who], 0.5, rng)
    is_business = people.is_business[who]
    # Half of the firms give the inbox that everybody there reads.
    uses_office = is_business & (rng.random(count) < 0.5)
    salutation = np.where(people.is_female[who], "Frau", "Herr").astype(object)
    created = START + (entered[who] * DAY).astype(np.int64)
    first = {
        **details,
        "mail": np.where(uses_office, chunk.contacts.office_mail[who], details["mail"]),
        "id": chunk.person_ids(who, 5),
        "person": people.number[who],
        "kind": np.where(is_business, "B", "P").astype(object),
        "firm": people.household[who] // 3,
        "salutation": np.where(rng.random(count) < 0.08, NOTHING, salutation),
        "country_name": _country_names(details["country"]),
        "position": np.where(
            is_business,
            np.array(POSITIONS, dtype=object)[rng.integers(0, len(POSITIONS), count)],
            NOTHING,
        ),
        "created": created,
        "modified": created,
        "is_removed": np.full(count, "N", dtype=object),
        "loaded": loaded(rng, created),
    }
    return _with_versions(chunk, who, first, rng)


def _with_versions(chunk: Chunk, who: np.ndarray, first: Frame, rng: Random) -> Frame:
    """Add what sales changed later: a new address, a telephone number, a removal."""
    count = len(who)
    later = rng.integers(np.minimum(first["created"] + DAY, END - 1), END)
    has_changed = rng.random(count) < 0.2
    is_removed = ~has_changed & (rng.random(count) < 0.008)
    changed = dict(first)
    fresh = record_details(chunk.contacts, who, np.full(count, float(DAYS)), 0.2, rng)
    for name in ("street", "phone"):
        changed[name] = np.where(has_changed, fresh[name], first[name])
    changed["is_removed"] = np.where(is_removed, "Y", "N").astype(object)
    changed["modified"] = later
    changed["loaded"] = loaded(rng, later)
    changed = take(changed, has_changed | is_removed)
    return {name: np.concatenate([first[name], changed[name]]) for name in first}


def _firms(chunk: Chunk, rng: Random) -> Frame:
    members = np.flatnonzero(
        chunk.people.is_business & (chunk.touchpoints.crm < CLOSING)
    )
    firm, place = np.unique(chunk.people.household[members] // 3, return_index=True)
    boss = members[place]
    country = np.array(TOWNS, dtype=object)[chunk.contacts.town[boss]][:, 3]
    entered = START + (chunk.touchpoints.crm[boss] * DAY).astype(np.int64)
    sector = pick(rng, len(firm), (0.3, 0.25, 0.2, 0.1, 0.08, 0.07))
    return {
        "firm": firm,
        "company": chunk.contacts.family[boss] + " GmbH",
        "sector": np.array(SECTORS, dtype=object)[sector],
        "headcount": np.rint(np.exp(rng.normal(2.6, 1.2, len(firm)))).astype(np.int64)
        + 1,
        "country_name": _country_names(country),
        "modified": entered,
        "loaded": loaded(rng, entered),
    }


def _country_names(codes: np.ndarray) -> np.ndarray:
    return np.array([COUNTRY_NAMES[code] for code in codes], dtype=object)
