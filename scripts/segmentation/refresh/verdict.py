"""Says what a finished build means: released, refused, or not able to run."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
from dbt.cli.exceptions import DbtUsageException

from segmentation.connections import duckdb_path, refusal_to_open
from segmentation.doctor.messages import sentences
from segmentation.errors import WarehouseDamagedError, sentence
from segmentation.profiles import Profile
from segmentation.refresh.build import Build
from segmentation.refresh.ends import End
from segmentation.refresh.summary import Outcome
from segmentation.release import publish
from segmentation.release.publish import Publication, ReleaseRefusedError

_RELEASED = {
    publish.Outcome.RELEASED: Outcome.RELEASED,
    publish.Outcome.RESTORED: Outcome.RESTORED,
    publish.Outcome.UNCHANGED: Outcome.UNCHANGED,
}


@dataclass(frozen=True)
class Verdict:
    """What became of a build, and the same in words."""

    outcome: Outcome
    message: str


def judge(build: Build, profile: Profile) -> Verdict:
    """Judge a finished build.

    What publishing did counts before all else: after it the files are replaced, or are
    not, whatever happened later.

    Returns:
        ERROR when it is neither good nor refused: the project, the connection or the
        served files kept it from running to its end.
    """
    if build.published is not None:
        return _of_publishing(build.published.result)
    if build.error is not None:
        return Verdict(Outcome.ERROR, _broken(build.error, profile))
    stale = [end for end in build.sources if end.is_failed]
    if stale:
        return Verdict(Outcome.REFUSED, _of_sources(stale))
    failed = [end for end in (*build.hooks, *build.nodes) if end.is_failed]
    if failed:
        # A hook that failed keeps those after it from running, the publishing one too.
        message = f"not released: the build did not get to publishing. {failed[0]}"
        return Verdict(Outcome.REFUSED, message)
    return Verdict(
        Outcome.ERROR,
        "not released: the build passed and nothing published it. Expected the hook "
        "publish_release of the package segmentation at its end; enable the package "
        "and its hooks",
    )


def _of_publishing(result: Publication | Exception) -> Verdict:
    if isinstance(result, ReleaseRefusedError):
        return Verdict(Outcome.REFUSED, str(result))
    if isinstance(result, Exception):
        message = f"not released: the release was not written. {sentence(str(result))}"
        return Verdict(Outcome.ERROR, message)
    if result.outcome not in _RELEASED:
        return Verdict(
            Outcome.ERROR,
            f"{sentence(result.message)} Expected the whole graph: look for a default "
            "selector, and for settings of dbt that leave nodes or rows out",
        )
    return Verdict(_RELEASED[result.outcome], result.message)


def _of_sources(failed: Sequence[End]) -> str:
    named = ", ".join(end.name for end in failed)
    return (
        f"not released: nothing was built, as the check of {len(failed)} "
        f"source{'s' if len(failed) > 1 else ''} failed: {named}. Load them and run "
        "the command again; or change `freshness` in their YAML, or release without "
        "them once with `dbt build`, which does not check it"
    )


def _broken(error: BaseException, profile: Profile) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "The build was interrupted. Run the command again"
    if isinstance(error, DbtUsageException):
        return f"{sentence(str(error))} Expected what dbt takes: correct --vars."
    if isinstance(error, duckdb.Error):
        refusal = refusal_to_open(duckdb_path(profile), error)
        is_damaged = isinstance(refusal, WarehouseDamagedError)
        if is_damaged or isinstance(error, duckdb.IOException):
            return str(refusal)
    return "\n".join(sentences(str(error)))
