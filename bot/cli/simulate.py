"""`fireline simulate page`: who would be paged, minute by minute, by what; nothing is sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import Home
from bot.cli.terminal import say, shown

if TYPE_CHECKING:
    from bot.domain.escalation.simulation import SimulatedStep
    from bot.domain.oncall.schedule import Schedule

simulate = typer.Typer(help="What would happen, without anything being sent.", no_args_is_help=True)
SEVERITIES = ("P0", "P1", "P2")


@simulate.callback()
def _simulate() -> None:
    """One command at least: `page`."""


@simulate.command()
def page(
    severity: Annotated[str, typer.Option(help="P0, P1 or P2.")] = "P0",
    at: Annotated[
        str | None, typer.Option(help="When it is announced, by the clock of oncall.yaml.", show_default=False)
    ] = None,
    home: Home = None,
) -> None:
    """Who would be paged for an incident that nobody acknowledges, from the engine's own rules."""
    from bot.domain.errors import BadInput
    from bot.domain.escalation.simulation import simulated
    from bot.domain.findings.severity import Severity
    from bot.responding import paging_rules

    with errors_for_people(), paging_rules(settings_of(home)) as rules:
        if severity.upper() not in SEVERITIES:
            raise BadInput(f"{severity!r} is no severity that pages. Write {', '.join(SEVERITIES)}.")
        worst = Severity(severity.upper())
        moment = now() if at is None else rules.oncall.moment(at)
        schedule, ladder = rules.oncall.schedule(moment), rules.policy.of(worst)
        steps = simulated(worst, ladder, schedule, rules.target, moment)
        for each in steps:
            say(shown(_line(each, schedule, steps)))
        if not steps:
            say(f"{worst} pages nobody.")
        for why in rules.not_ready:
            say(f"warning: {shown(why)}", error=True)
        if steps and not any(step.ways for step in steps):
            raise BadInput(
                f"{worst} reaches nobody. Name people, rotas and ways to reach them in oncall.yaml; "
                "`fireline oncall readiness` says who cannot be reached."
            )


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
