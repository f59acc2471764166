"""`fireline incident`: the way to acknowledge that needs no Slack, beside a process that serves."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.domain.findings.finding import FindingKind as K
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.services.gate import GateService
from bot.state_adapters import state
from tests.support.gate_story import RULES, finding

ONCALL = "timezone: UTC\npeople: [{name: Ana}, {name: Zoe}]\nrotas: [{name: primary, layers: [{people: [Ana]}]}]\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "oncall.yaml").write_text(ONCALL)
    (tmp_path / "policy.yaml").write_bytes((BUNDLED_CONFIG / "policy.yaml").read_bytes())
    monkeypatch.setenv("FIRELINE_CONFIG", str(tmp_path))
    now = datetime.now(UTC)
    lost = finding("Gamebook", severity="P0", since=now - timedelta(hours=1), evident_at=now - timedelta(hours=1))
    with state(Settings(home=tmp_path)) as store:
        GateService(store, RULES, escalation=EscalationPolicy()).tick(now.replace(microsecond=0), [lost])
    return tmp_path


def fireline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["incident", *arguments, "--home", str(home)])


def test_what_is_in_shadow_is_listed_and_was_sent_to_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    part = ShadowPolicy(processors=frozenset({"Raw01", "Raw02"}))
    rules = replace(RULES, policy=replace(RULES.policy, shadow=part))
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)  # after the look of `home`, not in its second
    mild = replace(finding("Raw02", K.SLOW_DRIFT, severity="P3"), data_date=None)
    with state(Settings(home=home)) as store:
        GateService(store, rules).tick(now, [finding("Raw01", severity="P0", since=now, evident_at=now), mild])
        assert [each.root for each in store.open_incidents()] == ["Gamebook"]
    policy = yaml.safe_load((home / "policy.yaml").read_text())
    (home / "policy.yaml").write_text(yaml.safe_dump({**policy, "shadow": {"processors": ["Raw01", "Raw02"]}}))
    listed = CliRunner().invoke(app, ["shadow", "--home", str(home)])
    assert listed.exit_code == 0, listed.output
    first, second, *_ = listed.stdout.splitlines()
    assert first == "In shadow, last 7 days: 2 findings of Raw01, Raw02, would have paged 1 time and posted 1 message."
    assert second.startswith("S-1 P0 Raw01")
    assert "still open" in second
    said = json.loads(CliRunner().invoke(app, ["shadow", "--json", "--home", str(home)]).stdout)
    assert (said["findings"], said["would_page"], said["would_post"]) == (2, 1, 1)
    assert [(each["name"], each["severity"]) for each in said["incidents"]] == [("S-1", "P0"), ("note", "P3")]
    wrong = CliRunner().invoke(app, ["shadow", "--days", "0", "--home", str(home)])
    assert (wrong.exit_code, "A window of 0 days makes no sense" in wrong.output) == (1, True)


def test_who_is_on_call_takes_it(home: Path) -> None:
    assert "Next: Ana now" in fireline(home, "show", "INC-1").stdout
    taken = fireline(home, "ack", "INC-1", "--as", "Ana")
    assert taken.exit_code == 0, taken.output
    assert "INC-1 P0 acknowledged" in taken.stdout
    said = json.loads(fireline(home, "show", "1", "--json").stdout)
    assert (said["state"], said["owner"]) == ("acknowledged", "Ana")
    assert [entry["kind"] for entry in said["timeline"]] == ["opened", "acknowledged"]
    assert "INC-1 P0 mitigated" in fireline(home, "mitigated", "INC-1", "--as", "Ana").stdout


def test_somebody_else_says_that_they_take_over(home: Path) -> None:
    refused = fireline(home, "ack", "INC-1", "--as", "Zoe")
    assert refused.exit_code == 1
    assert "stop the pages to Ana" in refused.output
    assert "--take-over" in refused.output
    for act in (["mitigated", "INC-1"], ["resolve", "INC-1", "--because", "lost"], ["handover", "INC-1", "ana"]):
        said = " ".join(fireline(home, *act, "--as", "Zoe").output.split())
        assert "If that is meant, take it first: fireline incident ack INC-1 --take-over." in said
    assert fireline(home, "ack", "INC-1", "--as", "Ana").exit_code == 0
    for act, does in [
        (["ack", "INC-1"], "Taking it over would make it yours"),
        (["handover", "INC-1", "ana"], "Handing it over would take it from them"),
        (["mitigated", "INC-1"], "Calling it mitigated would end the pages that begin again"),
        (["resolve", "INC-1", "--because", "lost"], "Resolving it would end the pages that begin again"),
    ]:
        assert f"Ana has INC-1. {does}" in " ".join(fireline(home, *act, "--as", "Zoe").output.split())
    assert fireline(home, "ack", "INC-1", "--as", "Zoe", "--take-over").exit_code == 0


def test_whom_pages_reach_is_said_as_the_settings_have_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> tuple[list[list[str]], bool]:
        found = fireline(home, "list", "--json")
        return [
            each["pages"] for each in json.loads(found.stdout)[0]["next"]
        ], "Channels not known here" in found.stderr

    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    assert asked() == ([["Ana"]], True)
    assert "environment variable SLACK_BOT_TOKEN" in " ".join(fireline(home, "list").stderr.split())
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    assert asked() == ([], False)
    (home / "oncall.yaml").write_text(ONCALL.replace("{name: Ana}", "{name: Ana, slack: U0ANA}"))
    assert asked() == ([["Ana"]], False)
    (home / "channels.yaml").write_text("voice: [")
    assert asked() == ([["Ana"]], True)
    assert fireline(home, "ack", "INC-1", "--as", "Ana").exit_code == 0


@pytest.mark.parametrize("more", [(), ("--take-over",)])
def test_whom_the_schedule_does_not_know_takes_nothing(home: Path, more: tuple[str, ...]) -> None:
    refused = fireline(home, "ack", "INC-1", "--as", "Nobody", *more)
    assert refused.exit_code == 1
    assert "'Nobody' is not among the people of oncall.yaml. Known: Ana, Zoe." in " ".join(refused.output.split())
    assert "INC-1 P0 open" in fireline(home, "show", "INC-1").stdout


def test_where_the_schedule_knows_nobody_any_name_takes_it(home: Path) -> None:
    (home / "oncall.yaml").unlink()
    assert fireline(home, "ack", "INC-1", "--as", "Zoe", "--take-over").exit_code == 0


def test_without_a_state_it_says_what_makes_one(home: Path, tmp_path: Path) -> None:
    assert "There are no incidents in" in fireline(tmp_path / "else", "show", "INC-1").output
    none = fireline(tmp_path / "else", "list")
    assert (none.exit_code, "No incident is open" in none.stdout) == (0, True)
    assert "There is no incident 'INC-9'" in fireline(home, "show", "INC-9").output


def test_no_line_is_wider_than_the_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    said = [*fireline(home, "list").stdout.splitlines(), *fireline(home, "show", "INC-1").stdout.splitlines()]
    assert max(map(len, said)) <= 40
    assert " ".join(" ".join(said).split()).count("Gamebook brought nothing.") == 2


def test_looking_back_at_it(home: Path) -> None:
    assert "INC-1 P0 " in fireline(home, "list").stdout
    [one] = json.loads(fireline(home, "list", "--json").stdout)
    assert (one["incident"], one["severity"]) == ("INC-1", "P0")
    assert fireline(home, "ack", "INC-1", "--as", "Ana").exit_code == 0
    assert fireline(home, "resolve", "INC-1", "--as", "Ana", "--because", "lost").exit_code == 0
    assert fireline(home, "list").stdout == "No incident is open.\n"
    assert json.loads(fireline(home, "list", "--json").stdout) == []
    [counted] = json.loads(fireline(home, "figures", "--json").stdout)
    assert (counted["severity"], counted["episodes"], counted["mtta"]["count"]) == ("P0", 1, 1)
    assert counted["mttd"]["median"] >= 3_590
    assert "MTTR" in fireline(home, "figures", "--days", "7").stdout
    assert "makes no sense" in fireline(home, "figures", "--days", "0").output
    draft = fireline(home, "postmortem", "INC-1").stdout
    assert draft.startswith("# INC-1: Gamebook")
    assert "Ana has it" in draft
    assert fireline(home, "reopen", "INC-1", "--as", "Ana", "--because", "still empty").exit_code == 0
    assert "INC-1 P0 " in fireline(home, "list").stdout


def declared(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home)])


def test_a_person_declares_one(home: Path) -> None:
    made = fireline(home, "declare", "--title", "Predictions look wrong", "--severity", "p0", "--page", "zoe", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["number"] == "INC-2"
    assert "no process serves here: nobody is paged until" in made.stderr
    assert "declared it as P0: Predictions look wrong; Zoe is paged first" in " ".join(
        fireline(home, "show", "INC-2").stdout.split()
    )
    assert "Next: Zoe now" not in fireline(home, "show", "INC-1").stdout
    assert "INC-2 P0 resolved" in fireline(home, "resolve", "INC-2", "--as", "Zoe").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--title", "x", "--severity", "P9"), "'P9' is no severity. Write P0, P1 or P2."),
        (("--title", "x", "--processor", "Boxx"), "There is no run history in"),
        (("--title", "x", "--as", "Eve"), "'Eve' is not among the people"),
    ],
)
def test_what_makes_no_sense_is_not_declared(home: Path, arguments: tuple[str, ...], said: str) -> None:
    refused = fireline(home, "declare", *arguments)
    assert refused.exit_code == 1
    assert said in " ".join(refused.output.split())
    assert "INC-2" not in fireline(home, "list").stdout


def test_a_page_is_shown_before_it_is_sent(home: Path) -> None:
    asked = declared(home, "page", "zoe", "the vendor calls")
    assert "at once: Zoe cannot be reached by slack" in asked.stdout
    assert asked.stdout.endswith("Nobody is paged: add --yes.\n")
    told = json.loads(declared(home, "page", "zoe", "the vendor calls", "--json").stdout)
    assert (told["paged"], told["preview"][0]) == (False, "at once: Zoe cannot be reached by slack")
    assert "INC-2" not in fireline(home, "list").stdout
    sent = declared(home, "page", "zoe", "the vendor calls", "--yes")
    assert "INC-2 P1: the vendor calls" in sent.stdout


def test_its_severity_is_set_with_a_reason(home: Path) -> None:
    refused = fireline(home, "severity", "INC-1", "P2", "--because", "known", "--as", "Zoe")
    assert refused.exit_code == 1
    assert "Lowering it would stop the pages to Ana. If that is meant, add --take-over." in " ".join(
        refused.output.split()
    )
    lowered = fireline(home, "severity", "INC-1", "p2", "--because", "known", "--as", "Zoe", "--take-over")
    assert lowered.exit_code == 0, lowered.output
    assert "INC-1 P2 open" in lowered.stdout
    assert "Zoe set it to P2: known" in lowered.stdout
    said = json.loads(fireline(home, "show", "1", "--json").stdout)
    assert (said["severity"], said["severity_by_facts"]) == ("P2", "P0")
    assert "INC-1 P2 " in fireline(home, "list").stdout
    assert [each["severity"] for each in json.loads(fireline(home, "figures", "--json").stdout)] == ["P2"]
    raised = json.loads(fireline(home, "severity", "INC-1", "P1", "--because", "more", "--as", "Zoe", "--json").stdout)
    assert raised["severity"] == "P1"
    assert "INC-1 P0 open" in fireline(home, "severity", "INC-1", "P0", "--because", "it is not", "--as", "Zoe").stdout
    assert "is P0 already" in fireline(home, "severity", "INC-1", "P0", "--because", "x", "--as", "Ana").output
