"""`fireline reprocess`: plan a repair, start it, see how far it is; pause, let go on, stop, try again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.incident import By, login_name
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.reprocessing.repair import Repair
    from bot.services.circuits import CircuitService
    from bot.services.repair_control import RepairControl
    from bot.services.reprocessing import RepairService

reprocess = typer.Typer(help="Repair dates: a plan first, then a start.", no_args_is_help=True)
ENDS_WITHIN_S = 20.0
"""So long it is waited for that executions end."""
CARRIED_ON = frozenset({"start", "pause", "resume", "retry"})
WAITS = "`fireline run` carries it out; `fireline reprocess status` shows how far it is."
Which = Annotated[str, typer.Argument(help="As R-12.", show_default=False)]


class PlanMode(StrEnum):
    """As the domain's Mode, which a command line that only asks need not import."""

    FAILED = "failed"
    MISSING = "missing"
    ALL = "all"


@dataclass(frozen=True)
class RepairQuestion:
    """`act`: plan, start, approve, status, pause, resume, cancel, retry or circuits; `text` as after `/reprocess`, or
    which one; `by` is who asks.
    """

    act: str
    text: str
    by: str
    as_json: bool = False


@reprocess.command()
def plan(
    what: Annotated[
        list[str], typer.Argument(help="Processors and dates: Box 2026-01-01..2026-01-06.", show_default=False)
    ],
    mode: Annotated[PlanMode | None, typer.Option(help="Which of these dates.", show_default="failed")] = None,
    downstream: Annotated[bool, typer.Option("--downstream", help="Also what depends on them.")] = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Show what would run, what would not, and why. Nothing is started."""
    words = [*what, *([] if mode is None else [mode.value]), *(["downstream"] if downstream else [])]
    _ask(home, RepairQuestion("plan", " ".join(words), by or login_name(), as_json))


@reprocess.command()
def start(
    name: Annotated[str, typer.Argument(help="The plan, by the name that `plan` gives.", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Start a plan, or ask for the approval that it needs. Where it has changed meanwhile nothing starts."""
    _ask(home, RepairQuestion("start", name, by or login_name(), as_json))


@reprocess.command()
def approve(name: Which, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Say where a second person approves it: at a terminal anybody can call themselves anything."""
    _ask(home, RepairQuestion("approve", name, by or login_name(), as_json))


@reprocess.command()
def status(
    name: Annotated[str, typer.Argument(help="As R-12; without one, the latest.", show_default=False)] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Show how far a repair is, or the latest repairs."""
    _ask(home, RepairQuestion("status", name, "", as_json))


@reprocess.command()
def pause(name: Which, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Start no more steps until it is resumed; those at work go on."""
    _ask(home, RepairQuestion("pause", name, by or login_name(), as_json))


@reprocess.command()
def resume(name: Which, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Let a paused repair go on."""
    _ask(home, RepairQuestion("resume", name, by or login_name(), as_json))


@reprocess.command()
def cancel(name: Which, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Stop a repair: nothing more of it is started. Its dates can be planned again at once."""
    _ask(home, RepairQuestion("cancel", name, by or login_name(), as_json))


@reprocess.command()
def retry(name: Which, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Try once more what has failed of a repair."""
    _ask(home, RepairQuestion("retry", name, by or login_name(), as_json))


@reprocess.command()
def circuits(
    close: Annotated[str, typer.Option(metavar="PROCESSOR", help="Let its repairs go on.", show_default=False)] = "",
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Show of which processors repairs are stopped, and why; or let those of one go on."""
    _ask(home, RepairQuestion("circuits", close, by or login_name(), as_json))


def question_of(given: dict[str, Any]) -> RepairQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return RepairQuestion(**given)


def answer_reprocess(
    repairs: "RepairService",
    control: "RepairControl",
    circuits: "CircuitService",
    question: RepairQuestion,
    moment: datetime,
) -> str:
    """Do what was asked, and say how it is then. Raises BadInput."""
    from bot.domain.access import Actor, Way
    from bot.domain.errors import BadInput
    from bot.domain.reprocessing.asked import repair_words
    from bot.domain.reprocessing.repair import BEFORE_START, RepairState

    who = Actor(question.by, question.by, Way.TERMINAL)
    match question.act:
        case "plan":
            asked = repair_words(question.text, lambda: repairs.plans.dates(moment))
            return _plan(repairs.propose(asked.request, who, moment), question)
        case "start" if (plan := repairs.get(question.text)).plan.needs_second and plan.state is RepairState.PLANNED:
            known = repairs.ask_approval(plan.id, who, moment)
        case "approve" if not repairs.get(question.text).plan.needs_second:
            raise BadInput(f"It needs no second person: fireline reprocess start {question.text}")
        case "start" | "approve":
            known = repairs.start(question.text, who, moment)
        case "circuits":
            return _circuits(circuits, question, who, moment)
        case "status" if not question.text:
            return _latest(repairs, question)
        case "cancel" if (before := repairs.get(question.text)).state in BEFORE_START:
            return _plan(repairs.withdraw(before.id, who, moment), question)
        case "cancel":
            known, left = control.stopped(repairs.get(question.text).id, who, ENDS_WITHIN_S)
            return _progress(known, control, question, left)
        case "pause" | "resume" | "retry":
            act = {"pause": control.pause, "resume": control.resume, "retry": control.retry}
            known = act[question.act](repairs.get(question.text).id, who)
        case _:
            known = repairs.get(question.text)
    return _plan(known, question) if known.state in BEFORE_START else _progress(known, control, question)


def _ask(home: Path | None, question: RepairQuestion) -> None:
    """Of the process that serves, when one runs: it has the history, and carries it out."""
    from bot.cli.local_client import ask_running
    from bot.cli.terminal import say_folded

    with errors_for_people():
        settings = settings_of(home)
        answer = ask_running(settings.socket, "reprocess", asdict(question))
        if answer is None:
            from bot.asking_repairs import asking_repairs

            with asking_repairs(settings, now) as asked:
                answer = answer_reprocess(*asked, question, now())
        print(answer, end="") if question.as_json else say_folded(answer.rstrip("\n"))


def _plan(found: "Repair", question: RepairQuestion) -> str:
    from bot.cli.reprocess_json import plan_json
    from bot.domain.reprocessing.repair import RepairState
    from bot.views import reprocessing
    from bot.views.incident import PLAIN

    if question.as_json:
        return _json(plan_json(found))
    lines = reprocessing.lines(found, PLAIN)
    if question.act == "plan" and found.plan.running:
        what = "Ask for approval" if found.plan.needs_second else "Start it"
        lines.append(f"{what}: fireline reprocess start {found.id}")
    if found.state is RepairState.AWAITING_APPROVAL:
        lines.append(f"In Slack: /reprocess {found.label}, or its message in the alerts channel.")
    return _lines(lines)


def _progress(found: "Repair", control: "RepairControl", question: RepairQuestion, left: Sequence[str] = ()) -> str:
    """`left`: what could not be ended."""
    from bot.cli.reprocess_json import progress_json
    from bot.views import reprocessing_progress, reprocessing_words

    at = control.progress(found)
    if question.as_json:
        return _json({**progress_json(found, at), **({"not_ended": list(left)} if question.act == "cancel" else {})})
    head = f"{found.label} {reprocessing_progress.STATES[found.state]}: {reprocessing_words.headline(found)}"
    trouble = [f"{each.processor} {each.data_date}: {each.reason}" for each in (*at.trouble, *at.unclear, *at.untold)]
    waits = [WAITS] if question.act in CARRIED_ON else []
    goes_on = [f"Not ended: {each}. Look there." for each in left]
    return _lines([f"{head}.", f"{reprocessing_progress.figures(at)}.", *trouble, *goes_on, *waits])


def _latest(repairs: "RepairService", question: RepairQuestion) -> str:
    from bot.cli.reprocess_json import listed_json
    from bot.views import reprocessing
    from bot.views.incident import PLAIN

    found = repairs.latest()
    return (
        _json([listed_json(each) for each in found]) if question.as_json else _lines(reprocessing.listing(found, PLAIN))
    )


def _circuits(circuits: "CircuitService", question: RepairQuestion, who: "Actor", moment: datetime) -> str:
    from bot.cli.reprocess_json import circuit_json
    from bot.views.hands import circuit_lines
    from bot.views.incident import PLAIN

    closed = circuits.close(question.text, who, moment) if question.text else ""
    found = circuits.all()
    if question.as_json:
        return _json([circuit_json(each) for each in found])
    return _lines([*([f"Repairs of {closed} may go on."] if closed else []), *circuit_lines(found, PLAIN)])


def _json(said: Mapping[str, Any] | list[Any]) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _lines(lines: list[str]) -> str:
    from bot.cli.terminal import shown

    return "".join(f"{shown(line)}\n" for line in lines)
