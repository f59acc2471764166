"""Runbooks as files: what is read, and every fault of them with file and line."""

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.config.bundled import bundled
from bot.config.runbooks import load_runbooks, parse_runbook, runbook_folder
from bot.domain.errors import ConfigError
from bot.domain.findings.finding import FindingKind
from bot.domain.runbooks.registry import ACTIONS, CHECKS
from bot.domain.runbooks.runbook import Approval, OnFail, StepKind
from tests.support.runbook_texts import FRONT, LOST, runbook

TEN = {
    *("predictions-not-running", "alert-storm", "zero-records", "scraper-timeouts", "retry-storm", "stuck-run"),
    *("idempotency-block", "partial-coverage", "failed-deploy", "tracking-fault"),
}


def faults(text: str) -> list[str]:
    return [str(each) for each in parse_runbook(text, "x.md")[1]]


def test_a_runbook_is_read() -> None:
    found = runbook()
    assert (found.id, found.owner, found.reviewed_on) == ("lost-date", "data", date(2026, 1, 5))
    assert (found.escalate_after, found.about) == (timedelta(minutes=30), "Read the evidence first.")
    verdict, look, silence, rows = found.steps
    assert (verdict.kind, verdict.call, verdict.expect, verdict.on_fail) == (
        StepKind.CHECK,
        "verdict",
        "ok",
        OnFail.CONTINUE,
    )
    assert (look.kind, look.text, look.after) == (StepKind.MANUAL, "Look at the raw file.\n• open it", ("1",))
    assert (silence.call, silence.arguments) == ("silence", {"for": "2h", "reason": "a date is lost"})
    assert (rows.within, rows.title) == (timedelta(minutes=10), "Rows are there")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1. Only a step.\n", ["x.md:1: there is no front matter"]),
        ("", ["x.md:1: there is no front matter"]),
        (FRONT.replace("owner: data\n", "") + "1. Look.\n", ["x.md:2: owner is missing"]),
        (FRONT.replace("30m", "soon") + "1. Look.\n", ["x.md:8: escalate_after 'soon' is no length of time; write 30"]),
        (FRONT.replace("severity: P1", "severity: P9") + "1. Look.\n", ["x.md:4: severity"]),
        (FRONT.replace("kinds:", "kind:") + "1. Look.\n", ["x.md:5: the key 'kind' is not known. Did you mean kinds"]),
        (FRONT, ["x.md:1: has no steps"]),
        (
            FRONT + "1. Ask.\n\n   ```check verdikt\n   expect: ok\n   ```\n",
            ["x.md:10: step 1: there is no check 'verdikt'"],
        ),
        (FRONT + "1. Ask.\n\n   ```check rows\n   expect: many\n   ```\n", ["x.md:10: step 1: 'many' is nothing"]),
        (FRONT + "1. Ask.\n\n   ```check rows\n   ```\n", ["expect is missing"]),
        (FRONT + "1. Do.\n\n   ```action shell\n   ```\n", ["x.md:10: step 1: there is no action 'shell'"]),
        (FRONT + "1. Do.\n\n   ```action reprocess\n   ```\n", ["step 1: the action reprocess has no check after it"]),
        (
            LOST.replace("for: 2h", "for: 2 weeks"),
            ["x.md:20: step 3: for: '2 weeks' is no length of time; write 30m, 2h or 1d"],
        ),
        (LOST.replace("for: 2h", "for: 2h\n   volume: 3"), ["x.md:24: the key 'volume' is not known"]),
        (LOST.replace("reason: a date is lost", "whom: me"), ["does not take 'whom'", "needs `reason:`"]),
        (LOST.replace("expect: ok", "expect: fine"), ["x.md:12: step 1: 'fine' is no answer of the verdict"]),
        (LOST.replace("on_fail: continue", "on_fail: hope"), ["x.md:16: on_fail"]),
        (LOST.replace("within: 10m", "after: [9]"), ["step 4: is to come after '9', which no step is called"]),
        (LOST.replace("within: 10m", "id: '1'"), ["step 4: step '1' is there twice"]),
    ],
)
def test_each_fault_names_its_line(text: str, said: list[str]) -> None:
    found = faults(text)
    for part in said:
        assert any(part in each for each in found), found


def test_steps_that_wait_for_each_other() -> None:
    text = FRONT + "".join(
        f"{n}. Step.\n\n   ```manual\n   id: {name}\n   after: [{before}]\n   ```\n"
        for n, name, before in ((1, "a", "c"), (2, "b", "a"), (3, "c", "b"))
    )
    [found] = faults(text)
    assert any(f"wait for each other: {said}" in found for said in ("a after c", "b after a", "c after b"))


def test_a_weaker_approval_than_the_registry_asks_for_is_a_fault() -> None:
    text = (
        FRONT
        + "1. Do.\n\n   ```action rollback\n   approval: responder\n   ```\n"
        + "2. See.\n\n   ```check rows\n   expect: = 0\n   ```\n"
    )
    [found] = faults(text)
    assert "needs the approval second_person, and the runbook says responder" in found


def test_an_approval_is_that_of_the_registry_unless_it_is_stricter() -> None:
    text = FRONT + "1. Do.\n\n   ```action {} ```\n2. See.\n\n   ```check rows\n   expect: = 0\n   ```\n"
    plain = runbook(text.replace("{}", "restart\n   "))
    assert plain.steps[0].approval is Approval.RESPONDER
    rollback = runbook(text.replace("{}", "rollback\n   "))
    assert rollback.steps[0].approval is Approval.SECOND_PERSON
    stricter = runbook(text.replace("{}", "restart\n   approval: second_person\n   "))
    assert stricter.steps[0].approval is Approval.SECOND_PERSON


def test_every_problem_of_a_folder_at_once_and_the_sound_ones_are_used(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(LOST)
    (tmp_path / "b.md").write_text(LOST)
    (tmp_path / "c.md").write_text(LOST.replace("lost-date", "other"))
    (tmp_path / "d.md").write_text("nothing")
    (tmp_path / "e.md").write_bytes(b"\xff\xfe")
    found = load_runbooks(tmp_path)
    assert [each.id for each in found.runbooks] == ["other"]
    said = "\n".join(map(str, found.problems))
    assert said.count("the id 'lost-date' is that of another file") == 2
    assert "d.md:1: there is no front matter" in said
    assert "e.md:1: byte 0xff is not UTF-8" in said
    with pytest.raises(ConfigError, match="no such folder"):
        load_runbooks(tmp_path / "gone")


def test_a_team_may_have_its_own(tmp_path: Path) -> None:
    assert runbook_folder(tmp_path) == bundled("runbooks")
    (tmp_path / "runbooks").mkdir()
    assert runbook_folder(tmp_path) == tmp_path / "runbooks"


def test_the_bundled_ten_are_sound_and_use_only_the_registry() -> None:
    found = load_runbooks(bundled("runbooks"))
    assert found.problems == ()
    assert {each.id for each in found.runbooks} == TEN
    calls = {(step.kind, step.call) for each in found.runbooks for step in each.steps}
    assert {call for kind, call in calls if kind is StepKind.CHECK} <= CHECKS.keys()
    assert {call for kind, call in calls if kind is StepKind.ACTION} <= ACTIONS.keys()
    covered = {kind for each in found.runbooks for kind in each.kinds}
    without = {FindingKind.SLOW_DRIFT, FindingKind.SOURCE_BLIND, FindingKind.DECLARED, FindingKind.SLO_BURN}
    assert set(FindingKind) - covered == without


def fireline(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_lists_shows_and_checks(tmp_path: Path) -> None:
    listed = json.loads(fireline("runbook", "list", "--json").stdout)
    assert {each["id"] for each in listed} == TEN
    shown = fireline("runbook", "show", "stuck-run").stdout
    assert "Stuck run" in shown
    assert "action cancel_execution" in shown
    (tmp_path / "a.md").write_text(LOST.replace("expect: ok", "expect: fine"))
    checked = fireline("runbook", "lint", str(tmp_path), "--json")
    answer = json.loads(checked.stdout)
    assert (checked.returncode, answer["ok"], answer["runbooks"]) == (1, False, 0)
    assert answer["problems"][0]["where"].endswith("a.md:12")
    sound = fireline("runbook", "lint")
    assert (sound.returncode, "10 runbooks; no problem found" in sound.stdout) == (0, True)
    assert "Did you mean stuck-run?" in fireline("runbook", "show", "stuk-run").stderr


def test_check_config_names_a_runbook_of_the_folder_that_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "nba"
    shutil.copytree(bundled("config/nba"), folder)
    (folder / "runbooks").mkdir()
    (folder / "runbooks" / "a.md").write_text(LOST.replace("expect: ok", "expect: fine"))
    checked = fireline("check-config", str(folder), "--json")
    assert checked.returncode == 0, checked.stderr
    [said] = [each for each in json.loads(checked.stdout)["warnings"] if "a.md" in each]
    assert "a.md:12: step 1: 'fine' is no answer of the verdict" in said
    assert said.endswith("the runbook is left out")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(LOST + "x" * 10_000_000)
    [problem] = load_runbooks(tmp_path).problems
    assert "a.md:1: the file is larger than 200 KB" in str(problem)
