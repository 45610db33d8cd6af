"""One colour per segment, the same on every chart."""

from collections.abc import Sequence

# Qualitative scheme "muted" of Paul Tol (2021), safe for colour-blind readers; every
# mark also has its label beside it, so that the page reads in grey.
_NAMED = (
    "#332288",
    "#44AA99",
    "#CC6677",
    "#88CCEE",
    "#117733",
    "#AA4499",
    "#999933",
    "#882255",
)
_TIERS = ("#0B3C49", "#1F5F6B", "#3F828A", "#6CA3A6", "#9BC1C0", "#C5D9D7")

REST = "#8A9199"
PLAIN = "#0B3C49"


def named_colours(codes: Sequence[str], rest: Sequence[str]) -> dict[str, str]:
    """Colours of segments in their declared order; the rest is grey.

    Args:
        codes: Segment codes, in declared order of value.
        rest: Codes that name no segment of their own, such as `otherwise`.
    """
    colours = dict(zip(codes, _NAMED, strict=False))
    return {code: colours.get(code, REST) for code in (*codes, *rest)}


def tier_colours(codes: Sequence[str], rest: Sequence[str]) -> dict[str, str]:
    """Colours of ordered tiers: one hue from dark to light, the rest grey."""
    last = max(len(codes) - 1, 1)
    steps = len(_TIERS) - 1
    colours = {code: _TIERS[i * steps // last] for i, code in enumerate(codes)}
    return colours | dict.fromkeys(rest, REST)
