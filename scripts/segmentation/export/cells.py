"""Cells of a CSV file that no spreadsheet takes for a formula, and back.

A cell that would begin a formula gets an apostrophe in front, and so does one that
begins with apostrophes and then would: that way `restored` gives back every text
exactly.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence

# Also what a spreadsheet in another language or width takes for one of them.
_STARTS = "=+-@"
_MINUS_SIGN = "\u2212"
# These are enough by themselves: some programs drop them, others start a new cell.
_BREAKS = "\t\r\n\0"
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def _classes() -> tuple[str, str]:
    """Characters that begin a formula, and those that show nothing before one."""
    starts, invisible = [_MINUS_SIGN], []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in _INVISIBLE:
            invisible.append(character)
        elif unicodedata.normalize("NFKC", character)[0] in _STARTS:
            starts.append(character)
    return "".join(starts), "".join(invisible)


def _pattern() -> re.Pattern[str]:
    starts, invisible = (re.escape(each) for each in _classes())
    return re.compile(f"'*[{invisible}]*[{starts}]|'*[{invisible}]*[{_BREAKS}]")


_FORMULA = _pattern()
_QUOTED = re.compile(r'[",\r\n]|\A\s|\s\Z')


def neutralised(text: str) -> str:
    """Return the text as a cell that stays a text in a spreadsheet."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(cell: str) -> str:
    """Return the text that `neutralised` made the cell of."""
    if cell.startswith("'") and _FORMULA.match(cell):
        return cell[1:]
    return cell


def line(cells: Sequence[str]) -> str:
    r"""Return a line of CSV, quoted where needed, with \n at its end (RFC 4180)."""
    return ",".join(_quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    if not _QUOTED.search(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'
