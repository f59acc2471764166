"""A change of the configuration, tried on a recorded week: what it would lose is named, and refused where it counts."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.cli.app import app
from bot.config.settings import BUNDLED_CONFIG
from bot.domain.errors import BadInput
from bot.domain.gate.memory import GateResult
from bot.domain.gate.silences import Silence
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.schedule import Person
from bot.domain.platform.registry import Registry
from bot.domain.reports.what_if import WhatIf
from bot.domain.slo import CustomQuery, Measure, PlatformObjective, ServiceLevel, ServiceLevels
from bot.ports.fakes.state import FakeState
from bot.ports.state import State
from bot.ports.warehouse import Warehouse
from bot.services.replay import ALWAYS, FAR, ReplayService, ReplaySpan, replayed
from bot.services.what_if import Configuration, Silenced, WhatIfService, said_alone
from bot.views import what_if as view
from bot.what_if import beside, configuration
from tests.support.builders import load, warehouse
from tests.support.migrated_state import empty_state
from tests.support.notices import incident

EXAMPLE = Path(__file__).parents[2] / "docs" / "example"
ROOT, DAY = "BoxscoreProcessor", "2026-02-05"
HOUR = timedelta(hours=1)
Change = Callable[[dict[str, Any]], None]


def folder(where: Path) -> Path:
    shutil.copytree(BUNDLED_CONFIG, where)
    (where / "sources.yaml").unlink()
    shutil.copy(EXAMPLE / "registry.yaml", where)
    return where


def changed(where: Path, file: str, change: Change) -> Path:
    made = folder(where)
    document = yaml.safe_load((made / file).read_text()) if (made / file).exists() else {}
    change(document)
    (made / file).write_text(yaml.safe_dump(document))
    return made


def of_root(**values: Any) -> Change:
    return lambda registry: next(each for each in registry["processors"] if each["name"] == ROOT).update(values)


def all_p3(policy: dict[str, Any]) -> None:
    policy["severity"]["rules"] = [{"severity": "P3", "because": "nothing matters"}]


def accepted(losses: dict[str, Any]) -> None:
    losses["accepted_losses"] = [{"processor": ROOT, "dates": [DAY], "reason": "gone"}]


@pytest.fixture(scope="module")
def week() -> Iterator[Warehouse]:
    opened = warehouse()
    entries = yaml.safe_load((EXAMPLE / "registry.yaml").read_text())["processors"]
    load(opened, EXAMPLE, entries, now=datetime(2026, 2, 12, tzinfo=UTC))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def in_use(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    return configuration(folder(tmp_path_factory.mktemp("old") / "config"))


def compared(week: Warehouse, old: Configuration, new: Configuration, state: FakeState | None = None) -> WhatIf:
    return WhatIfService(week, state).compare(old, new, 7, timedelta(minutes=20), FAR, lambda _: None)


def told_then(word: EntryKind | Word) -> FakeState:
    """An incident of that night that people acknowledged, or gave a word on."""
    state = FakeState()
    tell(state, word)
    return state


def tell(state: State, word: EntryKind | Word) -> None:
    found = lost_then()
    with state.transaction() as tx:
        tx.gate.commit(found.announced_at, GateResult((), (), (found,)), 0)
        if isinstance(word, EntryKind):
            tx.responses.note([Entry(found.id, found.announced_at, word, "Ana has it", "slack:U1")])
        else:
            tx.incidents.say(found.id, Feedback("U1", word, found.announced_at))


def lost_then() -> Incident:
    began = datetime(2026, 2, 6, 7, 20, tzinfo=UTC)
    day = began.date().replace(day=5)
    return replace(
        incident(), processors=(ROOT,), data_dates=(day,), first_seen=began, announced_at=began, last_update_at=began,
        version=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("registry.yaml", of_root(sporadic=True)),
        ("registry.yaml", of_root(active={"until": "2026-01-01"})),
        (
            "registry.yaml",
            of_root(expected_records={"per_game": False, "typical": 26}, calendar=None, schedule_hours_et=[]),
        ),
        ("accepted_losses.yaml", accepted),
    ],
)
def test_a_change_that_hides_a_loss_names_it(
    week: Warehouse, in_use: Configuration, tmp_path: Path, file: str, change: Change
) -> None:
    found = compared(week, in_use, configuration(changed(tmp_path / "new", file, change)), told_then(Word.USEFUL))
    assert [str(each.trouble.message.first.finding.root) for each in found.lost][:1] == [ROOT]
    assert found.lost_confirmed == ("INC-1",)
    assert found.refused(0.2)[0] == "incidents that people confirmed would be lost: INC-1"


def test_a_change_that_pages_nobody_says_what_would_page_no_more(
    week: Warehouse, in_use: Configuration, tmp_path: Path
) -> None:
    found = compared(week, in_use, configuration(changed(tmp_path / "new", "policy.yaml", all_p3)))
    assert (len(found.old.messages.pages) > 0, found.new.messages.pages) == (True, ())
    assert {each.trouble.message.first.finding.root for each in found.unpaged} >= {ROOT}
    assert (found.lost, found.refused(0.0)) == ((), ())
    assert found.new.woken == {}
    back = WhatIf(old=found.new, new=found.old)
    assert {each.trouble.message.first.finding.root for each in back.paged_now} >= {ROOT}
    assert "pages rise from 0 to" in back.refused(5.0)[0]


def test_the_same_configuration_changes_nothing(week: Warehouse, in_use: Configuration) -> None:
    found = compared(week, in_use, in_use, told_then(EntryKind.ACKNOWLEDGED))
    assert (found.lost, found.added, found.unpaged, found.paged_now, found.later) == ((), (), (), (), ())
    assert found.old.messages == found.new.messages
    assert (found.lost_confirmed, found.refused(0.0)) == ((), ())


def test_what_people_called_noise_may_go(week: Warehouse, in_use: Configuration, tmp_path: Path) -> None:
    new = configuration(changed(tmp_path / "new", "registry.yaml", of_root(sporadic=True)))
    found = compared(week, in_use, new, told_then(Word.NOISE))
    assert found.lost
    assert (found.lost_confirmed, found.refused(0.2)) == ((), ())


def test_one_look_for_both_decides_as_two_looks_do(week: Warehouse, in_use: Configuration, tmp_path: Path) -> None:
    """Where only the judgement differs the history is looked at once, and each decision is the one of a look alone."""
    storm = replace(in_use.gate.storm, processors=2)
    judged = [
        configuration(changed(tmp_path / "new", "policy.yaml", all_p3)),
        replace(in_use, gate=replace(in_use.gate, group_wait=2 * HOUR, messages_per_hour=1)),
    ]
    observed, last = week.observed(ALWAYS, FAR), datetime(2026, 2, 10, tzinfo=UTC)
    span = ReplaySpan(first=last - 72 * HOUR, last=last, step=HOUR / 3, to_the_end=False)
    together = [in_use.rules, *(each.rules for each in judged)]
    assert all(in_use.rules.sees_as(each) for each in together)
    assert not in_use.rules.sees_as(replace(in_use.rules, gate=replace(in_use.gate, storm=storm)))
    ticks = list(replayed(together, observed, span, lambda _: None))
    for place, each in enumerate([in_use, *judged]):
        alone = ReplayService(each.severity, each.gate, each.accepted).run(each.registry, observed, span)
        assert [decision for tick in ticks for decision in tick[place]] == list(alone)
    assert any(first != second for first, second, _ in ticks)


def test_a_look_in_another_process_decides_the_same(week: Warehouse, in_use: Configuration) -> None:
    observed, last = week.observed(ALWAYS, FAR), datetime(2026, 2, 10, tzinfo=UTC)
    span = ReplaySpan(first=last - 72 * HOUR, last=last, step=HOUR / 3, to_the_end=False)
    work = partial(said_alone, in_use, observed, span)
    assert beside(work)() == work()
    assert work().messages.pages


def test_what_fails_in_another_process_is_done_in_this_one_and_said(
    in_use: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    assert beside(partial(_only_here, in_use))() is in_use  # type: ignore[arg-type, comparison-overlap]
    assert "the second process ended without an answer" in caplog.text


def _only_here(given: Configuration) -> Configuration:
    if parent_process() is not None:
        os._exit(9)
    return given


def silenced_then() -> FakeState:
    """Somebody had silenced the root that night."""
    state, at = FakeState(), datetime(2026, 2, 6, tzinfo=UTC)
    assert state.add_silence(
        Silence(id="S1", processor=ROOT, since=at, until=at + 144 * HOUR, reason="we know", by="slack:U1")
    )
    return state


@pytest.mark.parametrize("name", [ROOT, "phase 2"])
def test_a_silence_that_hides_a_loss_names_it(week: Warehouse, in_use: Configuration, name: str) -> None:
    asked = (in_use, in_use, 7, HOUR / 3, FAR, lambda _: None, Silenced((name,)))
    found = WhatIfService(week, told_then(Word.USEFUL)).compare(*asked)
    assert ROOT in {each.trouble.message.first.finding.root for each in found.lost}
    assert found.lost_confirmed == ("INC-1",)
    assert len(found.new.messages.pages) < len(found.old.messages.pages)
    with pytest.raises(BadInput, match="'Nobody' cannot be silenced: it is no processor of the"):
        WhatIfService(week, None).compare(*asked[:-1], Silenced(("Nobody",)))


def test_silences_that_people_had_set_hold_in_both_unless_they_are_lifted(
    week: Warehouse, in_use: Configuration
) -> None:
    asked = (in_use, in_use, 7, HOUR / 3, FAR, lambda _: None)
    same = WhatIfService(week, silenced_then()).compare(*asked)
    lifted = WhatIfService(week, silenced_then()).compare(*asked, Silenced(lifted=True))
    assert (same.added, same.lost) == ((), ())
    assert ROOT in {each.message.first.finding.root for each in lifted.added}
    assert "pages rise from" in lifted.refused(0.2)[0]


def test_another_rota_wakes_others(week: Warehouse, in_use: Configuration) -> None:
    people = tuple(Person(name=name, zone=in_use.schedule.zone, slack=f"U{name}") for name in ("ana", "bo"))
    rota = in_use.schedule.rotas[0]
    rotas = [replace(rota, layers=(replace(rota.layers[0], people=(person.name,)),)) for person in people]
    old, new = (
        replace(in_use, schedule=replace(in_use.schedule, people=people, rotas=(each,), overrides=())) for each in rotas
    )
    found = compared(week, old, new)
    pages = len(found.old.messages.pages)
    assert (found.old.woken, found.new.woken, pages > 0) == ({"ana": pages}, {"bo": pages}, True)
    assert (found.lost, found.unpaged, found.refused(0.0)) == ((), (), ())
    nobody = compared(week, old, replace(old, schedule=replace(old.schedule, rotas=())))
    assert (nobody.new.woken, nobody.new.nobody) == ({}, pages)


def test_another_objective_says_which_alerts_on_budgets_it_loses(week: Warehouse, in_use: Configuration) -> None:
    strict = replace(in_use, levels=ServiceLevels((ServiceLevel(phase=2, success_rate=0.9999),)))
    loose = replace(in_use, levels=ServiceLevels((ServiceLevel(phase=2, success_rate=0.5),)))
    found = compared(week, strict, loose)
    assert {each.objective for each in found.unburnt} == {"phase 2"}
    assert (found.lost, found.burnt_now) == ((), ())
    text = "\n".join(view.lines(found, ()))
    assert f"Budgets without an alert: {len(found.unburnt)}\n  {found.unburnt[0].at:%Y-%m-%d} phase 2: slo_burn" in text
    assert WhatIf(old=found.new, new=found.old).burnt_now == found.unburnt


def test_another_objective_by_name_says_which_alerts_it_loses_and_of_which_nobody_can_tell(
    week: Warehouse, in_use: Configuration
) -> None:
    root = PlatformObjective("root_complete", 0.9999, 30, measure=Measure.COMPLETENESS, processors=(ROOT,))
    asked = PlatformObjective("covered", 0.9, 30, measure=Measure.QUERY, query=CustomQuery("covered", "SELECT none"))
    strict = replace(in_use, levels=ServiceLevels((), (root, asked)))
    loose = replace(in_use, levels=ServiceLevels((), (replace(root, objective=0.5), asked)))
    found = compared(week, strict, loose)
    assert {each.objective for each in found.unburnt} == {"root complete"}
    assert [each.partition(":")[0] for each in found.unjudged] == ["covered"]
    text = "\n".join(view.lines(found, ()))
    assert f"{found.unburnt[0].at:%Y-%m-%d} root complete: slo_burn" in text
    assert "Budgets of which nobody can tell: 1\n  covered: " in text


def test_another_registry_alone_says_which_alerts_it_loses_and_of_which_nobody_can_tell(
    week: Warehouse, in_use: Configuration
) -> None:
    strict = replace(in_use, levels=ServiceLevels((ServiceLevel(phase=2, success_rate=0.9999),)))

    def with_root(**changes: object) -> WhatIf:
        everybody = strict.registry.processors
        made = tuple(each.model_copy(update=changes) if each.name == ROOT else each for each in everybody)
        document = strict.registry.model_copy(update={"processors": made}).model_dump_json()
        registry = Registry.model_validate_json(document)
        return compared(week, strict, replace(strict, registry=registry))

    moved = with_root(phase=3)
    assert ({each.objective for each in moved.unburnt}, moved.unjudged) == ({"phase 2"}, ())
    rarely = with_root(sporadic=True)
    assert (rarely.unburnt, rarely.unjudged) == (
        (),
        (f"phase 2: the change counts other dates of {ROOT} than the history does",),
    )


@pytest.mark.parametrize("days", [0, -1, 401])
def test_days_that_make_no_sense(week: Warehouse, in_use: Configuration, days: int) -> None:
    with pytest.raises(BadInput, match="makes no sense"):
        WhatIfService(week, None).compare(in_use, in_use, days, HOUR, FAR, lambda _: None)


def test_the_snippet_for_ci_works_as_it_is_written(tmp_path: Path) -> None:
    """In a clone with a change on a branch; its last step fails where the change is refused."""
    document = (EXAMPLE.parent / "how-to" / "replay.md").read_text()
    steps = yaml.safe_load(document.split("```yaml\n")[1].split("```")[0])
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    folder(origin / "config")
    shutil.copytree(EXAMPLE, origin / "history")
    alone = f"git -c user.name=a -c user.email=a@example.com -C {origin}"
    begun = f"{alone} init -qb main && {alone} add . && {alone} commit -qm 1 && git clone -q {origin} {clone}"
    assert subprocess.run(begun, shell=True, check=False).returncode == 0
    policy = yaml.safe_load((clone / "config" / "policy.yaml").read_text())
    policy["severity"]["rules"] = [{"severity": "P1", "because": "all matters"}]
    (clone / "config" / "policy.yaml").write_text(yaml.safe_dump(policy))
    known = {**os.environ, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    known["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{known['PATH']}"
    runs = [each["run"].replace("--days 90", "--days 7") for each in steps if "run" in each]
    codes = [subprocess.run(["bash", "-e", "-c", each], cwd=clone, env=known, check=False).returncode for each in runs]
    assert codes == [0, 1]
    assert "- **Refused**: pages rise from" in (tmp_path / "summary.md").read_text()


def fireline(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["replay", *map(str, arguments)])


def test_the_command(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "old"), changed(tmp_path / "new", "registry.yaml", of_root(sporadic=True))
    here = ("--home", tmp_path, "--data", EXAMPLE, "--days", 6, "--step", "30m")
    asked = ("--against", old, "--config", new, *here)
    said = json.loads(fireline(*asked, "--json").stdout)
    assert [each["processors"][0] for each in said["lost"]] == [ROOT]
    text = fireline(*asked)
    assert (text.exit_code, f"P0 {ROOT}: zero_records_processor for {DAY}" in text.stdout) == (0, True)
    assert "What people confirmed is not known, as there is no state here: look at what is" in text.stdout
    drawn = fireline(*asked, "--markdown").stdout
    assert "- Accepted: what people confirmed is not known" in drawn
    assert drawn.startswith("# What the change would have said\n")
    assert f"P0 {ROOT}: zero_records_processor for {DAY} |" in drawn
    engine = open_engine(empty_state(tmp_path / "state.db"))
    tell(SqlState(engine), Word.USEFUL)
    engine.dispose()
    refused = fireline(*asked)
    assert (refused.exit_code, "incidents that people confirmed would be lost: INC-1" in refused.stdout) == (1, True)
    same = fireline(*here, "--against", old, "--config", old, "--markdown")
    assert "- Accepted: no confirmed incident is lost." in same.stdout
    nowhere = fireline("--against", tmp_path / "none", "--data", EXAMPLE)
    assert (nowhere.exit_code, "is no directory. Name a configuration folder" in nowhere.output) == (1, True)
    assert "--data DIR is missing" in fireline("--out", tmp_path / "x").output
    ignored = fireline("--against", old, "--out", tmp_path / "x")
    assert (ignored.exit_code, "--out cannot be used with --against. Leave it out." in ignored.output) == (1, True)
    assert "--config cannot be used with a replay without --against" in fireline("--config", new).output
