"""From nothing to the first true card: `init`, `check-config`, `sources sync`, `health`, and what `init` refuses."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.cli.app import app
from tests.contracts.sources import airflow_databases, rigs
from tests.support.builders import failed, loaded, run

DBT = Path(rigs.__file__).parent / "dbt"
FIRST = date(2026, 1, 1)
EXAMPLE = Path(__file__).parents[2] / "docs" / "example"
NAMED = "SELECT job AS processor_name, * FROM etl_history"
THEIRS = {"processor_name": "job", "records_processed": "n_rows"}
Place = Callable[[Path], str]


def fireline(folder: Path, *arguments: str, config: bool = True) -> Result:
    environment = {"FIRELINE_HOME": str(folder / "home"), "COLUMNS": "200"}
    if config:
        environment["FIRELINE_CONFIG"] = str(folder / "config")
    return CliRunner().invoke(app, list(arguments), env=environment)


def init(folder: Path, place: str, *more: str) -> Result:
    return fireline(folder, "init", "--from", place, "--out", str(folder / "config"), *more, config=False)


def earlier(text: str) -> str:
    """The same runs in a past that is the past by every clock."""
    return text.replace("2026-12-", "2026-02-").replace("2026-11-", "2026-01-")


def airflow(folder: Path) -> str:
    path = folder / "airflow.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(earlier((airflow_databases.FOLDER / "airflow3.sql").read_text()))
    return f"sqlite:///{path}"


def dbt(_folder: Path) -> str:
    return str(DBT)


def exports(_folder: Path) -> str:
    return str(EXAMPLE)


def history(days: int = 30) -> list[dict[str, Any]]:
    """A job of every day and one of working days, in UTC; one failure at the end."""
    span = [FIRST + timedelta(days=ahead) for ahead in range(days)]
    daily = [run(f"d{day}", "Daily", day=day, start=26) for day in span[:-1]]
    worked = [run(f"w{day}", "Worked", day=day, start=30) for day in span if day.weekday() < 5]
    return [*daily, failed("last", "Daily", day=span[-1], start=26, text="boom"), *worked]


def database(folder: Path) -> str:
    path = folder / "pipeline.db"
    rows = [{THEIRS.get(name, name): value for name, value in row.items()} for row in history()]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE users (name, status)")
        connection.execute(f"CREATE TABLE etl_history ({', '.join(rows[0])})")
        places = ", ".join("?" for _ in rows[0])
        values = [[None if value is None else str(value) for value in row.values()] for row in rows]
        connection.executemany(f"INSERT INTO etl_history VALUES ({places})", values)  # noqa: S608 (places)
    return str(path)


def named_as_ours(folder: Path, since: str = "loaded_at") -> str:
    """Runs, loads and files in tables of our names; one lacks a column. `since` is what its loads call the moment."""
    loads = [loaded("raw.daily", day=FIRST + timedelta(days=ahead)) for ahead in range(20)]
    tables = {
        "processor_run_history": [{**row, "data_date": str(row["data_date"])} for row in history()],
        "table_loads": [{since if name == "loaded_at" else name: each[name] for name in each} for each in loads],
        "raw_files": [{"source": "daily", "path": "daily/1.json"}],
    }
    path = folder / "pipeline.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, rows in tables.items():
            connection.execute(f"CREATE TABLE {name} ({', '.join(map(json.dumps, rows[0]))})")
            places = ", ".join("?" for _ in rows[0])
            values = [[None if value is None else str(value) for value in row.values()] for row in rows]
            connection.executemany(f"INSERT INTO {name} VALUES ({places})", values)  # noqa: S608 (places)
    return str(path)


def strange(folder: Path) -> str:
    """Files of runs whose columns have names of their own, beside one of loads with ours."""
    place = folder / "exports"
    place.mkdir()
    (place / "runs.csv").write_text("job,business_date,state,began\nDaily,2026-01-01,failed,2026-01-02T02:00:00Z\n")
    loads = "table_name,data_date,row_count,loaded_at\nraw.daily,2026-01-01,5,2026-01-02T02:00:00Z\n"
    (place / "table_loads.csv").write_text(loads)
    return str(place)


def duckdb_file(folder: Path) -> str:
    path = folder / "history.db"
    duckdb.connect(path).close()
    return str(path)


@pytest.mark.parametrize(
    ("place", "more", "known", "failing"),
    [
        (airflow, (), 10, "per_shop.load_shop"),
        (airflow, ("--level", "dag"), 4, "per_shop"),
        (dbt, (), 9, "model.shop.broken"),
        (database, ("--query", NAMED), 2, "Daily"),
        (exports, (), 5, "Forecast"),
    ],
)
def test_from_nothing_to_the_first_card(
    place: Place, more: tuple[str, ...], known: int, failing: str, tmp_path: Path
) -> None:
    begun = init(tmp_path, place(tmp_path), *more)
    assert begun.exit_code == 0, begun.output
    assert all(f"{title}:" in begun.stdout for title in ("Sure", "Guessed", "Missing"))
    assert begun.stdout.endswith("\n  fireline sources sync\n  fireline health\n")
    checked = fireline(tmp_path, "check-config", "--json")
    assert json.loads(checked.stdout)["processors"] == known
    synced = json.loads(fireline(tmp_path, "sources", "sync", "--json").stdout)
    assert [(each["rejected"], each["rows"] > 0) for each in synced] == [(0, True)]
    card = json.loads(fireline(tmp_path, "health", "--json").stdout)
    rows = {row["name"]: row for row in card["processors"]}
    assert rows[failing]["real"] + rows[failing]["unknown"] > 0
    assert not [name for name in rows if name not in registry(tmp_path)]


def registry(folder: Path) -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((folder / "config" / "registry.yaml").read_text())
    return {entry["name"]: entry for entry in document["processors"]}


def test_words_that_mean_nothing_yet_are_named_first(tmp_path: Path) -> None:
    """Rows of an unknown status are set aside: they may be all the failures there are."""
    place = database(tmp_path)
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("UPDATE etl_history SET status = 'KO' WHERE status = 'failed'")
    begun = init(tmp_path, place, "--query", NAMED)
    missing = begun.stdout.partition("Missing:")[2]
    assert missing.lstrip().startswith("failures, perhaps:")
    assert "set aside, 1 row: status 'KO' is none of success" in missing
    synced = fireline(tmp_path, "sources", "sync")
    assert "rejected: 1 row: status 'KO' is none of" in synced.output


def test_a_history_shows_slots_by_weekday(tmp_path: Path) -> None:
    assert init(tmp_path, database(tmp_path), "--query", NAMED).exit_code == 0
    found = registry(tmp_path)
    assert (found["Daily"]["schedule"], found["Daily"]["data_lag_days"]) == (["0 2 * * *"], 1)
    assert (found["Worked"]["schedule"], found["Worked"]["data_lag_days"]) == (["0 6 * * tue,wed,thu,fri,sat"], 1)
    text = (tmp_path / "config" / "registry.yaml").read_text()
    assert "data_lag_days: 1  # high confidence: 30 of 30 starts lie 1 day after the data date" in text


def test_it_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "policy.yaml").write_text("ours")
    refused = init(tmp_path, exports(tmp_path))
    assert refused.exit_code == 1
    assert "holds policy.yaml already" in refused.stderr
    assert [path.name for path in (tmp_path / "config").iterdir()] == ["policy.yaml"]


@pytest.mark.parametrize(
    ("place", "more", "said"),
    [
        (lambda _: "nowhere", (), "nothing that can be read"),
        (lambda _: "docs/exampel", (), "There is no folder docs/exampel: correct the path"),
        (lambda _: "gone.db", (), "There is no file gone.db: correct the path"),
        (lambda folder: str(folder), (), "holds no run_results.json of dbt and no runs file"),
        (lambda _: "postgresql://me:secret@db.internal/airflow", (), "holds a password"),
        (lambda _: "sqlite:///gone.db", (), "there is no database"),
        (database, ("--table", "etl"), "There is no table 'etl'. There are etl_history, users."),
        (duckdb_file, (), "is a file of DuckDB, which is no source. Export its tables into a folder"),
        (database, (), "etl_history comes closest and lacks processor_name"),
        (database, ("--query", "SELECT no_such FROM etl_history"), "no such column"),
        (database, ("--column", "processor_name=jab"), "closest and lacks processor_name. Say what each is called"),
        (
            database,
            ("--table", "etl_history", "--column", "processor_name=jab"),
            "it: columns maps processor_name to jab, which is not there",
        ),
        (database, ("--column", "processor=job"), "is no column of Fireline's. Did you mean processor_name"),
        (database, ("--column", "processor_name"), "--column processor_name: write OURS=THEIRS"),
        (dbt, ("--column", "processor_name=node"), "--column is not for dbt, whose columns are known. Leave it out."),
        (strange, (), "it has began, business_date, job, state. Say what each is called there: --column processor"),
        (strange, ("--column", "processor_name=jab"), "maps processor_name to jab, which is not there; it has began"),
        (
            database,
            ("--query", NAMED, "--timezone", "Berlin"),
            "--timezone: 'Berlin' is not a known time zone",
        ),
        (dbt, ("--timezone", "Europe/Berlin"), "--timezone is not for dbt, whose moments are UTC. Leave it out."),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_written(
    place: Place, more: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.sources.files.SETTLES_S", 0)
    refused = init(tmp_path, place(tmp_path), *more)
    assert refused.exit_code == 1
    assert said in " ".join(refused.stderr.split())
    assert "secret" not in refused.output
    assert not (tmp_path / "config").exists()


def test_moments_without_a_zone_are_named_until_it_is_given(tmp_path: Path) -> None:
    """The last row came at 06:01:01 by the clock of Berlin."""
    place, assumed = database(tmp_path), "have no zone and are read as UTC; if their clock is another, write its zone"
    said = " ".join(init(tmp_path, place, "--query", NAMED).stdout.split())
    assert f"started_at, completed_at, last_heartbeat_at, inserted_at of runs {assumed}" in said
    shutil.rmtree(tmp_path / "config")
    given = init(tmp_path, place, "--query", NAMED, "--timezone", "Europe/Berlin")
    assert assumed not in " ".join(given.stdout.split())
    (entry,) = yaml.safe_load((tmp_path / "config" / "sources.yaml").read_text())["sources"]
    assert entry["timezone"] == "Europe/Berlin"
    fireline(tmp_path, "sources", "sync")
    (status,) = json.loads(fireline(tmp_path, "sources", "--json").stdout)
    assert status["newest"] == "2026-01-31T05:01:01+00:00"


def test_rows_of_all_kinds_are_told_apart_and_what_they_name_is_said(tmp_path: Path) -> None:
    said = init(tmp_path, exports(tmp_path)).stdout
    assert "Read 738 rows, which tell of 409 runs of 5 processors." in said
    assert "bigquery_table: table_loads names forecast.games, raw.boxscores" in said
    assert "source: raw_files names league/boxscores: which processor has which is not known" in said
    assert "registry.yaml of the folder is not used: copy it over the draft, if it is the right one" in said


def test_without_runs_the_next_step_drafts_the_registry_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.sources.files.SETTLES_S", 0)
    place, drafted = tmp_path / "exports", tmp_path / "config" / "registry.yaml"
    place.mkdir()
    (place / "runs.csv").write_text("run_id,processor_name,data_date,status,started_at\n")
    said = init(tmp_path, str(place)).stdout
    assert "Read 0 runs of 0 processors." in said
    assert said.endswith(f"  rm {drafted}\n  fireline registry draft --out {drafted}\n")
    (place / "runs-2.csv").write_text(
        "run_id,processor_name,data_date,status,started_at\na,Daily,2026-01-01,success,2026-01-02 02:00:00\n"
    )
    assert fireline(tmp_path, "sources", "sync").exit_code == 0
    drafted.unlink()
    assert fireline(tmp_path, "registry", "draft", "--out", str(drafted)).exit_code == 0
    assert list(registry(tmp_path)) == ["Daily"]
    assert "Daily ran but is not in the registry" in fireline(tmp_path, "health", "--json").stdout
    assert fireline(tmp_path, "sources", "sync").exit_code == 0
    assert "not in the registry" not in fireline(tmp_path, "health", "--json").stdout, "though no new row came"


@pytest.mark.parametrize("since", ["loaded_at", "Loaded At"])
def test_tables_of_our_names_are_read_too(since: str, tmp_path: Path) -> None:
    said = init(tmp_path, named_as_ours(tmp_path, since)).stdout
    assert "table_loads: the tables of that name" in said
    assert "raw_files: the table raw_files lacks data_date, created_at" in said
    assert "bigquery_table: table_loads names raw.daily: which processor has which is not known" in said
    synced = json.loads(fireline(tmp_path, "sources", "sync", "--json").stdout)
    assert {each["source"]: each["rows"] for each in synced} == {"history": len(history()), "table_loads": 20}


@pytest.mark.parametrize(
    ("place", "columns"),
    [
        (strange, ("processor_name=job", "started_at=began")),
        (database, ("processor_name=job", "records_processed=n_rows")),
    ],
)
def test_columns_of_other_names_are_said_at_the_start(
    place: Place, columns: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.sources.files.SETTLES_S", 0)
    begun = init(tmp_path, place(tmp_path), *(part for each in columns for part in ("--column", each)))
    assert begun.exit_code == 0, begun.output
    (entry,) = yaml.safe_load((tmp_path / "config" / "sources.yaml").read_text())["sources"]
    assert entry["columns"] == dict(each.split("=") for each in columns)
    assert "Daily" in registry(tmp_path)
    assert fireline(tmp_path, "check-config").exit_code == 0
    assert json.loads(fireline(tmp_path, "sources", "sync", "--json").stdout)[0]["rejected"] == 0


def test_a_run_that_is_told_twice_is_one(tmp_path: Path) -> None:
    place = database(tmp_path)
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("INSERT INTO etl_history SELECT * FROM etl_history WHERE run_id = 'last'")
    runs = len(history())
    said = init(tmp_path, place, "--query", NAMED).stdout
    assert f"Read {runs + 1} rows, which tell of {runs} runs of 2 processors." in " ".join(said.split())


def test_columns_that_nothing_reads_are_named_once(tmp_path: Path) -> None:
    begun = init(
        tmp_path, database(tmp_path), "--query", "SELECT 7 AS colour, job AS processor_name, * FROM etl_history"
    )
    assert "source history, runs: columns colour, job, n_rows not read: Fireline has no such column" in begun.stdout
    first = json.loads(fireline(tmp_path, "sources", "sync", "--json").stdout)
    again = json.loads(fireline(tmp_path, "sources", "sync", "--json").stdout)
    assert [any("colour" in text for text in each[0]["warnings"]) for each in (first, again)] == [True, False]


def test_the_policy_has_no_words_of_another_platform(tmp_path: Path) -> None:
    assert init(tmp_path, database(tmp_path), "--query", NAMED).exit_code == 0
    policy = (tmp_path / "config" / "policy.yaml").read_text()
    assert "redict" not in policy.partition("# What error texts say")[0]
    assert yaml.safe_load(policy)["severity"]["rules"][-1]["severity"] == "P2"
