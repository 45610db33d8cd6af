"""Web and app analytics: visits of known and unknown people, logins, ad costs."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import (
    DAYS,
    FIRST_DAY,
    START,
    demand_of_months,
)
from segmentation.demo.omnichannel.frames import (
    DAY,
    MINUTE,
    Array,
    Frame,
    Random,
    delivered,
    loaded,
    pick,
    repeated,
    take,
)
from segmentation.demo.omnichannel.visits import DESKTOP, IN_APP, draw_visits
from segmentation.demo.omnichannel.world import Company

SHARED_DESKTOP_SHARE = 0.25
LOGIN_SHARE, LOGIN_AT_PURCHASE = 0.25, 0.95
# Days after which a browser has forgotten its cookie; an app keeps its id.
COOKIE_DAYS = np.array([180, 120, 180, 10_000])
EVENTS = ("pv", "product", "search", "cart", "login", "checkout", "order")
SOURCES = ("", "google", "instagram", "ads", "newsletter")
AD_NETWORKS = (("search", 0.0012), ("social", 0.0009), ("display", 0.0004))
AD_CAMPAIGNS = ("brand", "range")

SHAPES = (
    (
        "web_events",
        """
        select
            printf('%08x', id) as event_key, 'a.' || to_base(anon, 36) as anon_id,
            event, platform, "at" * 1000 + id % 1000 as ts_ms,
            printf('v%x', visit) as visit,
            case event
                when 'product' then '/p/K' || id % 480
                when 'search' then '/search'
                when 'cart' then '/cart'
                when 'login' then '/account'
                when 'checkout' then '/checkout'
                when 'order' then '/thanks'
                else '/' || id % 12
            end as path,
            device, nullif(source, '') as source,
            case
                when source = 'newsletter' then cast(campaign as varchar)
                when source = 'ads' then 'range'
            end as campaign,
            loaded * 1000 as received_ms
        from events
        """,
    ),
    (
        "web_logins",
        """
        select
            'a.' || to_base(anon, 36) as anon_id, 'C' || account as shop_account,
            "at" * 1000 as ts_ms, loaded * 1000 as received_ms
        from logins
        """,
    ),
    (
        "records",
        """
        select
            'omni_web' as source_system,
            'a.' || to_base(anon, 36) as source_customer_id,
            case when person >= 0 then person_key(person) end as person_id,
            has_login as names_somebody
        from browsers
        """,
    ),
)
COMMON_SHAPE = (
    "web_ad_costs",
    """
    select
        network, campaign, strftime(moment("at"), '%Y%m%d') as "day",
        cost as cost_micros, impressions, clicks,
        ("at" + 86400 + 21600) * 1000 as received_ms
    from costs
    """,
)


def common_frame(company: Company, rng: Random) -> Frame:
    """Return the cost of advertising by network, campaign and day."""
    networks = [name for name, _ in AD_NETWORKS]
    count = DAYS * len(AD_NETWORKS) * len(AD_CAMPAIGNS)
    place = np.arange(count)
    day = place % DAYS
    network = place // DAYS % len(AD_NETWORKS)
    campaign = place // DAYS // len(AD_NETWORKS)
    by_month = demand_of_months(company.planted)
    months = (np.datetime64(FIRST_DAY) + day).astype("datetime64[M]").astype(int) % 12
    season = np.array([by_month[month + 1] for month in months])
    rate = np.array([share for _, share in AD_NETWORKS])[network]
    euros = company.customers * rate * season * rng.uniform(0.8, 1.2, count) + 5
    clicks = rng.poisson(euros / 0.45)
    return {
        "network": np.array(networks, dtype=object)[network],
        "campaign": np.array(AD_CAMPAIGNS, dtype=object)[campaign],
        "at": START + day * DAY,
        "cost": np.rint(euros * 100).astype(np.int64) * 10_000,
        "impressions": clicks * rng.integers(30, 90, count),
        "clicks": clicks,
    }


def frames(chunk: Chunk, clicks: Frame, rng: Random) -> dict[str, Frame]:
    """Return the rows of web analytics.

    Args:
        chunk: Persons and what they do.
        clicks: Clicks on mailings: person, campaign, at. Each opens a visit.
        rng: Random numbers.
    """
    visits = draw_visits(chunk, clicks, rng)
    visits["visit"] = chunk.ids(len(visits["at"]), 8)
    visits["anon"], visits["person"] = _browsers(chunk, visits)
    logins = _logins(chunk, visits, rng)
    return {
        "events": delivered(rng, _events(chunk, visits, rng)),
        "logins": logins,
        "browsers": _found_browsers(visits),
    }


def _browsers(chunk: Chunk, visits: Frame) -> tuple[Array, Array]:
    """Return the anonymous id of each visit, and the person visiting or -1."""
    people, owner = chunk.people, visits["owner"]
    is_known = owner >= 0
    visitor = np.where(is_known, owner, 0)
    # At some homes everybody uses one desktop computer: the first person's.
    _, home = np.unique(people.household, return_inverse=True)
    leader = np.zeros(int(home.max()) + 1, dtype=np.int64)
    by_member = np.argsort(-people.member, kind="stable")
    leader[home[by_member]] = by_member
    is_shared = (leader * 7_919 % 1_000 < SHARED_DESKTOP_SHARE * 1_000)[home]
    on_desktop = visits["device"] == DESKTOP
    user = np.where(on_desktop & is_shared[visitor], leader[home[visitor]], visitor)
    days = (visits["at"] - START) // DAY
    epoch = (days + user % 97) // COOKIE_DAYS[visits["device"]]
    known = (user * 4 + visits["device"]) * 8 + np.minimum(epoch, 7)
    stranger = people.count * 32 + (-1 - owner)
    anon = chunk.person_ids(np.where(is_known, known, stranger), 9)
    return anon, np.where(is_known, people.number[visitor], -1)


def _logins(chunk: Chunk, visits: Frame, rng: Random) -> Frame:
    owner = visits["owner"]
    account = np.where(
        owner >= 0, chunk.touchpoints.account[np.maximum(owner, 0)], np.inf
    )
    day = (visits["at"] + 15 * MINUTE - START) / DAY
    draw = rng.random(len(owner))
    share = np.where(visits["buys"], LOGIN_AT_PURCHASE, LOGIN_SHARE)
    visits["has_login"] = (account <= day) & (draw < share) & (visits["pages"] > 1)
    logged = take(visits, visits["has_login"])
    at = logged["at"] + 45
    return {
        "anon": logged["anon"],
        "account": chunk.person_ids(logged["owner"], 1),
        "at": at,
        "loaded": loaded(rng, at),
    }


def _events(chunk: Chunk, visits: Frame, rng: Random) -> Frame:
    visit, step = repeated(visits["pages"])
    count = len(visit)
    last = visits["pages"][visit] - 1 - step
    event = pick(rng, count, (0.56, 0.31, 0.08, 0.05))
    event = np.where(step == 0, 0, event)
    event = np.where((step == 1) & visits["has_login"][visit], 4, event)
    buys = visits["buys"][visit]
    for place, kind in ((2, 3), (1, 5), (0, 6)):
        event = np.where(buys & (last == place), kind, event)
    at = visits["at"][visit] + step * 70 + rng.integers(0, 60, count)
    device = visits["device"][visit]
    platforms = np.array(["web", "web", "web", "ios"], dtype=object)[device]
    is_android = (device == IN_APP) & (visits["anon"][visit] % 5 < 3)
    return {
        "id": chunk.ids(count, 10),
        "anon": visits["anon"][visit],
        "event": np.array(EVENTS, dtype=object)[event],
        "platform": np.where(is_android, "android", platforms),
        "at": at,
        "visit": visits["visit"][visit],
        "device": np.array(["d", "m", "t", "m"], dtype=object)[device],
        "source": np.array(SOURCES, dtype=object)[visits["source"][visit]],
        "campaign": visits["campaign"][visit],
        "loaded": loaded(rng, at),
    }


def _found_browsers(visits: Frame) -> Frame:
    """Return each browser, its most frequent visitor and whether that one logged in.

    Of equally frequent visitors the smaller number.
    """
    pairs, place, counts = np.unique(
        np.stack([visits["anon"], visits["person"]]),
        axis=1,
        return_inverse=True,
        return_counts=True,
    )
    logins = np.bincount(place.ravel(), visits["has_login"], pairs.shape[1])
    order = np.lexsort((pairs[1], -counts, pairs[0]))
    anon, first = np.unique(pairs[0][order], return_index=True)
    main = order[first]
    return {"anon": anon, "person": pairs[1][main], "has_login": logins[main] > 0}
