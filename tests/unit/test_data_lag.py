"""A registry that gives runs another data date than they have: told in one line, with what to write."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.cli.app import app
from bot.domain.platform.data_lag import Shift, shift_of, shifted
from bot.domain.platform.schedule import Schedule
from tests.support.builders import DAY, Row, World, at, load, loaded, raw_file, registry_yaml, run, warehouse

ZONE = ZoneInfo("Europe/Berlin")
DATES = [DAY + timedelta(days=back) for back in range(-9, 1)]
NIGHTLY: Row = {"name": "Nightly", "schedule": "0 2 * * *", "per_game": False}


def starts(hours: float, days: list[date] = DATES) -> dict[date, datetime]:
    return {day: at(hours, day).replace(tzinfo=UTC) for day in days}


def nightly(**fields: object) -> Schedule:
    return Schedule(ZONE, **{"crons": ("0 2 * * *",), **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schedule", "hours", "shift"),
    [
        (nightly(), 25.2, 1),
        (nightly(), 49.2, 2),
        (nightly(), 1.2, None),
        (nightly(), 9.0, None),
        (nightly(lag_days=1), 25.2, None),
        (nightly(lag_days=1), 1.2, -1),
        (nightly(crons=(), hours=(2.0,)), 25.2, 1),
        (nightly(crons=(), hours=(26.0,)), 25.2, None),
        (nightly(crons=("0 * * * *",)), 23.1, 1),
        (nightly(crons=("0 * * * *",)), -0.9, None),
    ],
)
def test_the_usual_first_start_tells_the_lag(schedule: Schedule, hours: float, shift: int | None) -> None:
    found = shift_of(schedule, starts(hours))
    assert found == (None if shift is None else Shift(shift, 10, 10))


def test_few_dates_and_mixed_ones_tell_nothing() -> None:
    assert shift_of(nightly(), starts(25.2, DATES[:4])) is None
    assert shift_of(nightly(), {**starts(25.2), **starts(1.2, DATES[:5])}) is None
    assert shift_of(nightly(), {**starts(25.2), **starts(1.2, DATES[:4])}) == Shift(1, 6, 10)


def test_polls_before_the_slot_are_no_shift() -> None:
    assert shift_of(nightly(crons=(), hours=(26.0,)), starts(0.0)) is None


def test_of_many_the_first_are_named() -> None:
    names = ["E", "A", "B", "C", "D"]
    said = shifted(dict.fromkeys(names, nightly()), dict.fromkeys(names, starts(25.2)))
    assert said.count("so its dates count as missing: write data_lag_days: 1") == 3
    assert said.startswith("A starts 1 day later than the registry says, on 10 of 10 data dates")
    assert said.endswith("so do 2 more processors")


def test_what_no_lag_can_say_is_said() -> None:
    assert "is at most 2, so leave its schedule out" in shifted({"A": nightly()}, {"A": starts(73.2)})
    hours = {"A": nightly(crons=(), hours=(2.0,))}
    assert "add 24 to its hours" in shifted(hours, {"A": starts(25.2)})


def history(entry: Row) -> World:
    return World([run(f"n{day}", "Nightly", start=31.2, day=day) for day in DATES], processors=[entry])


def test_a_load_says_it_until_the_registry_does(tmp_path: Path) -> None:
    into = warehouse()
    said = [text for text in load(into, history(NIGHTLY).write(tmp_path), [NIGHTLY]).warnings if "Nightly" in text]
    assert said == [
        "Nightly starts 1 day later than the registry says, on 10 of 10 data dates, so its dates count as missing: "
        "write data_lag_days: 1"
    ]
    assert set(said) <= set(into.history().warnings)
    early = into.evidence("Nightly", DAY, DAY, datetime(2026, 1, 16, 0, tzinfo=UTC))[0]
    assert early.settled_at == datetime(2026, 1, 15, 7, 20, tzinfo=UTC), "a day before its run"
    mended = {**NIGHTLY, "data_lag_days": 1}
    load(into, history(mended).write(tmp_path), [mended])
    assert not [text for text in into.history().warnings if "Nightly" in text]
    found = into.evidence("Nightly", DAY, DAY, datetime(2026, 1, 16, 0, tzinfo=UTC))[0]
    assert found.settled_at == datetime(2026, 1, 16, 7, 20, tzinfo=UTC), "20 minutes after 02:00 in New York"


def test_every_date_is_there_with_the_lag(tmp_path: Path) -> None:
    told = {**NIGHTLY, "data_lag_days": 1}
    home = tmp_path / "home"
    folder = history(told).write(tmp_path / "data")
    assert CliRunner().invoke(app, ["load", str(folder), "--home", str(home)]).exit_code == 0
    span = ["--from", str(DATES[2]), "--to", str(DATES[-1]), "--as-of", "2026-01-16T08:30"]
    shown = CliRunner().invoke(app, ["validate", *span, "--json", "--home", str(home)])
    assert {row["verdict"] for row in json.loads(shown.stdout)["rows"]} == {"ok"}


def test_check_config_compares_a_registry_with_the_history(tmp_path: Path) -> None:
    others = [
        {"name": "NightlyTwo", "bigquery_table": "raw.two", "source": "two"},
        {"name": "Boxx", "source": "box"},
    ]
    world = history(NIGHTLY).but(table_loads=[loaded("raw.tow"), loaded("raw.box")], raw_files=[raw_file("bok")])
    folder = world.but(runs=[*world.runs, run("b")]).write(tmp_path / "data")
    home = tmp_path / "home"
    assert CliRunner().invoke(app, ["load", str(folder), "--home", str(home)]).exit_code == 0
    (tmp_path / "mine.yaml").write_text(registry_yaml([NIGHTLY, *others]))
    checked = CliRunner().invoke(
        app, ["check-config", str(tmp_path / "mine.yaml")], env={"FIRELINE_HOME": str(home), "COLUMNS": "500"}
    )
    assert checked.exit_code == 0
    warned = [line for line in checked.stderr.splitlines() if line.startswith("warning: ")]
    assert [text.removeprefix("warning: ").split(":")[0] for text in warned] == [
        "Box (did you mean Boxx?) ran and is not in the registry",
        "the history has no run, row or file of Boxx and NightlyTwo",
        "table_loads names raw.box and raw.tow (did you mean raw.two?), which no processor of the registry has",
        "raw_files names bok, which no processor of the registry has",
        "table_loads never names raw.two",
        "Nightly starts 1 day later than the registry says, on 10 of 10 data dates, so its dates count as missing",
    ]


def test_a_registry_of_another_platform_is_not_compared(tmp_path: Path) -> None:
    folder = history(NIGHTLY).write(tmp_path / "data")
    home = tmp_path / "home"
    assert CliRunner().invoke(app, ["load", str(folder), "--home", str(home)]).exit_code == 0
    (tmp_path / "mine.yaml").write_text(registry_yaml([{"name": "Other"}]))
    checked = CliRunner().invoke(app, ["check-config", str(tmp_path / "mine.yaml")], env={"FIRELINE_HOME": str(home)})
    assert (checked.exit_code, checked.stderr) == (0, "")
