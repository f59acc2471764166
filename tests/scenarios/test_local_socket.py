"""The command line asks the process that owns the warehouse."""

import asyncio
import json
import shutil
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from aiohttp import ClientSession, UnixConnector
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from bot.bootstrap import app_services
from bot.cli.app import app
from bot.cli.health_answer import HealthQuestion
from bot.cli.impact import Form, ImpactQuestion
from bot.cli.load import answer_load
from bot.cli.local_api import local_api
from bot.cli.local_client import ask_running
from bot.cli.paging_answers import answer_paging, question_of
from bot.cli.query import QueryQuestion
from bot.cli.validate import ValidateQuestion
from bot.config.chosen_oncall import oncall_in_use
from bot.config.local_socket import SOCKET
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.oncall.schedule import Person
from bot.opening import loading_service
from bot.ports.fakes.state import FakeState
from bot.responding import paging_rules_of
from bot.services.app import AppServices
from bot.services.declaring import DeclaringService, Paging
from bot.services.oncall import OncallService
from bot.services.practice import PracticeService
from bot.services.probe import Probe
from bot.services.responses import ResponseService
from tests.support.builders import NOW, run, warehouse
from tests.support.builders import load as load_into
from tests.support.rotas import PLAN
from tests.support.slack_bench import WORLD

IMPACT = ImpactQuestion("Box", "2026-01-15", Form.JSON, 100, colour=False, everything=False)
HEALTH = HealthQuestion("", "7", None, None, None, everything=False, as_json=True, width=100, colour=False)
VALIDATE = ValidateQuestion(
    "Box", "2026-01-15", None, None, sample=False, seed=0, everything=False, as_json=True, width=100, colour=False
)


PROBE = Probe(lambda: ("detection failed: no",), lambda: ("the clock is wrong",), lambda: b"fireline_ticks_total 3")


def runs_of(health: str) -> int:
    return sum(each["runs"] for each in json.loads(health)["processors"])


def refused(_given: dict[str, Any]) -> str:
    raise BadInput("not here")


def asked(services: AppServices, question: str, given: dict[str, object]) -> str | None:
    async def whole(path: Path) -> str | None:
        async with local_api(path, services, {"load": refused}, refused, PROBE):
            return await asyncio.to_thread(ask_running, path, question, given)

    with TemporaryDirectory(prefix="fl-") as folder:
        return asyncio.run(whole(Path(folder) / "s"))


def test_health_impact_and_validate(services: AppServices) -> None:
    assert json.loads(asked(services, "health", asdict(HEALTH)) or "")["overall"] == "YELLOW"
    assert json.loads(asked(services, "impact", asdict(IMPACT)) or "")["processor"] == "Box"
    sql = asked(services, "query", asdict(QueryQuestion("evidence_of", "box"))) or ""
    assert "'Box'" in sql
    rows = json.loads(asked(services, "validate", asdict(VALIDATE)) or "")["rows"]
    assert [(row["processor"], row["verdict"]) for row in rows] == [("Box", "ok")]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"processor": "Bux"}, "There is no processor 'Bux'. Did you mean Box"),
        ({"date": "soon"}, "'soon' is not a date."),
        ({"form": "poem"}, "The running process does not understand the question"),
        ({"of_another_version": 1}, "The running process does not understand the question"),
    ],
)
def test_what_it_refuses(services: AppServices, changed: dict[str, object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        asked(services, "impact", {**asdict(IMPACT), **changed})


def test_what_is_wrong(services: AppServices) -> None:
    assert asked(services, "healthz", {}) == "detection failed: no"
    assert asked(services, "warnings", {}) == "the clock is wrong"


ONCALL = """timezone: UTC
people: [{name: Ana, slack: U0ANA}]
rotas: [{name: primary, layers: [{people: [Ana]}]}]
"""


@pytest.mark.parametrize("command", [["oncall", "readiness"], ["simulate", "page"]])
def test_whom_pages_reach_is_told_by_the_process_that_runs(
    services: AppServices, tmp_path: Path, command: list[str]
) -> None:
    """It has a configuration and a Slack token that the shell beside it has not."""
    (tmp_path / "oncall.yaml").write_text(ONCALL)
    shutil.copy("config/nba/policy.yaml", tmp_path)
    settings = Settings(config=tmp_path, slack_bot_token=SecretStr("xoxb-1"), slack_api_url="http://127.0.0.1:9/")
    rules = paging_rules_of(settings, OncallService(oncall_in_use(settings), None))

    async def whole(home: Path) -> Result:
        async with local_api(
            home / SOCKET, services, {}, lambda given: answer_paging(rules, question_of(given), NOW), PROBE
        ):
            return await asyncio.to_thread(CliRunner().invoke, app, [*command, "--home", str(home)])

    with TemporaryDirectory(prefix="fl-") as folder:
        said = asyncio.run(whole(Path(folder)))
    assert "Ana" in said.output
    assert "SLACK_BOT_TOKEN" not in said.output
    assert ("Slack did not answer users.info" in said.output) is (command[0] == "oncall")


def test_counts_are_served_on_the_socket(services: AppServices) -> None:
    """With Socket Mode there is no other way to them."""

    async def whole(path: Path) -> tuple[str, bytes]:
        async with (
            local_api(path, services, {}, refused, PROBE),
            ClientSession(connector=UnixConnector(str(path))) as http,
            http.get("http://fireline/metrics") as answer,
        ):
            return answer.headers["Content-Type"], await answer.read()

    with TemporaryDirectory(prefix="fl-") as folder:
        kind, text = asyncio.run(whole(Path(folder) / "s"))
    assert kind.startswith("text/plain; version=0.0.4")
    assert text == b"fireline_ticks_total 3"


def test_nobody_answers(tmp_path: Path) -> None:
    assert ask_running(tmp_path / "none", "impact", asdict(IMPACT)) is None


def test_a_load_goes_through_the_process_that_owns_the_warehouse(tmp_path: Path) -> None:
    """New runs are in its answers at once; what cannot be loaded is refused in its words, and changes nothing."""
    with closing(warehouse()) as opened:
        load_into(opened, WORLD.write(tmp_path / "first"))
        settings = Settings(home=tmp_path)
        services, loading = app_services(opened, settings, lambda: NOW), loading_service(opened, settings)

        def load(given: dict[str, Any]) -> str:
            return answer_load(loading, settings, services.registry, given, NOW)

        def ask(question: str, given: dict[str, object]) -> str:
            return ask_running(path, question, given) or ""

        async def whole() -> None:
            async with local_api(path, services, {"load": load}, refused, Probe()):
                before = runs_of(await asyncio.to_thread(ask, "health", asdict(HEALTH)))
                WORLD.but(runs=[run("late", start=34)]).write(tmp_path / "more")
                report = json.loads(await asyncio.to_thread(ask, "load", {"directory": str(tmp_path / "more")}))
                assert [file["added"] for file in report["files"] if file["file"] == "runs.parquet"] == [1]
                assert runs_of(await asyncio.to_thread(ask, "health", asdict(HEALTH))) == before + 1
                elsewhere = {"name": "Elsewhere", "phase": 2, "table": "raw.elsewhere", "schedule_hours_et": [30]}
                other = WORLD.but(runs=[run("later", "Elsewhere", start=35)], processors=[elsewhere])
                other.write(tmp_path / "other")
                with pytest.raises(BadInput, match=r"another registry than the one that is served \(new: Elsewhere; "):
                    await asyncio.to_thread(ask, "load", {"directory": str(tmp_path / "other")})
                assert runs_of(await asyncio.to_thread(ask, "health", asdict(HEALTH))) == before + 1
                with pytest.raises(BadInput, match="is not a directory"):
                    await asyncio.to_thread(ask, "load", {"directory": str(tmp_path / "none")})
                with pytest.raises(BadInput, match="does not understand"):
                    await asyncio.to_thread(ask, "load", {})

        with TemporaryDirectory(prefix="fl-") as folder:
            path = Path(folder) / "s"
            asyncio.run(whole())


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["page", "dana", "the vendor calls"], 0, "at once: Dana by slack"),
        (["page", "dana", "the vendor calls", "--yes"], 0, "INC-1 P1: the vendor calls"),
        (["incident", "declare", "--title", "x", "--processor", "Box"], 0, "INC-1 P1: x"),
        (["incident", "declare", "--title", "x", "--processor", "Bax"], 1, "Did you mean Box?"),
        (["oncall", "test", "dana"], 1, "• voice: does not reach Dana"),
        (["oncall", "test", "dana", "--json"], 1, '"taken": false'),
    ],
)
def test_what_people_do_is_done_by_the_process_that_runs(
    services: AppServices, monkeypatch: pytest.MonkeyPatch, command: list[str], code: int, said: str
) -> None:
    monkeypatch.setattr("bot.cli.declare.LOOKS_S", ())
    monkeypatch.setattr("bot.cli.practice.LOOKS_S", (0.01,))
    state, policy = FakeState(), EscalationPolicy()

    def target(channel: str, person: Person) -> str | None:
        return person.slack if channel == "slack" else None

    declaring = DeclaringService(state, lambda _: PLAN, Paging(policy, target), services.registry.by_name)
    practice = PracticeService(state, lambda _: PLAN, policy, target, lambda: NOW)
    people = ResponseService(state, lambda _: PLAN)
    served = replace(services, declaring=declaring, practice=practice, responses=people)

    async def whole(home: Path) -> Result:
        async with local_api(home / SOCKET, served, {}, refused, PROBE):
            return await asyncio.to_thread(CliRunner().invoke, app, [*command, "--home", str(home)])

    with TemporaryDirectory(prefix="fl-") as folder:
        done = asyncio.run(whole(Path(folder)))
    assert (done.exit_code, said in done.output) == (code, True), done.output
