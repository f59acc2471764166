"""Files and objects in a bucket of S3, through its own driver; the bucket is in memory."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from bot.adapters.sources.files import FilesSource
from bot.adapters.sources.objects import ObjectsSource, Pattern
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed, SourceFailed, SourcePlan
from bot.ports.sources import Source
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService
from bot.source_adapters import places
from tests.support.builders import NOW, RULES, Row, registry, rows_of, run, warehouse
from tests.support.fake_s3 import FakeS3, fake_s3

LATENESS = timedelta(days=3)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    with fake_s3() as made:
        named = {"ENDPOINT_URL": made.address, "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "x"}
        for name, value in {**named, "DEFAULT_REGION": "eu-west-1"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        yield made


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


def reading(into: SqlWarehouse, source: Source) -> SourcesService:
    plan = SourcePlan("given", "any", None, timedelta(minutes=1), LATENESS)
    connected = Connected(plan, source, hints_of(RULES, Vocabulary.standard()))
    return SourcesService(into, [connected], registry, lambda: NOW)


def files(path: str = "s3://exports/daily") -> FilesSource:
    return FilesSource(path, Feed.RUNS, timedelta(0), {}, lambda: 0.0, bucket=places()("s3"))


def put(bucket: FakeS3, part: int, *rows: Row) -> None:
    text = "".join(json.dumps(row, default=str) + "\n" for row in rows)
    bucket.put(f"daily/of box/runs-{part}.ndjson", text.encode(), NOW + timedelta(seconds=part))


def test_exports_come_once_each(bucket: FakeS3, held: SqlWarehouse) -> None:
    service = reading(held, files())
    for part, name in enumerate("abc"):
        put(bucket, part, run(name))
    bucket.put("other/runs-9.ndjson", b"", NOW)
    assert service.sync("given").added == 3
    put(bucket, 4, run("d"))
    assert service.sync("given").rows == 1
    assert {row[0] for row in rows_of(held, "runs")} == set("abcd")


def test_raw_files_are_told_by_their_dates(bucket: FakeS3, held: SqlWarehouse) -> None:
    named = [Pattern("box", "s3://exports/raw/{date}/*.json"), Pattern("gone", "s3://nowhere/{date}/*.json")]
    service = reading(held, ObjectsSource("raw", lambda: named, places(), LATENESS, 3))
    for day in (NOW, NOW - timedelta(days=1), NOW - timedelta(days=9)):
        for at in range(2):
            bucket.put(f"raw/{day:%Y-%m-%d}/{at}.json", b"{}", day)
    report = service.sync("given")
    assert report.rows == 4
    assert report.warnings[0].startswith("s3://nowhere is not there")
    assert {(row[0], f"{row[1]}") for row in rows_of(held, "raw_files")} == {
        ("box", "2026-01-20"),
        ("box", "2026-01-19"),
    }


FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "rights": ({"refusal": 403}, "Allow s3:ListBucket on arn:aws:s3:::exports and s3:GetObject"),
    "its time is over": ({"expired": "key"}, "`aws sso login`"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_names_the_command_and_new_credentials_need_no_restart(
    bucket: FakeS3, held: SqlWarehouse, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    how, remedy = FAULTS[fault]
    put(bucket, 1, run("a"))
    vars(bucket).update(how)
    service = reading(held, files())
    with pytest.raises(SourceFailed) as failure:
        service.sync("given")
    assert remedy in failure.value.remedy
    bucket.refusal = 0
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "renewed")
    assert service.sync("given").added == 1
