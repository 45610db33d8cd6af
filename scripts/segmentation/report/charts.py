"""Small SVG marks built here, drawn only from published figures.

Every mark stretches with its box (percentages, or a unit square without aspect ratio),
so one drawing serves laptop, phone and paper. Words stay in HTML, where they wrap.
"""

from collections.abc import Sequence

from markupsafe import Markup

from segmentation.report.disclosure import Cell
from segmentation.report.statistics import Interval

_UNIT = Markup(
    '<svg class="{}" viewBox="0 0 100 {}" preserveAspectRatio="none" '
    'aria-hidden="true">{}</svg>'
)
_FREE = Markup('<svg class="{}" width="100%" height="{}" aria-hidden="true">{}</svg>')
_RECT = Markup(
    '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}" fill="{}"></rect>'
)


def bar(share: float | None, longest: float, colour: str, style: str) -> Markup:
    """Draw a horizontal bar, its length the share of the longest bar of the chart.

    Args:
        share: Value of the bar; nothing draws nothing.
        longest: Value that fills the whole width.
        colour: Fill.
        style: `solid`, or `pale` for the second measure of a pair.
    """
    if share is None or longest <= 0:
        return Markup("")
    width = max(min(share / longest, 1.0), 0.0) * 100
    return Markup(
        '<svg class="bar {}" width="{}%" height="13" aria-hidden="true">'
        '<rect width="100%" height="13" rx="2" fill="{}" stroke="{}"></rect></svg>'
    ).format(style, _number(max(width, 0.4)), colour, colour)


def span(start: float, length: float, style: str) -> Markup:
    """Draw a piece of a waterfall: shares of the whole width, from the left."""
    return Markup(
        '<svg class="span {}" width="100%" height="13" aria-hidden="true">'
        '<rect x="{}%" width="{}%" height="13" rx="2"></rect></svg>'
    ).format(style, _number(start * 100), _number(max(length * 100, 0.4)))


def swatch(style: str) -> Markup:
    """Draw the sample of a bar style for the key of a chart."""
    return Markup(
        '<svg class="bar {}" width="26" height="13" aria-hidden="true">'
        '<rect width="26" height="13" rx="2" fill="#55616d" stroke="#55616d"></rect>'
        "</svg>"
    ).format(style)


def chip(colour: str) -> Markup:
    """Draw the square of colour that stands before a segment's name."""
    return Markup(
        '<svg class="chip" width="12" height="12" aria-hidden="true">'
        '<rect width="12" height="12" rx="3" fill="{}"></rect></svg>'
    ).format(colour)


def spark(values: Sequence[float | None]) -> Markup:
    """Draw a run of values as columns; nothing for fewer than two known ones."""
    known = [value for value in values if value is not None]
    largest = max(known, default=0.0)
    if len(known) < 2 or largest <= 0:
        return Markup("")
    step = 100 / len(values)
    columns = [
        _RECT.format(
            "last" if i == len(values) - 1 else "",
            _number(i * step),
            _number(30 - height),
            _number(step * 0.72),
            _number(height),
            "currentColor",
        )
        for i, value in enumerate(values)
        if value is not None
        for height in [max(value / largest, 0.0) * 30]
    ]
    return _FREE.format("spark", 30, Markup("").join(columns))


def flow(
    came: Sequence[Cell], left: Sequence[Cell], largest: int, colour: str
) -> Markup:
    """Draw arrivals above a line and departures below it, one column per month.

    Args:
        came: Arrivals per month; a count that is not shown leaves a thin mark.
        left: Departures per month.
        largest: Count that fills half the height, the same for all segments.
        colour: Colour of the segment.
    """
    half, step = 34.0, 100 / max(len(came), 1)
    marks = []
    for i, (above, below) in enumerate(zip(came, left, strict=True)):
        for cell, style, sign in ((above, "came", -1), (below, "left", 1)):
            size = half * (cell.people or 0) / max(largest, 1)
            height = size if cell.is_shown else 1.0
            top = half - height if sign < 0 else half
            marks.append(
                _RECT.format(
                    style if cell.is_shown else "small",
                    _number(i * step + step * 0.14),
                    _number(top),
                    _number(step * 0.72),
                    _number(height),
                    colour,
                )
            )
    line = Markup('<line x1="0" x2="100%" y1="34" y2="34" class="zero"></line>')
    return _FREE.format("flow", 68, Markup("").join([*marks, line]))


def interval(
    value: Interval | None, largest: float, reference: float | None, colour: str
) -> Markup:
    """Draw an estimate as a dot on the line of its interval, and the average.

    Args:
        value: Estimate with bounds; nothing draws the average only.
        largest: Value at the right end; zero is at the left end.
        reference: Value of everybody, drawn as a dashed line.
        colour: Colour of the segment.
    """
    marks = []
    if reference is not None and largest > 0:
        marks.append(
            Markup(
                '<line class="reference" x1="{0}%" x2="{0}%" y1="0" y2="22"></line>'
            ).format(_place(reference, largest))
        )
    if value is not None and largest > 0:
        marks.append(
            Markup(
                '<line x1="{}%" x2="{}%" y1="11" y2="11" stroke="{}" '
                'stroke-width="3" stroke-linecap="round"></line>'
                '<circle cx="{}%" cy="11" r="5.5" fill="{}"></circle>'
            ).format(
                _place(value.low, largest),
                _place(value.high, largest),
                colour,
                _place(value.middle, largest),
                colour,
            )
        )
    return _FREE.format("interval", 22, Markup("").join(marks))


def effect(value: Interval, extent: float, has_dot: bool, colour: str) -> Markup:
    """Draw an effect as a dot on the line of its interval, no effect in the middle.

    Args:
        value: Effect with bounds.
        extent: Distance from no effect to either end.
        has_dot: Whether the effect itself may be told.
        colour: Colour of dot and line.
    """
    low, middle, high = (
        _place(bound + extent, 2 * extent)
        for bound in (value.low, value.middle, value.high)
    )
    marks = [
        Markup('<line class="reference" x1="50%" x2="50%" y1="0" y2="22"></line>'),
        Markup(
            '<line x1="{}%" x2="{}%" y1="11" y2="11" stroke="{}" '
            'stroke-width="3" stroke-linecap="round"></line>'
        ).format(low, high, colour),
    ]
    if has_dot:
        dot = Markup('<circle cx="{}%" cy="11" r="5.5" fill="{}"></circle>')
        marks.append(dot.format(middle, colour))
    return _FREE.format("interval", 22, Markup("").join(marks))


def curve(
    points: Sequence[tuple[float, float]], mark: tuple[float, float] | None
) -> Markup:
    """Draw a cumulative curve in a unit square, its area, and a marked point.

    Args:
        points: Shares of buyers and of revenue.
        mark: Point to which guides are drawn.
    """
    highest = curve_top(points)
    drawn = [(x * 100, 100 - y / highest * 100) for x, y in points]
    path = " ".join(f"{_number(x)},{_number(y)}" for x, y in drawn)
    parts = [
        Markup('<polygon class="area" points="{} 100,100"></polygon>').format(path),
        Markup('<line class="even" x1="0" y1="100" x2="100" y2="{}"></line>').format(
            _number(100 - 100 / highest)
        ),
    ]
    if mark is not None:
        x, y = mark[0] * 100, 100 - mark[1] / highest * 100
        parts.append(
            Markup('<polyline class="guide" points="0,{1} {0},{1} {0},100"/>').format(
                _number(x), _number(y)
            )
        )
    parts.append(Markup('<polyline class="line" points="{}"/>').format(path))
    return _UNIT.format("curve", 100, Markup("").join(parts))


def curve_top(points: Sequence[tuple[float, float]]) -> float:
    """Share at the top of the curve's box; refunds can lift the curve above one."""
    return max(1.0, *(y for _, y in points))


def shade(share: float, largest: float) -> str:
    """Opacity of a grid cell, low enough that dark figures stay readable on it."""
    if largest <= 0:
        return "0"
    return _number(0.06 + 0.36 * min(max(share / largest, 0.0), 1.0))


def _place(value: float, largest: float) -> str:
    # Room is left at both ends, so that a dot at an end is not cut.
    return _number(1.5 + 97 * min(max(value / largest, 0.0), 1.0))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
