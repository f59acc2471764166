"""The command line asks the process that owns the warehouse."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.cli.health_answer import HealthQuestion
from bot.cli.impact import Form, ImpactQuestion
from bot.cli.local_api import local_api
from bot.cli.local_client import ask_running
from bot.cli.query import QueryQuestion
from bot.cli.validate import ValidateQuestion
from bot.domain.errors import BadInput
from bot.services.app import AppServices

IMPACT = ImpactQuestion("Box", "2026-01-15", Form.JSON, 100, colour=False, theme="light", everything=False)
HEALTH = HealthQuestion(7, None, None, None, everything=False, as_json=True, width=100, colour=False)
VALIDATE = ValidateQuestion(
    "Box", "2026-01-15", None, None, sample=False, seed=0, everything=False, as_json=True, width=100, colour=False
)


def asked(services: AppServices, question: str, given: dict[str, object]) -> str | None:
    async def whole(path: Path) -> str | None:
        async with local_api(path, services):
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
        ({"date": "tomorrow"}, "'tomorrow' is not a date."),
        ({"form": "poem"}, "The running process does not understand the question"),
        ({"of_another_version": 1}, "The running process does not understand the question"),
    ],
)
def test_what_it_refuses(services: AppServices, changed: dict[str, object], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        asked(services, "impact", {**asdict(IMPACT), **changed})


def test_nobody_answers(tmp_path: Path) -> None:
    assert ask_running(tmp_path / "none", "impact", asdict(IMPACT)) is None
