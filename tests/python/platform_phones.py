"""Telephone numbers in E.164, in plain Python, from the seeds of calling codes.

Nothing here knows the SQL. Countries are two upper-case letters or None.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from platform_texts import DASHES, DIGITS, is_space

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FORMAT_MARKS = (
    {0x2060, 0xFEFF, 0x2212}
    | set(range(0x200B, 0x2010))
    | set(range(0x202A, 0x202F))
    | set(range(0x2066, 0x206A))
)
PHONE_MARKS = FORMAT_MARKS | DASHES | {ord(c) for c in "()./"}


@dataclass(frozen=True)
class Plan:
    """How numbers behind a calling code look."""

    code: str
    trunk: str
    least: int
    most: int


def read_plans() -> dict[str, Plan]:
    """Return the plan of each calling code that is in use, from the seed."""
    with (SEEDS / "dialing_codes.csv").open() as file:
        return {
            row["dialing_code"]: Plan(
                row["dialing_code"],
                row["trunk_prefix"],
                int(row["minimum_digits"]),
                int(row["maximum_digits"]),
            )
            for row in csv.DictReader(file)
            if row["minimum_digits"]
        }


def read_countries() -> dict[str, str]:
    """Return the calling code of each country, from the seed."""
    with (SEEDS / "country_dialing_codes.csv").open() as file:
        rows = csv.DictReader(file)
        return {row["country_code"]: row["dialing_code"] for row in rows}


PLANS = read_plans()
CODE_OF_COUNTRY = read_countries()


def phone_digits(value: str, country: str | None) -> str | None:
    text = "".join(c for c in value if not is_space(c) and ord(c) not in PHONE_MARKS)
    has_plus = text.startswith("+")
    digits = text[1:] if has_plus else text
    if not digits or any(c not in DIGITS for c in digits):
        return None
    north_american = country is None and len(digits) == 11 and digits[0] == "1"
    if has_plus:
        plan = plan_of(digits)
    elif digits.startswith("00"):
        digits = digits[2:]
        plan = plan_of(digits)
    elif north_american and digits[1] not in "01":
        plan = plan_of(digits)
    else:
        plan = PLANS.get(CODE_OF_COUNTRY.get(country or "", ""))
        return within_plan(digits, plan) if plan else None
    return within_plan(digits[len(plan.code) :], plan) if plan else None


def plan_of(digits: str) -> Plan | None:
    codes = [digits[:length] for length in (1, 2, 3)]
    return next((PLANS[code] for code in codes if code in PLANS), None)


def within_plan(rest: str, plan: Plan) -> str | None:
    shorter = rest.removeprefix(plan.trunk)
    national = shorter if len(shorter) >= plan.least else rest
    if not plan.least <= len(national) <= plan.most:
        return None
    if plan.trunk and national.startswith("0"):
        return None
    number = plan.code + national
    return number if len(number) in range(7, 16) else None


def phone_e164(value: str, country: str | None) -> str | None:
    digits = phone_digits(value, country)
    return f"+{digits}" if digits else None
