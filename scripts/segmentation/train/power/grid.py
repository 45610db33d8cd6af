"""The published grid of eleven names on recency and frequency-monetary scores.

The names are those of Putler's RFM chart, whose ranges overlap. The cells are those
of the public projects that turn it into a rule, among them "A Simple Way to Segment
Customers Using Google BigQuery and Data Studio" (Towards Data Science).
"""

from collections.abc import Mapping

_CELLS = {
    "champions": ("55", "54", "45"),
    "loyal_customers": ("53", "44", "35", "34"),
    "potential_loyalists": ("52", "42", "33", "43"),
    "recent_customers": ("51",),
    "promising": ("41", "31"),
    "needing_attention": ("32", "23", "22"),
    "about_to_sleep": ("21",),
    "at_risk": ("25", "24", "13"),
    "cannot_lose_them": ("15", "14"),
    "hibernating": ("12",),
    "lost": ("11",),
}
# Name by recency score and frequency-monetary score, written side by side.
GRID: Mapping[str, str] = {
    cell: name for name, cells in _CELLS.items() for cell in cells
}
