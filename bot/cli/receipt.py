"""`fireline receipt`: what a repair has come to, and whether that still holds."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.local_client import ask_running
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say_folded, shown

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.domain.reprocessing.receipts import Receipt, Shown, Verified
    from bot.ports.clock import Clock
    from bot.services.receipts import ReceiptService

receipt = typer.Typer(help="What repairs have come to, and whether that still holds.", no_args_is_help=True)


@dataclass(frozen=True)
class ReceiptQuestion:
    """`repair` None: all of them. `verify`: check them, and with `rerun` judge again what was proved right."""

    repair: str | None
    verify: bool = False
    sql: bool = False
    rerun: bool = False
    as_json: bool = False


@receipt.command()
def show(
    repair: Annotated[str, typer.Argument(help="A repair, as R-12.", show_default=False)],
    sql: Annotated[bool, typer.Option("--sql", help="Also the SQL that proves each step.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Print what each step of a repair, and the repair itself, has come to."""
    with errors_for_people():
        _say(settings_of(home), ReceiptQuestion(repair, sql=sql, as_json=as_json))


@receipt.command()
def verify(
    repair: Annotated[str | None, typer.Argument(help="A repair, as R-12; else all.", show_default=False)] = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Also judge again what was proved right.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Check receipts against the audit chain and against what is stored. Exit code 1: something does not hold."""
    with errors_for_people():
        holds = _say(settings_of(home), ReceiptQuestion(repair, verify=True, rerun=rerun, as_json=as_json))
    if not holds:
        raise SystemExit(1)


def _say(settings: "Settings", question: ReceiptQuestion) -> bool:
    """A process that serves is asked: it holds the embedded warehouse."""
    answer = ask_running(settings.socket, "receipt", asdict(question))
    if answer is None:
        from bot.reading_receipts import receipts_to_read

        with receipts_to_read(settings) as (service, now):
            answer = answer_receipt(service, question, now)
    said = json.loads(answer)
    print(said["text"]) if question.as_json else say_folded(said["text"])
    for each in said["sql"]:
        print(f"\n{each}")
    return bool(said["holds"])


def answer_receipt(service: "ReceiptService", question: ReceiptQuestion, now: "Clock") -> str:
    """JSON: what is to be printed, the SQL below it, and whether all holds."""
    if question.verify:
        checked = service.verify(question.repair, now() if question.rerun else None)
        return _answer(_checked(checked, as_json=question.as_json), holds=checked.holds)
    found = service.of(question.repair or "")
    proofs = {each.link.seq: [one.sql for one in service.sql(each)] for each in found.steps} if question.sql else {}
    if question.as_json:
        return _answer(json.dumps(_json(found, proofs), indent=2, ensure_ascii=False))
    from bot.views import receipts

    sql = list(dict.fromkeys(text for each in proofs.values() for text in each))
    return _answer("\n".join(shown(line) for line in receipts.told(found)), sql)


def question_of(given: dict[str, Any]) -> ReceiptQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return ReceiptQuestion(**given)


def _answer(text: str, sql: list[str] | None = None, *, holds: bool = True) -> str:
    return json.dumps({"text": text, "sql": sql or [], "holds": holds})


def _checked(found: "Verified", *, as_json: bool) -> str:
    from bot.views import receipts

    if not as_json:
        return "\n".join(shown(line) for line in receipts.verified(found))
    rerun = [{**asdict(each), "data_date": f"{each.data_date}"} for each in found.rerun]
    said = {"holds": found.holds, "receipts": found.receipts, "records": found.records}
    return json.dumps({**said, "faults": list(found.faults), "rerun": rerun}, indent=2, ensure_ascii=False)


def _json(found: "Shown", proofs: dict[int, list[str]]) -> dict[str, object]:
    receipts = [_receipt(each, proofs.get(each.link.seq)) for each in found.receipts]
    return {"repair": found.repair.label, "state": found.repair.state.value, "receipts": receipts}


def _receipt(each: "Receipt", sql: list[str] | None) -> dict[str, object]:
    link = each.link
    placed = {"seq": link.seq, "at": link.record.at.isoformat(), "hash": link.hash, "previous": link.previous}
    also = {} if each.is_of_step else {"dependents": each.again}
    return {**placed, **each.said, **also, **({} if sql is None else {"sql": sql})}
