"""`fireline receipt`: what a repair has come to, and whether that still holds."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say_folded, shown

if TYPE_CHECKING:
    from bot.domain.reprocessing.receipts import Receipt, Shown, Verified
    from bot.services.receipts import ReceiptService

receipt = typer.Typer(help="What repairs have come to, and whether that still holds.", no_args_is_help=True)


@receipt.command()
def show(
    repair: Annotated[str, typer.Argument(help="A repair, as R-12.", show_default=False)],
    sql: Annotated[bool, typer.Option("--sql", help="Also the SQL that proves each step.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print what each step of a repair, and the repair itself, has come to."""
    from bot.reading_receipts import receipts_to_read
    from bot.views import receipts

    with errors_for_people(), receipts_to_read(settings_of(home)) as (service, _):
        found = service.of(repair)
        proofs = {each.link.seq: _sql(service, each) for each in found.steps} if sql else {}
        if as_json:
            print(json.dumps(_json(found, proofs), indent=2, ensure_ascii=False))
            return
        say_folded("\n".join(shown(line) for line in receipts.told(found)))
        for text in dict.fromkeys(text for each in proofs.values() for text in each):
            print(f"\n{text}")


@receipt.command()
def verify(
    repair: Annotated[
        str | None, typer.Argument(help="A repair, as R-12; without one, all.", show_default=False)
    ] = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Also judge again what was proved right.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Check receipts against the audit chain and against what is stored. Exit code 1: something does not hold."""
    from bot.reading_receipts import receipts_to_read
    from bot.views import receipts

    with errors_for_people(), receipts_to_read(settings_of(home)) as (service, now):
        found = service.verify(repair, now() if rerun else None)
    if as_json:
        print(json.dumps(_verified(found), indent=2, ensure_ascii=False))
    else:
        say_folded("\n".join(shown(line) for line in receipts.verified(found)))
    if not found.holds:
        raise SystemExit(1)


def _sql(service: "ReceiptService", step: "Receipt") -> list[str]:
    return [each.sql for each in service.sql(step)]


def _json(found: "Shown", proofs: dict[int, list[str]]) -> dict[str, object]:
    receipts = [
        {
            "seq": each.link.seq,
            "at": each.link.record.at.isoformat(),
            "hash": each.link.hash,
            "previous": each.link.previous,
            **each.said,
            **({"dependents": each.again} if not each.is_of_step else {}),
            **({"sql": proofs[each.link.seq]} if each.link.seq in proofs else {}),
        }
        for each in found.receipts
    ]
    return {"repair": found.repair.label, "state": found.repair.state.value, "receipts": receipts}


def _verified(found: "Verified") -> dict[str, object]:
    rerun = [{**asdict(each), "data_date": f"{each.data_date}"} for each in found.rerun]
    said = {"holds": found.holds, "receipts": found.receipts, "records": found.records}
    return {**said, "faults": list(found.faults), "rerun": rerun}
