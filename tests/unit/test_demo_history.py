"""The demo's history: made once, made again after another release, and nothing beside it is touched."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.cli import demo_history
from bot.cli.demo_config import place_services
from bot.cli.demo_history import prepare, refuse_a_real_home
from bot.config.policy import load_policy
from bot.config.registry import load_registry
from bot.config.settings import Settings
from bot.config.sources import SourceKind, load_sources
from bot.domain.errors import BadInput, WarehouseUnavailable
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.platform.registry import Control
from bot.domain.sources import Feed
from tests.support.builders import NOW

MADE = ["pipeline.db", "registry.yaml"]
SAID = "the demo's history was made by another release of Fireline; it is made again\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose history takes no time to make: the two processes only leave what shows that they ran."""
    made = Settings(home=tmp_path / "demo")

    def step(_: str, module: str, *__: str, variables: object = None) -> None:  # noqa: ARG001 (as `_run` takes it)
        if module == "bot":
            DuckDBEngine(made.warehouse_file).close()
        else:
            (made.home / "data").mkdir()
            for name in MADE:
                (made.home / "data" / name).touch()

    monkeypatch.setattr(demo_history, "_run", step)
    return made


def age(settings: Settings) -> None:
    """As another release would have left it."""
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("UPDATE schema_version SET fingerprint = 'old'")


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_made_once_and_kept(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare(settings, NOW) == settings.home / "data"
    (settings.home / "data" / "lived").touch()
    prepare(settings, NOW)
    assert contents(settings.home / "data") == ["lived", *MADE]
    assert set(contents(settings.home)) >= {"config", "data", "ready", "warehouse.duckdb"}
    assert capsys.readouterr().out == ""


def test_made_again_after_another_release(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(settings, NOW)
    for kept in (settings.home / "workspace.sqlite", settings.home / "notes.txt", settings.home.parent / "warehouse"):
        kept.write_text("mine")
    (settings.home / "data" / "old").touch()
    age(settings)
    prepare(settings, NOW)
    assert capsys.readouterr().out == SAID
    assert contents(settings.home / "data") == MADE
    assert contents(settings.home) == [
        ".demo",
        "config",
        "data",
        "notes.txt",
        "ready",
        "warehouse.duckdb",
        "workspace.sqlite",
    ]
    assert contents(settings.home.parent) == ["demo", "warehouse"]
    prepare(settings, NOW)
    assert capsys.readouterr().out == ""


def test_its_sources_read_the_pipelines_database_and_the_rest_is_as_configured(settings: Settings) -> None:
    data = prepare(settings, NOW)
    folder = settings.home / "config"
    assert {path.name for path in settings.config.glob("*.yaml")} == set(contents(folder))
    *entries, pushed = load_sources(folder / "sources.yaml")
    assert pushed.kind is SourceKind.PUSH
    assert {entry.url for entry in entries} == {f"sqlite:///{data / 'pipeline.db'}"}
    assert {entry.feeds for entry in entries} == set(Feed)
    usual = load_policy(settings.config / "policy.yaml")
    (folder / "policy.yaml").write_text("broken")
    prepare(settings, NOW)
    p0 = usual.escalation.of(Severity.P0)
    first = replace(p0.steps[0], by=(*p0.steps[0].by, "pagerduty"))
    with_pager = {**usual.escalation.ladders, Severity.P0: replace(p0, steps=(first, *p0.steps[1:]))}
    assert load_policy(folder / "policy.yaml") == replace(usual, escalation=EscalationPolicy(with_pager))


def test_every_processor_has_a_service_where_the_demo_answers(settings: Settings) -> None:
    folder = settings.home / "config"
    folder.mkdir(parents=True)
    kept = "- name: Named\n  phase: 2\n  service: raw\n- name: Bare\n  phase: 3\nservices:\n- name: raw\n  project: p\n"
    (folder / "registry.yaml").write_text(f"processors:\n{kept}")
    place_services(folder, "http://127.0.0.1:8765/services")
    registry = load_registry(folder / "registry.yaml").registry
    services = [registry.service_by_name[str(each.service)] for each in registry.processors]
    assert [(each.name, each.asked_by, each.cannot_start) for each in services] == [
        ("raw", Control.HTTP, ""),
        ("demo-phase3", Control.HTTP, ""),
    ]
    assert {each.address for each in services} == {"http://127.0.0.1:8765/services"}


def test_what_a_link_leads_to_is_not_removed(settings: Settings, tmp_path: Path) -> None:
    prepare(settings, NOW)
    elsewhere = tmp_path / "elsewhere"
    (settings.home / "data").rename(elsewhere)
    (settings.home / "data").symlink_to(elsewhere)
    age(settings)
    prepare(settings, NOW)
    assert contents(elsewhere) == MADE
    assert not (settings.home / "data").is_symlink()


@pytest.mark.parametrize("half", ["ready", "warehouse.duckdb", "data/pipeline.db"])
def test_one_that_is_not_whole_is_made_again(settings: Settings, half: str) -> None:
    prepare(settings, NOW)
    (settings.home / half).unlink()
    (settings.home / "warehouse.duckdb.wal").write_text("of a load that was killed")
    prepare(settings, NOW)
    DuckDBEngine(settings.warehouse_file).close()
    assert (settings.home / "ready").exists()


def test_a_warehouse_that_is_none_is_refused_and_stays(settings: Settings) -> None:
    """Only what another release of Fireline has made is known to be ours."""
    prepare(settings, NOW)
    settings.warehouse_file.write_text("no warehouse")
    with pytest.raises(WarehouseUnavailable, match="cannot be opened"):
        prepare(settings, NOW)
    assert settings.warehouse_file.read_text() == "no warehouse"


@pytest.mark.parametrize("held", ["warehouse.duckdb", "state.db"])
def test_the_state_of_a_fireline_that_is_no_demo_is_not_touched(held: str, tmp_path: Path) -> None:
    (tmp_path / held).write_text("a year of runs")
    with pytest.raises(BadInput, match=r"is no demo\. Name another folder with --home"):
        refuse_a_real_home(Settings(home=tmp_path))
    assert contents(tmp_path) == [held]


@pytest.mark.parametrize("left", ["ready", ".demo"])
def test_a_home_that_a_demo_has_made_is_its_own(settings: Settings, left: str) -> None:
    prepare(settings, NOW)
    for name in {"ready", ".demo"} - {left}:
        (settings.home / name).unlink()
    refuse_a_real_home(settings)
