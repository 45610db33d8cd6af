"""The command `segment erase`: people taken out of everything the project writes."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segmentation.cli_options import FILE, with_profile
from segmentation.profiles import Profile

if TYPE_CHECKING:
    from segmentation.erase.plan import Plan
    from segmentation.erase.receipt import Receipt
    from segmentation.erase.request import Wanted

LOCKED, OWED = 3, 4
ANYTHING = click.Path(path_type=Path)


@click.command()
@click.option(
    "--record",
    "records",
    nargs=2,
    multiple=True,
    metavar="SOURCE ID",
    help="A record of a source; all records of its customer are erased.",
)
@click.option(
    "--customer", "customers", multiple=True, metavar="ID", help="A customer."
)
@click.option(
    "--identifier",
    "identifiers",
    nargs=2,
    multiple=True,
    metavar="TYPE VALUE",
    help="An identifier that one customer has, such as email a@example.com.",
)
@click.option("--file", type=FILE, help="A CSV file of these: kind,name,value.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased and stop.")
@click.option("--resume", is_flag=True, help="End what was begun and did not end.")
@click.option(
    "--finish",
    is_flag=True,
    help="Raw rows are deleted and platforms told: end what waits for it.",
)
@click.option("--yes", is_flag=True, help="Do not ask before erasing.")
@click.option(
    "--exports",
    multiple=True,
    type=ANYTHING,
    default=[Path("exports")],
    show_default=True,
    help="A folder that `segment export` wrote into.",
)
@click.option(
    "--ledger-export",
    "ledger_exports",
    multiple=True,
    type=ANYTHING,
    help="A folder that `segment ledger export` wrote.",
)
@click.option(
    "--also", multiple=True, type=ANYTHING, help="A file or folder to search too."
)
@click.option(
    "--report",
    type=FILE,
    default=Path("report.html"),
    show_default=True,
    help="The report to write anew.",
)
@click.option("--no-report", is_flag=True, help="There is no report.")
@click.option(
    "--vars", "variables", metavar="YAML", help="Variables for dbt, as every night."
)
@click.option(
    "--target-path",
    type=click.Path(file_okay=False, path_type=Path),
    help="dbt's target folder [DBT_TARGET_PATH].",
)
@with_profile
def erase(profile: Profile, **given: object) -> None:
    """Erase people from all the project writes, keep them out, and write a receipt.

    All records of a customer go together. Raw tables are the company's own: the receipt
    says what to delete there, and which platforms to tell. SEGMENTATION_ERASURE_KEY
    holds the key of the digests that keep their rows out, for this and every build.

    Exit codes: 0 erased and nothing is left; 1 refused, not ended, or something is
    left, and the message says what; 2 usage; 3 a refresh runs; 4 erased here, and raw
    tables or platforms still have them.
    """
    from rich.console import Console

    from segmentation.erase.erase import begin, go_on, plan_erasure
    from segmentation.erase.places import Places
    from segmentation.refresh.alone import alone
    from segmentation.refresh.errors import RefreshLockedError

    options: Mapping[str, Any] = given
    wanted = _wanted(options)
    if sum([bool(wanted), options["resume"], options["finish"]]) != 1:
        raise click.UsageError("Name whom to erase, or give --resume or --finish.")
    places = Places(
        options["exports"],
        options["ledger_exports"],
        options["also"],
        None if options["no_report"] else options["report"],
        options["target_path"],
    )
    command = shlex.join([Path(sys.argv[0]).name, "erase"])
    console = Console(stderr=True)
    try:
        with alone(profile, command):
            if wanted:
                plan = plan_erasure(profile, wanted, places, options["variables"])
                _show(plan)
                if options["dry_run"]:
                    return
                if not options["yes"]:
                    click.confirm("Erase them?", abort=True, err=True)
                receipts = [begin(profile, plan, places, console)]
            else:
                receipts = go_on(
                    profile,
                    places,
                    console,
                    options["variables"],
                    is_told=options["finish"],
                )
    except RefreshLockedError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(LOCKED) from error
    for receipt in receipts:
        _tell(profile, receipt)
    raise SystemExit(max(_exit_code(receipt) for receipt in receipts))


def _wanted(options: Mapping[str, Any]) -> "list[Wanted]":
    from segmentation.erase import request

    wanted = [request.Wanted(request.RECORD, *each) for each in options["records"]]
    wanted += [
        request.Wanted(request.CUSTOMER, "", each) for each in options["customers"]
    ]
    wanted += [
        request.Wanted(request.IDENTIFIER, *each) for each in options["identifiers"]
    ]
    return wanted + (request.read_request(options["file"]) if options["file"] else [])


def _show(plan: "Plan") -> None:
    """Print who is meant."""
    for subject in plan.subjects:
        click.echo(f"customer {subject.customer_id}")
        for source_system, record in subject.records:
            click.echo(f"  record {source_system} {record}")
    rows = sum(plan.tables.values())
    click.echo(
        f"{rows:,} rows in {len(plan.tables):,} tables, {plan.order_count:,} orders of "
        f"{plan.net_amount} net, {len(plan.removals):,} members on platforms"
    )


def _tell(profile: Profile, receipt: "Receipt") -> None:
    from segmentation.erase.plan import erasures_folder

    folder = erasures_folder(profile) / receipt.erasure_id
    click.echo(f"{receipt.state}: {folder / 'receipt.md'}")
    for hit in receipt.scan.found:
        click.echo(f"Error: something of them is left in {hit.place}", err=True)
    for owed in receipt.raw:
        click.echo(
            f"owed: delete {owed.rows:,} rows from {', '.join(owed.tables)}", err=True
        )
    for removal in receipt.removals:
        click.echo(f"owed: upload {folder / removal.file}", err=True)


def _exit_code(receipt: "Receipt") -> int:
    from segmentation.erase.receipt import COMPLETE, FOUND

    return {COMPLETE: 0, FOUND: 1}.get(receipt.state, OWED)
