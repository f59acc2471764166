"""Names in the evidence, the runs and the folder that are none of ours: said once, with the one that is meant."""

import json
from datetime import UTC
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.config.registry import load_registry
from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.platform.spelling import did_you_mean, never_loaded, respelt, strangers, written_as
from bot.domain.slo import ServiceLevels
from bot.services.health import HealthService
from bot.services.loading import find_files
from tests.support.builders import (
    DAY,
    World,
    at,
    contents,
    game,
    load,
    loaded,
    raw_file,
    registry,
    rows_of,
    run,
    warehouse,
)

OTHERS = ["RAW.BOX", "`raw.box`", "nba-props.raw.box", "raw.box ", "Raw.Box"]
TABLES = ["raw.box", "raw.daily", "raw.poll", "raw.roster", "an.summary"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_table_in_another_spelling_is_named_with_the_registered_one(name: str) -> None:
    said = strangers("table_loads", [name, "raw.daily"], TABLES)
    assert said.startswith(f"table_loads names {name} (did you mean raw.box?), which no processor of the registry has")


def test_what_differs_in_spelling_comes_before_what_is_unknown() -> None:
    said = strangers("table_loads", ["a.one", "b.two", "c.three", "d.four", "AN.SUMMARY"], TABLES)
    assert said.startswith("table_loads names AN.SUMMARY (did you mean an.summary?), a.one, b.two and 2 more, which")


def test_where_all_names_are_known_nothing_is_said() -> None:
    assert strangers("table_loads", TABLES, TABLES) == never_loaded(TABLES, TABLES) == ""
    assert never_loaded([], TABLES) == "", "no table is known at all: that is said of the file"


@pytest.mark.parametrize(("seen", "meant"), [("BOX_SCRAPER", "BoxScraper"), ("box", "Box"), ("Boxes", None)])
def test_processors_differ_by_case_and_underscores_only(seen: str, meant: str | None) -> None:
    assert respelt(seen, ["BoxScraper", "Box", "Daily"]) == meant


@pytest.mark.parametrize("name", [*OTHERS, "nba-props:raw.box"])
def test_loads_of_a_table_written_in_another_way_are_its_own(tmp_path: Path, name: str) -> None:
    into, plain = warehouse(), warehouse()
    report = load(into, World([run("a")], [loaded(name)], [], [game()]).write(tmp_path / "a", ".csv"))
    load(plain, World([run("a")], [loaded("raw.box")], [], [game()]).write(tmp_path / "b", ".csv"))
    assert rows_of(into, "table_loads") == rows_of(plain, "table_loads")
    assert contents(into) == contents(plain)
    assert not [text for text in report.warnings if "did you mean" in text]


@pytest.mark.parametrize("name", ["Cafe\N{COMBINING ACUTE ACCENT}", "Ca\N{ZERO WIDTH SPACE}f\N{SOFT HYPHEN}é"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".ndjson"])
def test_a_name_in_another_form_of_unicode_is_the_same(tmp_path: Path, name: str, suffix: str) -> None:
    into = warehouse()
    load(into, World([run("a", processor=name), run("b", processor="Café")]).write(tmp_path / "a", suffix))
    assert into.processors_seen() == ["Café"]
    (tmp_path / "registry.yaml").write_text(f"processors: [{{name: Tea}}, {{name: '{name}', dependencies: [Tea]}}]\n")
    assert "Café" in load_registry(tmp_path / "registry.yaml").registry.by_name


def test_a_name_that_may_mean_two_tables_is_taken_for_neither() -> None:
    assert written_as(["RAW.BOX"], ["raw.box", "raw.Box"]) == {}
    assert written_as(["raw.b_ox"], ["raw.box"]) == {}, "an underscore makes another table"


def test_a_load_says_it_once_until_it_is_mended(tmp_path: Path) -> None:
    into = warehouse()
    world = World([run("a")], [loaded("raw_box"), loaded("raw.box"), loaded("raw.daily")], [raw_file("Box")], [game()])
    said = [text for text in load(into, world.write(tmp_path / "a")).warnings if "names" in text]
    assert [text.split(",")[0] for text in said] == [
        "table_loads names raw_box (did you mean raw.box?)",
        "raw_files names Box (did you mean box?)",
        "table_loads never names an.summary",
    ]
    assert set(said) <= set(into.history().warnings)
    again = load(into, World([run("next", start=40)], [loaded("raw.box"), loaded("an.summary")]).write(tmp_path / "b"))
    assert [text for text in again.warnings if "names" in text] == [
        "table_loads never names raw.poll and raw.roster: whether these tables of the registry have rows is unknown"
    ]
    assert not any("an.summary" in text for text in into.history().warnings)


@pytest.mark.parametrize("name", ["run.csv", "table_load.csv", "RawFile.parquet", "game_schedules.json"])
def test_a_misspelt_file_is_named_with_the_right_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(
        BadInput, match=rf"{name} is not read: did you mean (runs|table_loads|raw_files|game_schedule)\."
    ):
        find_files(tmp_path)


def test_columns_that_are_none_of_ours_are_named_once(tmp_path: Path) -> None:
    into = warehouse()
    world = World([run("a", colour="red", shape="round")])
    assert "runs.csv: columns colour, shape not read: Fireline has no such column" in (
        load(into, world.write(tmp_path, ".csv")).warnings
    )
    assert not any("colour" in text for text in into.history().warnings)


def test_json_and_text_give_the_same_figures(tmp_path: Path) -> None:
    folder = World([run("a"), run("bad", status="?")]).write(tmp_path / "data")
    (folder / "table_load.csv").write_text("table_name,data_date,row_count,loaded_at\n")
    homes = [str(tmp_path / name) for name in ("one", "two")]
    said = json.loads(CliRunner().invoke(app, ["load", str(folder), "--home", homes[0], "--json"]).stdout)
    text = CliRunner().invoke(app, ["load", str(folder), "--home", homes[1]])
    assert (said["files"][0]["rows"], said["files"][0]["rejected"]) == (2, 1)
    assert "runs.parquet: 2 rows: 1 new, 0 corrected, 0 already there, 1 rejected" in text.stdout
    assert "table_load.csv is not read: did you mean table_loads.csv?" in text.stderr


def test_health_names_the_processor_that_is_meant(tmp_path: Path) -> None:
    folder = World([run("a"), run("up", "BOX_SCRAPER")]).write(tmp_path / "data")
    home = ["--home", str(tmp_path / "home")]
    assert CliRunner().invoke(app, ["load", str(folder), *home]).exit_code == 0
    shown = CliRunner().invoke(app, ["health", "--json", "--as-of", f"{DAY}T23:00", "--window", "7d", *home])
    reasons = json.dumps(json.loads(shown.stdout)) if shown.exit_code == 0 else shown.output
    live = CliRunner().invoke(app, ["health", "--json", *home])
    assert "BOX_SCRAPER (did you mean BoxScraper?) ran but is not in the registry." in reasons + live.stdout


@pytest.mark.parametrize("seen", ["Box\u0055\u0308", "Box\u200b\u00dc"])
def test_a_name_that_only_looks_the_same_is_said_to(seen: str) -> None:
    assert respelt(seen, ["Box", "Box\u00dc"]) == "Box\u00dc"
    assert (
        did_you_mean(seen, "Box\u00dc") == f"{seen} (looks like Box\u00dc of the registry, but holds other characters)"
    )


def test_health_of_a_processor_names_only_what_may_be_its_own(tmp_path: Path) -> None:
    """Box's table is called otherwise, Daily's is never named, and `else.where` is nobody's."""
    into = warehouse()
    load(into, World([run("a")], [loaded("rawbox"), loaded("else.where")], [], [game()]).write(tmp_path, ".csv"))
    asked = HealthService(into, registry(), ServiceLevels(()))

    def noted(request: HealthRequest) -> list[str]:
        texts = asked.of(request, at(40, DAY).replace(tzinfo=UTC)).warnings
        return [text.partition(",")[0].partition(":")[0] for text in texts if text.startswith("table_loads")]

    assert noted(HealthRequest())[0].startswith("table_loads names else.where and rawbox (did you mean raw.box?)")
    assert noted(HealthRequest(processor="Box")) == [
        "table_loads names rawbox (did you mean raw.box?)",
        "table_loads never names raw.box",
    ]
    assert noted(HealthRequest(processor="Daily")) == ["table_loads never names raw.daily"]
