"""`fireline deploys`: what is deployed of each service, and how it differs from the registry."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from bot.domain.deploys.deployed import Deployed, Revision
    from bot.domain.deploys.overview import Deployments, ServiceRow
    from bot.domain.deploys.seen import NoRollback
    from bot.services.deploys import DeploysService


@dataclass(frozen=True)
class DeploysQuestion:
    service: str = ""
    as_json: bool = False


def deploys(
    service: Annotated[str, typer.Argument(help="A service; a part of its name is enough.", show_default=False)] = "",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Revision, commit, time limit and traffic of each service, what differs from the registry, what is to migrate."""
    from bot.cli.local_client import ask_running
    from bot.cli.terminal import say_folded

    with errors_for_people():
        settings, question = settings_of(home), DeploysQuestion(service, as_json)
        answer = ask_running(settings.socket, "deploys", asdict(question))
        if answer is None:
            from bot.deploying import deploys_to_read

            with deploys_to_read(settings) as found:
                answer = answer_deploys(found, question, now())
        print(answer, end="") if as_json else say_folded(answer.rstrip("\n"))


def answer_deploys(service: "DeploysService", question: DeploysQuestion, moment: datetime) -> str:
    """Raises BadInput for a service that is none."""
    found = service.of(question.service, moment)
    if question.as_json:
        return json.dumps(_said(found), indent=2, ensure_ascii=False) + "\n"
    return "".join(f"{line}\n" for line in _lines(found))


def question_of(given: dict[str, Any]) -> DeploysQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return DeploysQuestion(**given)


def _lines(found: "Deployments") -> list[str]:
    from bot.cli.terminal import shown
    from bot.views import deploy_words
    from bot.views.incident import PLAIN

    lines = [deploy_words.nothing(found)] if found.off or not (found.rows or found.jobs) else []
    for row in found.rows:
        first, *rest = deploy_words.service(row, found.as_of, PLAIN)
        lines += [f"{row.service.name}: {first}", *(f"  {each}" for each in [*rest, deploy_words.rollback(row)])]
    lines += map(deploy_words.job, found.jobs)
    return [shown(line) for line in [*lines, *deploy_words.first_generation(found.first_generation, PLAIN)]]


def _said(found: "Deployments") -> dict[str, Any]:
    return {
        "as_of": found.as_of.isoformat(),
        "off": found.off or None,
        "services": [_row(row) for row in found.rows],
        "jobs": [{"name": each.name, "maintenance": each.maintenance} for each in found.jobs],
        "generation_1": [{"name": each.name, "priority": each.priority} for each in found.first_generation],
    }


def _row(row: "ServiceRow") -> dict[str, Any]:
    seen = row.seen
    return {
        "service": row.service.name,
        "read_at": _moment(seen.read_at),
        "unavailable_since": _moment(seen.failing_since),
        "trouble": seen.trouble or None,
        "remedy": seen.remedy or None,
        **_deployed(seen.deployed),
        "drift": [{"kind": each.kind.value, "said": each.said} for each in row.drifts],
        "rollback": _rollback(row.rollback),
    }


def _deployed(deployed: "Deployed | None") -> dict[str, Any]:
    if deployed is None:
        return {"revision": None, "traffic": [], "pinned": None, "changed_at": None, "changed_by": None}
    traffic = [
        {"revision": each.revision or deployed.latest_ready, "latest": not each.revision, "percent": each.percent}
        for each in deployed.traffic
    ]
    return {
        "revision": None if deployed.current is None else _revision(deployed.current),
        "traffic": traffic,
        "pinned": deployed.pinned,
        "changed_at": _moment(deployed.changed_at),
        "changed_by": deployed.changed_by or None,
    }


def _revision(found: "Revision") -> dict[str, Any]:
    return {
        "name": found.name,
        "commit": found.commit or None,
        "timeout_seconds": found.timeout_seconds,
        "created_at": _moment(found.created_at),
        "ready": found.ready,
    }


def _rollback(found: "Revision | NoRollback") -> dict[str, Any]:
    from bot.domain.deploys.seen import NoRollback

    if isinstance(found, NoRollback):
        return {"to": None, "refused": found.because}
    return {"to": found.name, "refused": None}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
