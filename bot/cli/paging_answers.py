"""Whom pages would reach: answered by the process that serves, which has the configuration and the channels in use."""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.terminal import say_folded, shown

if TYPE_CHECKING:
    from bot.domain.escalation.simulation import SimulatedStep
    from bot.domain.oncall.schedule import Schedule
    from bot.responding import PagingRules


class Act(StrEnum):
    READINESS = "readiness"
    PAGE = "page"


@dataclass(frozen=True)
class PagingQuestion:
    """What was typed. `width` and `colour` are those of the terminal."""

    act: str
    severity: str = "P0"
    at: str | None = None
    as_json: bool = False
    width: int = 80
    colour: bool = False


@dataclass(frozen=True)
class PagingAnswer:
    """`text` for standard output, `notes` for standard error; `failed`: somebody is not reached who has to be."""

    text: str
    notes: tuple[str, ...]
    failed: bool


def ask_paging(home: Path | None, act: Act, **more: Any) -> None:
    """Print the answer. Exit code 1 where it failed."""
    from bot.cli.local_client import ask_running

    with errors_for_people():
        settings = settings_of(home)
        question = PagingQuestion(act, width=shutil.get_terminal_size().columns, colour=sys.stdout.isatty(), **more)
        said = ask_running(settings.socket, "paging", asdict(question))
        if said is None:
            from bot.responding import paging_rules

            with paging_rules(settings) as rules:
                said = answer_paging(rules, question, now())
    answer = PagingAnswer(**json.loads(said))
    if act is Act.PAGE and not question.as_json:
        say_folded(answer.text.rstrip("\n"))
    else:
        print(answer.text, end="")
    for note in answer.notes:
        say_folded(note, error=True)
    if answer.failed:
        raise SystemExit(1)


def answer_paging(rules: "PagingRules", question: PagingQuestion, moment: datetime) -> str:
    """A PagingAnswer as JSON. Raises BadInput for a question that makes no sense."""
    answers = {Act.READINESS: _readiness, Act.PAGE: _page}
    text, advice, failed = answers[Act(question.act)](rules, question, moment)
    notes = (*(f"warning: {why}" for why in rules.not_ready), *advice)
    return json.dumps(asdict(PagingAnswer(text, notes, failed)))


def question_of(given: dict[str, Any]) -> PagingQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return PagingQuestion(**given)


Said = tuple[str, tuple[str, ...], bool]
"""The text, advice, whether it failed."""


def _readiness(rules: "PagingRules", question: PagingQuestion, moment: datetime) -> Said:
    from bot.cli.oncall_table import print_readiness, readiness_json
    from bot.cli.tables import rendered
    from bot.domain.escalation.readiness import Reach, readiness

    found = readiness(rules.policy, rules.oncall.schedule(moment), rules.target, moment, rules.doubts)
    failed = any(each.reach is Reach.UNREACHABLE for each in found)
    if question.as_json:
        return readiness_json(found), (), failed
    return rendered(partial(print_readiness, found), width=question.width, colour=question.colour), (), failed


def _page(rules: "PagingRules", question: PagingQuestion, moment: datetime) -> Said:
    from bot.domain.escalation.simulation import simulated
    from bot.domain.gate.declared import severity_of

    worst = severity_of(question.severity)
    if question.at is not None:
        moment = rules.oncall.moment(question.at, moment)
    schedule, ladder = rules.oncall.schedule(moment), rules.policy.of(worst)
    steps = simulated(worst, ladder, schedule, rules.target, moment)
    if question.as_json:
        text = _json(steps)
    else:
        text = "".join(f"{shown(_line(each, schedule, steps))}\n" for each in steps) or f"{worst} pages nobody.\n"
    if not steps:
        return text, (), False
    if any(step.ways for step in steps):
        return text, (), False
    advice = (
        f"fireline: {worst} reaches nobody. Name people, rotas and ways to reach them in oncall.yaml; "
        "`fireline oncall readiness` says who cannot be reached."
    )
    return text, (advice,), True


def _json(steps: Sequence["SimulatedStep"]) -> str:
    """The steps; after the last one the ladder begins again."""
    said = [
        {
            "at": step.at.isoformat(),
            "step": step.number,
            "pages": [{"person": person, "by": way} for person, way in step.ways],
            "unreached": list(step.unreached),
        }
        for step in steps
        if step.number
    ]
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _line(step: "SimulatedStep", schedule: "Schedule", all_steps: Sequence["SimulatedStep"]) -> str:
    from bot.views.oncall_words import wall

    when = wall(step.at, schedule.zone)
    if not step.number:
        return f"{when}  {_outcome(all_steps)}, and the ladder begins again where the policy repeats it"
    people = dict.fromkeys(person for person, _ in step.ways)
    ways = [f"{each} by {' and '.join(way for person, way in step.ways if person == each)}" for each in people]
    return f"{when}  step {step.number}: {'; '.join([*ways, *step.unreached])}"


def _outcome(steps: Sequence["SimulatedStep"]) -> str:
    if not any(step.ways for step in steps):
        return "nobody was reached"
    if any(step.unreached for step in steps):
        return "not everybody was reached"
    return "everybody was paged: the card says so"
