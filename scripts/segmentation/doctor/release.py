"""Judges whether the last release is what a build of this state would release."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from segmentation import __version__
from segmentation.doctor.findings import ReleaseState
from segmentation.doctor.warehouse import BuiltState
from segmentation.profiles import Profile

RELEASED_BY = {
    "duckdb": "`dbt build`",
    "postgres": "`dbt build` and `segment publish`",
}


def release_state(
    profile: Profile, built: BuiltState, settings: Mapping[str, Any]
) -> ReleaseState:
    """Compare the last release with what is served, the settings and the last build.

    Rows that changed in a source since the last build are not seen.
    """
    if profile.adapter not in RELEASED_BY:
        return ReleaseState(
            None,
            f"A target of type {profile.adapter} does not publish in this version: "
            "read the public tables in the warehouse.",
        )
    command, last = RELEASED_BY[profile.adapter], built.release
    if last is None:
        return ReleaseState(False, f"Nothing was released yet: run {command}.")
    reasons = list(_reasons(built, settings))
    message = f"The last release stands at {last.as_of_date}"
    if reasons:
        message += f" and is not current: {'; '.join(reasons)}. Run {command}."
    else:
        message += " and is current."
    return ReleaseState(
        not reasons, message, last.run_id, last.as_of_date, last.released_at
    )


def _reasons(built: BuiltState, settings: Mapping[str, Any]) -> Iterator[str]:
    last, served = built.release, built.served
    if last is None:
        return
    if served is None:
        yield "what BI reads is missing or no release"
    elif served.run_id != last.run_id:
        yield "what BI reads is another release"
    if str(last.as_of_date) != settings["as_of"]:
        yield f"the as-of date is now {settings['as_of']}"
    versions = json.loads(last.versions)
    if versions.get("definitions") != settings["definitions"]:
        yield "the definitions of segments have changed"
    if versions.get("package") != __version__:
        yield f"the package is now {__version__}"
    for (entity, source), counts in built.counts.items():
        released = built.released_rows.get((entity, source), 0)
        # Copies of a row are no news, so a release does not count them.
        found = counts.rows - counts.duplicates
        if released != found:
            yield (
                f"the last build found {found:,} rows of {entity} in {source}, "
                f"the release {released:,}"
            )
