"""`fireline simulate page`, `fireline oncall readiness` and what `check-config` refuses."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app

ONCALL = """timezone: UTC
people: [{name: Ana, slack: U0ANA, phone: "+15551234567"}, {name: Ben, slack: U0BEN}]
rotas:
- {name: primary, layers: [{people: [Ana]}]}
- {name: secondary, layers: [{people: [Ben]}]}
- {name: manager, layers: [{people: [Ana]}]}
"""
CHANNELS = 'twilio: {account: AC1, token: "${TWILIO_TOKEN}", from: "+15557654321"}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("registry.yaml", "policy.yaml", "slos.yaml", "sources.yaml"):
        shutil.copy(Path("config/nba") / name, tmp_path / name)
    (tmp_path / "oncall.yaml").write_text(ONCALL)
    (tmp_path / "channels.yaml").write_text(CHANNELS)
    nowhere = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": "http://127.0.0.1:9/"}
    for name, value in {"CONFIG": str(tmp_path), "HOME": str(tmp_path / "home"), **nowhere}.items():
        monkeypatch.setenv(f"FIRELINE_{name}", value)
    monkeypatch.setenv("TWILIO_TOKEN", "secret")
    return tmp_path


def fireline(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.usefixtures("folder")
def test_the_same_for_a_script() -> None:
    [first, *_] = json.loads(fireline("simulate", "page", "--at", "2026-12-24 03:00", "--json").stdout)
    assert (first["step"], first["at"]) == (1, "2026-12-24T03:00:00+00:00")
    assert first["pages"] == [{"person": "Ana", "by": "slack"}, {"person": "Ana", "by": "voice"}]


@pytest.mark.usefixtures("folder")
def test_who_would_be_paged() -> None:
    said = fireline("simulate", "page", "--at", "2026-12-24 03:00").output
    assert "Thu 24 Dec 03:00 UTC  step 1: Ana by slack and voice" in said
    assert "Thu 24 Dec 03:05 UTC  step 2: Ben by slack" in said
    assert "03:15 UTC  everybody was paged" in said
    assert "step 1: Ana cannot be reached by jira" in fireline("simulate", "page", "--severity", "p2").output
    assert "'P9' is no severity. Write P0, P1 or P2." in fireline("simulate", "page", "--severity", "P9").output


@pytest.mark.parametrize(
    ("oncall", "why"),
    [
        (
            "timezone: UTC\npeople: [{name: Ana}]\nrotas: [{name: primary, layers: [{people: [Ana]}]}]\n",
            "Ana cannot be reached",
        ),
        ("", "there is no rota primary"),
    ],
)
def test_nobody_is_said_to_be_paged_who_is_not(folder: Path, oncall: str, why: str) -> None:
    (folder / "oncall.yaml").unlink()
    if oncall:
        (folder / "oncall.yaml").write_text(oncall)
    found = fireline("simulate", "page", "--at", "2026-12-24 03:00")
    assert found.exit_code == 1
    assert why in found.output
    assert "nobody was reached" in found.output
    assert "paged" not in found.output
    assert "Name people, rotas and ways to reach them in oncall.yaml" in " ".join(found.output.split())


def test_some_who_cannot_be_reached_are_not_everybody(folder: Path) -> None:
    (folder / "oncall.yaml").write_text(ONCALL.replace(", slack: U0BEN", ""))
    found = fireline("simulate", "page", "--at", "2026-12-24 03:00")
    assert found.exit_code == 0
    assert "03:10 UTC  not everybody was reached" in found.output


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("at", ["9999-12-31", "0001-01-02"])
def test_a_moment_that_no_calendar_reaches_is_refused(at: str) -> None:
    for command in (["simulate", "page"], ["oncall"]):
        found = fireline(*command, "--at", at)
        assert found.exit_code == 1
        assert f"'{at}' lies outside the years 1970 to 2099." in found.output


@pytest.mark.usefixtures("folder")
def test_who_can_be_reached() -> None:
    """Of an account nobody knows anything while Slack does not answer: that is no yes, and no no."""
    said = fireline("oncall", "readiness", "--json")
    assert said.exit_code == 0
    by_person = {(each["person"], each["severity"]): each for each in json.loads(said.stdout)}
    assert by_person["Ben", "P0"]["missing"] == ["slack", "voice"]
    assert by_person["Ben", "P0"]["because"]["slack"].startswith("Slack did not answer users.info (not reached")
    assert {each["reach"] for each in by_person.values()} == {"partly"}


@pytest.mark.usefixtures("folder")
def test_a_p0_through_slack_alone_is_refused() -> None:
    said = fireline("check-config")
    assert said.exit_code == 1
    assert "P0: Ben can only be reached by Slack" in said.output


LAST = "{after: 10m, page: [manager], by: [slack, voice]}"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (LAST.replace("slack", "slak"), "'slak' is no channel of pages. Did you mean slack?"),
        (LAST.replace("voice", "telegram"), "'telegram' is no channel of pages."),
        (LAST.replace("manager", "a, b, c, d"), "item 3.page has 4 entries; give at most 3"),
        (LAST.replace("10m", "-10m"), "item 3.after '-10m' is no length of time; write 30s"),
        (LAST.replace("manager", "everyone"), "no rota 'everyone' in oncall.yaml. Known: manager, primary, secondary."),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused(folder: Path, step: str, said: str) -> None:
    written = (folder / "policy.yaml").read_text()
    assert LAST in written
    (folder / "policy.yaml").write_text(written.replace(LAST, step))
    found = fireline("check-config", str(folder))
    assert found.exit_code == 1
    assert said in " ".join(found.output.split())


def test_what_waits_for_the_environment_is_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_TOKEN")
    said = fireline("check-config", str(folder))
    assert said.exit_code == 0
    assert "not ready: set the environment variable TWILIO_TOKEN" in said.output


def test_who_gets_no_report_by_mail_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_TOKEN")  # else paging is refused for Ben
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("  mail: []", "  mail: [Anna, Ben]"))
    said = " ".join(fireline("check-config", str(folder)).output.split())
    assert "reports.mail: there is no 'Anna' in oncall.yaml. Did you mean Ana?" in said
    assert "reports.mail: no report reaches Ben by mail: an `email` in oncall.yaml, or `mail` in channels" in said
