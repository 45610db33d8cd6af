"""The steps of an erasure, in order; each may be repeated after a crash."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from segmentation.erase import plan as plan_state
from segmentation.erase import steps, traces
from segmentation.erase.errors import NothingBegunError
from segmentation.erase.exported import clean_exports, export_ledgers_anew
from segmentation.erase.key import digest, read_key
from segmentation.erase.places import Places
from segmentation.erase.plan import (
    BEGUN,
    PLAN,
    Plan,
    folder_of,
    plans,
    refuse_while_begun,
    save,
    with_state,
)
from segmentation.erase.planning import count_rows, make_plan
from segmentation.erase.purge import empty_rows, keep_out, remove_rows
from segmentation.erase.receipt import (
    COMPLETE,
    FOUND,
    OWED,
    Person,
    Receipt,
    write_receipt,
)
from segmentation.erase.recorded import purge_recorded, recorded_tables, resealed
from segmentation.erase.removals import remove_removals, write_removals
from segmentation.erase.request import Wanted
from segmentation.erase.residue import scan_tables, still_delivered
from segmentation.erase.subjects import find_subjects
from segmentation.erase.texts import Needles
from segmentation.erase.warehouse import one_step
from segmentation.profiles import Profile
from segmentation.release.open_engine import artifacts_of


def plan_erasure(
    profile: Profile, wanted: list[Wanted], places: Places, variables: str | None
) -> Plan:
    """Find who is meant and what is to be done; nothing is changed.

    Raises:
        ErasureError: Nobody or several are meant, or the key is missing.
        SegmentationError: The warehouse cannot be read.
    """
    key = read_key()
    with one_step(profile, artifacts_of(profile, places.target_path)) as (query, built):
        subjects = find_subjects(query, built, wanted, key)
        plan = make_plan(query, built, subjects, variables)
        traces.take_traces(query)
    return plan


def begin(profile: Profile, plan: Plan, places: Places, console: Console) -> Receipt:
    """Erase those of a plan; the caller holds the lock.

    Raises:
        ErasureError: Another erasure has not ended, or the build was refused.
    """
    refuse_while_begun(profile, "another")
    save(profile, plan)
    return _carry_out(profile, plan, places, console, is_told=False)


def go_on(
    profile: Profile,
    places: Places,
    console: Console,
    variables: str | None = None,
    *,
    is_told: bool,
) -> list[Receipt]:
    """Repeat the steps of erasures that have not ended; the caller holds the lock.

    Args:
        profile: The warehouse.
        places: What beside it is cleaned and searched.
        console: Where progress is shown.
        variables: What dbt is given as `--vars`; null means as when it was begun.
        is_told: Whether platforms were told and raw rows deleted: erasures that wait
            for it are ended, and files of removals go. Else those that were begun.

    Raises:
        ErasureError: There is none, or the build was refused.
    """
    found = [
        replace(plan, variables=variables or plan.variables)
        for plan in plans(profile)
        if is_told or plan.state == BEGUN
    ]
    if not found:
        option = "--finish" if is_told else "--resume"
        state = "waits for others" if is_told else "was begun and did not end"
        raise NothingBegunError(option, state)
    return [
        _carry_out(profile, plan, places, console, is_told=is_told) for plan in found
    ]


def _carry_out(
    profile: Profile, plan: Plan, places: Places, console: Console, *, is_told: bool
) -> Receipt:
    key, places = read_key(), places.absolute()
    artifacts = artifacts_of(profile, places.target_path)
    folder, needles = folder_of(profile, plan), Needles((*plan.ids, *plan.words))

    def say(step: str) -> None:
        console.print(step, highlight=False)

    say("Emptying delivered rows, and what was recorded")
    with one_step(profile, artifacts, plan) as (query, built):
        tombstones = keep_out(query, built, plan, key)
        empty_rows(query, built)
        purge_recorded(query, built, plan)
    say("Building without them")
    run_id = steps.build(profile, plan, places, console)
    say("Removing what the build left")
    with one_step(profile, artifacts, plan) as (query, built):
        purge_recorded(query, built, plan)
        remove_rows(query, built, recorded_tables(built))
    say("Writing files anew")
    rewritten = steps.rewrite(profile, artifacts, plan)
    exports = clean_exports(places.exports, frozenset((*plan.ids, *plan.words)))
    ledger_exports = export_ledgers_anew(profile, places.ledger_exports)
    steps.clean_texts(profile, artifacts, needles)
    if is_told:
        remove_removals(folder)
    removals = () if is_told else write_removals(folder, plan.removals)
    say("Searching for what is left")
    with one_step(profile, artifacts, plan) as (query, built):
        raw = tuple(still_delivered(query, built))
        found, tables = scan_tables(query, built, profile.adapter)
        rows_after = sum(count_rows(query, built).values())
        sealed, parameters = (
            resealed(query, built, plan),
            steps.parameters(query, built, plan),
        )
        traces.take_traces(query)
    scan = steps.search(profile, artifacts, places, needles, is_raw_left=bool(raw))
    scan = replace(scan, tables=tables, found=(*found, *scan.found))
    state = FOUND if scan.found else OWED if raw or removals else COMPLETE
    receipt = Receipt(
        plan.erasure_id,
        plan.begun_at,
        datetime.now(UTC).replace(tzinfo=None).isoformat(),
        state,
        tuple(
            Person(
                digest(key, "customer", each.customer_id),
                dict(Counter(source_system for source_system, _ in each.records)),
            )
            for each in plan.subjects
        ),
        tombstones,
        plan.order_count,
        plan.net_amount,
        plan.tables,
        rows_after,
        sealed,
        run_id,
        tuple(rewritten),
        tuple(exports),
        tuple(ledger_exports),
        tuple(removals),
        parameters,
        raw,
        scan,
    )
    write_receipt(folder, receipt)
    if state == COMPLETE:
        # From here on nothing knows any more whom to look for.
        (folder / PLAN).unlink()
    else:
        save(profile, with_state(plan, plan_state.OWED))
    return receipt
