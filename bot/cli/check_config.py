"""`fireline check-config`: read every configuration file and report every problem."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson
from bot.cli.terminal import say, say_folded, shown
from bot.domain.counts import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.errors import Problem
    from bot.domain.escalation.pages import Targets
    from bot.domain.oncall.schedule import Person
    from bot.domain.platform.registry import Processor, Registry
    from bot.domain.reports.objectives import Objective
    from bot.domain.slo import ServiceLevels


def check_config(
    path: Annotated[
        Path | None,
        typer.Argument(help="A configuration folder, or one registry file (FIRELINE_CONFIG).", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the configuration. Every problem is reported at once, with file and line; exit code 1 if there is one."""
    import json

    from bot.config.check import check_folder, check_registry
    from bot.config.chosen_sources import quota_warnings
    from bot.domain.errors import ConfigError

    with errors_for_people():
        chosen = path if path is not None else settings_of(None).config
        registry, warnings = check_folder(chosen) if chosen.is_dir() else check_registry(chosen)
        said = [*map(str, warnings), *_beside_the_history(registry)]
        said += [*_of_pages(chosen), *_of_runbooks(chosen)] if chosen.is_dir() else []
        said += quota_warnings(settings_of(None), chosen) if chosen.is_dir() else []
        said += _of_deadlines(chosen, registry) if chosen.is_dir() else []
        kept, faults = _of_objectives(chosen, registry) if chosen.is_dir() else ([], [])
    for warning in said:
        say_folded(f"warning: {shown(warning)}", error=True)
    for line in kept if not as_json else ():
        say_folded(f"objective: {shown(line)}")
    if faults:
        say(f"fireline: {ConfigError(faults)}", error=True)
        raise SystemExit(1)
    if as_json:
        print(json.dumps({"ok": True, "processors": len(registry.processors), "objectives": kept, "warnings": said}))
    else:
        ending = f"no error, {plural(len(said), 'warning')}" if said else "no problem found"
        say_folded(f"{chosen}: {_summary(registry)}; {ending}.")


def _of_runbooks(folder: Path) -> list[str]:
    """Those of the folder's own: one with a fault is left out."""
    from bot.config.runbooks import load_runbooks, runbook_folder

    return [f"{each}; the runbook is left out" for each in load_runbooks(runbook_folder(folder)).problems]


def _beside_the_history(registry: "Registry") -> list[str]:
    """What does not fit the history in the embedded warehouse, where there is one."""
    from bot.domain.errors import WarehouseUnavailable
    from bot.domain.evidence.platform_facts import platform_facts
    from bot.opening import warehouse

    settings = settings_of(None)
    if settings.warehouse != "duckdb" or not settings.warehouse_file.exists():
        return []
    try:
        with warehouse(settings, read_only=True) as opened:
            return opened.doubts(platform_facts(registry))
    except WarehouseUnavailable as error:
        return [f"not compared with the history: {error}"]


def _of_deadlines(folder: Path, registry: "Registry") -> list[str]:
    """Of phases: those that no date can meet."""
    from bot.config.slos import load_slos
    from bot.domain.reports.early_deadlines import early_deadlines

    today = now().astimezone(registry.zone).date()
    return list(early_deadlines(load_slos(folder / "slos.yaml").phases, registry, today))


def _of_objectives(folder: Path, registry: "Registry") -> "tuple[list[str], list[Problem]]":
    """Of each: its budget, what one miss costs, what its alert can do, and how often it would have. And those whose
    query the warehouse does not answer.
    """
    from bot.config.slos import load_slos
    from bot.domain.errors import Problem
    from bot.views.slo_words import described, described_by_history

    path = folder / "slos.yaml"
    levels = load_slos(path)
    found, faults = _objectives(registry, levels)
    known = {each.phase: each for each in found if each.phase is not None}
    a_day = {level.phase: sum(_counts(each, level.phase) for each in registry.processors) for level in levels.phases}
    lines = [described(level, known.get(level.phase), a_day[level.phase]) for level in levels.phases]
    lines += [described_by_history(each) for each in found if each.phase is None and each.name not in faults]
    told = ". Correct the query, or what it reads: without an answer the objective is unknown."
    return lines, [Problem(str(path), f"query of {name}: {why.rstrip('.')}{told}") for name, why in faults.items()]


def _counts(processor: "Processor", phase: int) -> bool:
    return processor.phase == phase and not processor.sporadic


def _objectives(registry: "Registry", levels: "ServiceLevels") -> "tuple[Sequence[Objective], Mapping[str, str]]":
    """Beside the history, and those whose query the warehouse cannot run, each with why; nothing where there is no
    warehouse, or it cannot be asked.
    """
    from bot.domain.errors import FirelineError
    from bot.opening import warehouse
    from bot.services.health import HealthService
    from bot.services.slo import SloService

    settings = settings_of(None)
    asks = any(each.query is not None for each in levels.platform)
    there = settings.warehouse_file.exists() if settings.warehouse == "duckdb" else asks
    if not there:
        return (), {}
    faults = dict[str, str]()
    try:
        with warehouse(settings, read_only=True) as opened:
            service = SloService(opened, registry, levels, HealthService(opened, registry, levels))
            faults |= service.faults(now())
            found = service.of(now()).objectives
            asked = {each.name for each in levels.platform if each.query is not None}
            return found, {**{each.name: each.why for each in found if each.name in asked and each.why}, **faults}
    except FirelineError:
        return (), faults


def _of_pages(folder: Path) -> list[str]:
    """What is wrong with paging: with rotas, a policy that reaches nobody is refused. Returns what is only doubtful."""
    from bot.config.settings import Settings
    from bot.domain.errors import BadInput
    from bot.domain.escalation.readiness import faults, uncovered
    from bot.responding import paging_rules

    with paging_rules(Settings(config=folder, home=settings_of(None).home)) as rules:
        moment = now()
        schedule = rules.oncall.schedule(moment)
        mail = list(_of_mail(folder, schedule.by_name, rules.target))
        if not schedule.rotas:
            return mail
        wrong = list(faults(rules.policy, schedule, rules.target, rules.provider, moment))
        waiting = list(rules.not_ready)
        if wrong and not waiting:
            raise BadInput("Incidents would not reach people:\n" + "\n".join(f"  {each}" for each in wrong))
        return [*waiting, *wrong, *uncovered(rules.policy, schedule, moment), *mail]


def _of_mail(folder: Path, people: "Mapping[str, Person]", target: "Targets") -> "Iterator[str]":
    """Who is to get reports by mail and would get none."""
    from bot.config.policy import load_policy
    from bot.domain.errors import suggest
    from bot.services.report_posts import MAIL

    for name in load_policy(folder / "policy.yaml").reports.mail:
        if name not in people:
            yield f"policy.yaml: reports.mail: there is no {name!r} in oncall.yaml. {suggest(name, people)}".rstrip()
        elif target(MAIL, people[name]) is None:
            lacks = "an `email` in oncall.yaml, or `mail` in channels.yaml"
            yield f"policy.yaml: reports.mail: no report reaches {name} by mail: {lacks} is missing"


def _summary(registry: "Registry") -> str:

    proposals = sum(processor.proposal for processor in registry.processors)
    count = plural(len(registry.processors), "processor")
    there = f"{count} in {plural(len(registry.phases), 'phase')}" if registry.phases else count
    return f"{there}, {proposals} of them proposals to confirm" if proposals else there
