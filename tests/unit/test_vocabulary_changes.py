"""Words that mean something else by now: loading the files again reads them so, as if they had never been read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.warehouse.ledger import Ledger, words_of
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.cli.app import app
from bot.domain.evidence.runs import Category, Status
from bot.domain.evidence.vocabulary import Vocabulary
from bot.ports.warehouse import DataFile, LoadReport
from bot.services.loading import LoadingService, Written
from tests.support.builders import NOW, RULES, World, contents, failed, registry, rows_of, run, warehouse

STANDARD = Vocabulary.standard()
WORLD = World(
    [
        run("done", status="done"),
        run("kaput", status="kaput", start=31),
        failed("blocked", category="halted", start=32),
        failed("said", text="no data came", start=33),
        run("later", start=34, inserted_at=None),
    ]
)


def words(
    statuses: Mapping[str, Status] | None = None,
    categories: Mapping[str, Category] | None = None,
    columns: Mapping[str, tuple[str, ...]] | None = None,
) -> Vocabulary:
    return STANDARD.extended(columns or {}, statuses or {}, categories or {})


VOCABULARIES = {
    "a status that was unknown": words({"kaput": Status.FAILED}),
    "a status that meant something else": words({"done": Status.SKIPPED}),
    "a status whose meaning is lower in order": words({"done": Status.FAILED}),
    "a category": words(categories={"halted": Category.UPSTREAM_FAILURE}),
    "all": words({"kaput": Status.SKIPPED, "done": Status.FAILED}, {"halted": Category.TIMEOUT}),
}


def load(into: SqlWarehouse, folder: Path, vocabulary: Vocabulary, now: datetime = NOW) -> LoadReport:
    return LoadingService(into, RULES, lambda _: Written(vocabulary)).load(
        folder, registry(), now, lambda _step, _rows: None
    )


def everything(into: SqlWarehouse) -> tuple[object, ...]:
    return contents(into), rows_of(into, "rejected_rows"), into.history()


@pytest.mark.parametrize("name", VOCABULARIES)
def test_files_are_read_again_as_if_for_the_first_time(tmp_path: Path, name: str) -> None:
    folder, vocabulary = WORLD.write(tmp_path), VOCABULARIES[name]
    into, fresh = warehouse(), warehouse()
    load(into, folder, STANDARD)
    before = readings(into)
    report = load(into, folder, vocabulary)
    load(fresh, folder, vocabulary)
    after = readings(fresh)
    assert everything(into) == everything(fresh)
    (file,) = report.files
    assert (file.already_loaded, file.rows) == (False, 5)
    assert file.added + file.corrected == sum(old != new for old, new in zip(before, after, strict=True))


def readings(into: SqlWarehouse) -> list[object]:
    """What each run of WORLD is there; None for one that is rejected."""
    found = {row[0]: row for row in rows_of(into, "runs")}
    return [found.get(row["run_id"]) for row in WORLD.runs]


def test_back_and_forth(tmp_path: Path) -> None:
    folder, into, fresh = WORLD.write(tmp_path), warehouse(), warehouse()
    for vocabulary in (STANDARD, VOCABULARIES["a status whose meaning is lower in order"], STANDARD):
        assert not load(into, folder, vocabulary).files[0].already_loaded
    assert load(into, folder, STANDARD).files[0].already_loaded
    load(fresh, folder, STANDARD)
    assert everything(into) == everything(fresh)


def test_each_folder_is_read_again_when_it_is_loaded(tmp_path: Path) -> None:
    one, other = (World([run(name, status="kaput"), run("good")]).write(tmp_path / name) for name in ("one", "other"))
    into, vocabulary = warehouse(), VOCABULARIES["a status that was unknown"]
    load(into, one, STANDARD)
    load(into, World([run("x"), run("y"), run("z", status="kaput")]).write(other), STANDARD, NOW + timedelta(hours=1))
    assert "runs.parquet: 2 rows were rejected" in into.history().rejected[0]
    load(into, other, vocabulary, NOW + timedelta(hours=2))
    assert "runs.parquet: 1 row was rejected" in into.history().rejected[0], "that of the folder not loaded again"
    assert not load(into, one, vocabulary, NOW + timedelta(hours=3)).files[0].already_loaded
    assert into.history().rejected == ()
    assert sorted(row[6] for row in rows_of(into, "runs")) == ["failed", "failed", "success", "success", "success"]


def test_a_newer_row_of_another_file_stays(tmp_path: Path) -> None:
    into = warehouse()
    first = World([run("a", status="done", inserted_at="2026-01-16 07:00")]).write(tmp_path / "first", ".csv")
    second = World([failed("a", inserted_at="2026-01-16 08:00")]).write(tmp_path / "second", ".csv")
    for folder in (first, second):
        load(into, folder, STANDARD)
    load(into, first, VOCABULARIES["a status that meant something else"])
    assert [row[6] for row in rows_of(into, "runs")] == ["failed"]
    assert [row[6] for row in rows_of(into, "superseded_runs")] == ["skipped"]


def test_a_column_of_the_teams_own_is_read_from_then_on(tmp_path: Path) -> None:
    rows = [{**run("a"), "records_processed": None, "n_out": "7"}]
    folder, into, fresh = World(rows).write(tmp_path, ".csv"), warehouse(), warehouse()
    vocabulary = words(columns={"records_processed": ("n_out",)})
    load(into, folder, STANDARD)
    load(into, folder, vocabulary)
    load(fresh, folder, vocabulary)
    assert [row[7] for row in rows_of(into, "runs")] == [7]
    assert contents(into)["runs"] == contents(fresh)["runs"]


def test_from_the_command_line(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    folder = World([run("a"), run("b", status="kaput", start=31)]).write(tmp_path / "data")
    (config / "registry.yaml").write_text((folder / "registry.yaml").read_text())
    environment = {"FIRELINE_CONFIG": str(config), "FIRELINE_HOME": str(tmp_path / "home")}
    said = []
    for policy in ("{}", "vocabulary: {statuses: {failed: [kaput]}}"):
        (config / "policy.yaml").write_text(policy)
        (config / "slos.yaml").write_text("phases: []")
        said.append(CliRunner().invoke(app, ["load", str(folder)], env=environment).stdout.strip())
    assert said == [
        "runs.parquet: 2 rows: 1 new, 0 corrected, 0 already there, 1 rejected",
        "runs.parquet: 2 rows: 1 new, 0 corrected, 1 already there",
    ]


def test_a_source_that_was_once_read_with_other_words_is_looked_through_from_then_on() -> None:
    """Rows of then may come again at any time."""
    print_ = "0" * 64
    entries, seen = set[str](), []
    for words in ("one", "one", "other", "other"):
        ledger = Ledger(entries, words)
        seen.append(others := ledger.has_another_reading(print_))
        entries = {ledger.entry(print_, others=others)}
    assert seen == [False, False, True, True]


def test_the_columns_of_a_source_are_words_too(tmp_path: Path) -> None:
    def read(**columns: str) -> DataFile:
        return DataFile(tmp_path / "rows.ndjson", "runs", "history", columns, part=True, once=False)

    assert words_of([read()], "v", None) == words_of([read()], "v", None) == "v"
    assert len({words_of([each], "v", None) for each in (read(), read(status="state"), read(status="result"))}) == 3
