"""Patterns of files, and what Google Cloud Storage is asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import fsspec
import pytest

from bot.adapters.sources.google_buckets import GoogleBuckets
from bot.adapters.sources.places import FsspecPlaces, LocalPlaces, expression, fixed_part
from bot.domain.sources import SourceFailed
from tests.support.fake_bucket import FakeBucket, fake_bucket

MADE = datetime(2026, 1, 15, 4, tzinfo=UTC)
DATES = [date(2026, 1, 15), date(2026, 1, 16)]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("gs://b/{date}/*.json", "gs://b/2026-01-15/a.json", True),
        ("gs://b/{date}/*.json", "gs://b/2026-01-15/x/a.json", False),
        ("gs://b/{date}/**", "gs://b/2026-01-15/x/a.json", True),
        ("gs://b/*/{date}/a.json", "gs://b/any/2026-01-15/a.json", True),
        ("gs://b/{date}/box-{date}.json", "gs://b/2026-01-15/box-2026-01-15.json", True),
        ("gs://b/{date}/box-{date}.json", "gs://b/2026-01-15/box-2026-01-16.json", False),
        ("gs://b/a+b/{date}.json", "gs://b/aab/2026-01-15.json", False),
        ("gs://b/[ab]/x.?", "gs://b/b/x.1", True),
    ],
)
def test_a_pattern_names_files(pattern: str, path: str, *, fits: bool) -> None:
    assert (expression(pattern).fullmatch(path) is not None) == fits


def test_what_is_fixed_of_a_pattern_ends_with_a_folder() -> None:
    assert fixed_part("gs://b/raw/box-{date}.json") == "gs://b/raw/"
    assert fixed_part("gs://b/raw/2026-*/x") == "gs://b/raw/"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBucket]:
    with fake_bucket() as made:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", made.address)
        yield made


def test_the_dates_of_a_pattern_are_one_span_of_names(bucket: FakeBucket) -> None:
    for day in ("2026-01-14", "2026-01-15", "2026-01-16", "2026-01-17", "2026-01-16x"):
        bucket.put(f"box/{day}/a.json", b"{}", MADE)
    found = list(GoogleBuckets().of_dates("gs://exports/box/{date}/*.json", DATES))
    assert [(str(day), entry.path) for day, entry in found] == [
        ("2026-01-15", "gs://exports/box/2026-01-15/a.json"),
        ("2026-01-16", "gs://exports/box/2026-01-16/a.json"),
    ]
    assert {(each["startOffset"], each["endOffset"]) for each in bucket.lists} == {("box/2026-01-15", "box/2026-01-17")}


def test_folders_before_the_date_may_be_any(bucket: FakeBucket) -> None:
    bucket.put("raw/a/2026-01-15.json", b"{}", MADE)
    bucket.put("raw/b/2026-02-30.json", b"{}", MADE)
    found = list(GoogleBuckets().of_dates("gs://exports/raw/*/{date}.json", DATES))
    assert [entry.path for _, entry in found] == ["gs://exports/raw/a/2026-01-15.json"]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "gcloud auth application-default login"),
        (403, "gcloud storage buckets add-iam-policy-binding gs://exports --member=user:WHO@EXAMPLE.COM"),
        (404, "gcloud storage ls"),
        (400, "tried again"),
    ],
)
def test_a_refusal_says_which_command_mends_it(bucket: FakeBucket, status: int, remedy: str) -> None:
    bucket.refusal = status
    with pytest.raises(SourceFailed, match="gs://exports") as failure:
        list(GoogleBuckets().matching("gs://exports/*"))
    assert remedy in failure.value.remedy


def test_without_credentials_the_login_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(SourceFailed) as failure:
        list(GoogleBuckets().matching("gs://exports/*"))
    assert "gcloud auth application-default login" in failure.value.remedy


def test_a_scheme_without_its_driver_says_what_to_install() -> None:
    with pytest.raises(SourceFailed, match="no driver for az://") as failure:
        list(FsspecPlaces("az").matching("az://bucket/*"))
    assert failure.value.remedy == "Run `pip install adlfs`."


def test_content_is_copied_and_a_folder_that_is_not_there_is_named(bucket: FakeBucket, tmp_path: Path) -> None:
    bucket.put("a b/ü.json", b"content", MADE)
    (entry,) = GoogleBuckets().matching("gs://exports/**")
    GoogleBuckets().fetch(entry.path, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"content"
    with pytest.raises(SourceFailed, match="nowhere is not there"):
        list(LocalPlaces().of_dates(f"{tmp_path}/nowhere/{{date}}/*.json", DATES))


def test_a_bucket_that_is_not_there_is_no_empty_one() -> None:
    system = fsspec.filesystem("memory")
    system.makedirs("/there/box", exist_ok=True)
    assert list(FsspecPlaces("memory").matching("memory://there/box/*.json")) == []
    with pytest.raises(SourceFailed, match="memory://not-there is not there"):
        list(FsspecPlaces("memory").matching("memory://not-there/box/*.json"))
