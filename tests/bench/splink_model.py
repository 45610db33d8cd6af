"""A careful Splink 5 model of one person: six comparisons and their blocks.

It follows the advice of Splink's documentation, and where the data breaks an assumption
of the model, it does what a practitioner would:

- u of e-mail, mobile number and login is set, not sampled: most random pairs that share
  one are the same person, so that sampling finds u near the prior and nothing links;
- their term frequencies count a person's own records, so only names have them;
- inboxes of offices and families are compared apart from personal ones;
- what households share (fixed line, inbox, address) is one comparison, for these are
  not independent and would otherwise outweigh different first names.
"""

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on
from splink.internals.comparison_level_creator import ComparisonLevelCreator

INPUT = """
create or replace table splink_input as
select
    record_number,
    first_name,
    last_name,
    first_name || ' ' || last_name as full_name,
    birth_date,
    case when not is_shared_inbox(email) then email end as email,
    case when is_shared_inbox(email) then email end as shared_email,
    case when is_mobile(phone) then phone end as mobile,
    case when not is_mobile(phone) then phone end as landline,
    login,
    street,
    postal_code
from records
"""

_FIRST_NAMES_ALIKE = """(
    left(first_name_l, 3) = left(first_name_r, 3)
    or contains(first_name_l, first_name_r)
    or contains(first_name_r, first_name_l)
    or jaro_winkler_similarity(first_name_l, first_name_r) >= 0.88
)"""
_LAST_NAMES_ALIKE = "jaro_winkler_similarity(last_name_l, last_name_r) >= 0.92"
_NO_LAST_NAME = "(last_name_l is null or last_name_r is null)"


def _fixed(
    level: ComparisonLevelCreator, u: float, m: float | None = None
) -> ComparisonLevelCreator:
    """Set u, and m if given, to what is known of such values instead of training it."""
    level = level.configure(u_probability=u, fix_u_probability=True)
    if m is not None:
        level = level.configure(m_probability=m, fix_m_probability=True)
    return level


def _both_missing(*columns: str) -> ComparisonLevelCreator:
    condition = " and ".join(f"({c}_l is null or {c}_r is null)" for c in columns)
    return cll.CustomLevel(condition, "nothing to compare").configure(
        is_null_level=True
    )


def _comparison(name: str, *levels: ComparisonLevelCreator) -> cl.CustomComparison:
    return cl.CustomComparison(
        output_column_name=name, comparison_levels=[*levels, cll.ElseLevel()]
    )


def settings() -> SettingsCreator:
    """Return the model: six comparisons, and nine rules for which pairs to compare."""
    name = _comparison(
        "name",
        cll.NullLevel("first_name"),
        cll.ExactMatchLevel("full_name", term_frequency_adjustments=True),
        cll.CustomLevel(
            f"first_name_l = first_name_r and {_NO_LAST_NAME}", "same first, no last"
        ).configure(tf_adjustment_column="first_name"),
        cll.CustomLevel(f"{_LAST_NAMES_ALIKE} and {_FIRST_NAMES_ALIKE}", "both alike"),
        cll.CustomLevel(
            f"{_FIRST_NAMES_ALIKE} and {_NO_LAST_NAME}", "first alike, no last"
        ),
        cll.CustomLevel("first_name_l = first_name_r", "same first").configure(
            tf_adjustment_column="first_name"
        ),
        cll.CustomLevel(_LAST_NAMES_ALIKE, "last alike"),
    )
    # A family shares these; one of a million pairs of people, or fewer, shares those.
    home = _comparison(
        "home",
        _both_missing("landline", "shared_email", "postal_code"),
        _fixed(cll.CustomLevel("landline_l = landline_r", "fixed line"), 2e-5),
        _fixed(cll.CustomLevel("shared_email_l = shared_email_r", "inbox"), 2e-5),
        _fixed(
            cll.CustomLevel(
                "street_l = street_r and postal_code_l = postal_code_r", "street"
            ),
            3e-5,
        ),
        cll.CustomLevel("postal_code_l = postal_code_r", "postal code"),
        cll.CustomLevel(
            "postal_code_l is null or postal_code_r is null", "other line or inbox"
        ),
    )
    email = _comparison(
        "email",
        cll.NullLevel("email"),
        _fixed(cll.ExactMatchLevel("email"), 1e-6),
        _fixed(cll.LevenshteinLevel("email", 2), 3e-6),
    )
    mobile = _comparison(
        "mobile",
        cll.NullLevel("mobile"),
        _fixed(cll.ExactMatchLevel("mobile"), 1e-6),
    )
    # Each account of the shop has its own: two of one person differ by design.
    login = cl.CustomComparison(
        output_column_name="login",
        comparison_levels=[
            cll.NullLevel("login"),
            _fixed(cll.ExactMatchLevel("login"), 1e-6, 0.5),
            cll.ElseLevel().configure(m_probability=0.5, fix_m_probability=True),
        ],
    )
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_number",
        comparisons=[name, cl.ExactMatch("birth_date"), email, mobile, login, home],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("mobile"),
            block_on("landline"),
            block_on("shared_email"),
            block_on("login"),
            block_on("first_name", "last_name", "birth_date"),
            block_on("last_name", "street", "postal_code"),
            block_on("birth_date", "postal_code"),
            block_on("first_name", "last_name", "postal_code"),
        ],
        retain_matching_columns=False,
    )
