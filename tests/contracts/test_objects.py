"""One contract for every object store."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.objects import FsspecObjectStore
from bot.domain.errors import BadInput
from bot.ports.objects import ObjectMissing, ObjectsUnavailable
from tests.contracts.object_stores import WRITTEN, CloudShelf, FakeShelf, LocalShelf, Shelf

_buckets = count(1)


@pytest.fixture(params=["fake", "local files", "cloud storage"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "fake":
        return FakeShelf()
    if request.param == "local files":
        return LocalShelf(tmp_path)
    return CloudShelf(request.getfixturevalue("cloud_storage_endpoint"), f"raw-{next(_buckets)}")


def listed(shelf: Shelf, prefix: str) -> list[str]:
    return [info.path.removeprefix(f"{shelf.root}/") for info in shelf.store.list(f"{shelf.root}/{prefix}")]


def test_lists_what_begins_with_a_prefix_at_any_depth_in_order(shelf: Shelf) -> None:
    for name in (
        "box/2026-01-16/b.json",
        "box/2026-01-15/b.json",
        "box/2026-01-15/deep/er/a.json",
        "boxes/x",
        "other/y",
    ):
        shelf.put(name, b"{}")
    assert listed(shelf, "box/2026-01-15/") == ["box/2026-01-15/b.json", "box/2026-01-15/deep/er/a.json"]
    assert listed(shelf, "box/2026-01-1") == [
        "box/2026-01-15/b.json",
        "box/2026-01-15/deep/er/a.json",
        "box/2026-01-16/b.json",
    ]
    assert listed(shelf, "box")[-1] == "boxes/x"
    assert len(listed(shelf, "")) == 5


def test_nothing_begins_with_that(shelf: Shelf) -> None:
    shelf.put("box/a.json", b"{}")
    assert listed(shelf, "box/2026-01-15/") == []
    assert listed(shelf, "nowhere/at/all") == []


def test_names_may_hold_anything(shelf: Shelf) -> None:
    names = ["box/a b.json", "box/a%20b.json", "box/a+b#1.json", "box/é.json"]
    for name in names:
        shelf.put(name, name.encode())
    assert sorted(listed(shelf, "box/a")) == sorted(names[:3])
    assert [shelf.store.read(f"{shelf.root}/{name}", 100).decode() for name in names] == names


def test_tells_size_and_time(shelf: Shelf) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    shelf.put("box/a.json", b"12345")
    (info,) = shelf.store.list(f"{shelf.root}/box/")
    assert info.size_bytes == 5
    assert info.created_at.utcoffset() == timedelta(0)
    if shelf.fixed_times:
        assert info.created_at == WRITTEN
    else:
        assert before <= info.created_at <= datetime.now(UTC) + timedelta(seconds=2)


def test_a_new_object_is_seen_at_once(shelf: Shelf) -> None:
    shelf.put("box/a.json", b"1")
    assert listed(shelf, "box/") == ["box/a.json"]
    shelf.put("box/b.json", b"1")
    shelf.put("box/a.json", b"12")
    assert [info.size_bytes for info in shelf.store.list(f"{shelf.root}/box/")] == [2, 1]


def test_reads_no_more_than_asked_for(shelf: Shelf) -> None:
    shelf.put("a.json", b"0123456789")
    shelf.put("empty.json", b"")
    assert shelf.store.read(f"{shelf.root}/a.json", 4) == b"0123"
    assert shelf.store.read(f"{shelf.root}/a.json", 1_000) == b"0123456789"
    assert shelf.store.read(f"{shelf.root}/a.json", 0) == b""
    assert shelf.store.read(f"{shelf.root}/empty.json", 10) == b""


def test_what_is_not_there_is_named(shelf: Shelf) -> None:
    with pytest.raises(ObjectMissing, match=r"gone\.json: there is no such object"):
        shelf.store.read(f"{shelf.root}/gone.json", 10)


@pytest.mark.parametrize("path", ["bucket/name", "/name", "s3://bucket/name", "http://127.0.0.1/name", ""])
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(BadInput, match="gs://bucket/name"):
        FsspecObjectStore().read(path, 10)


class Hasty:
    """asyncio for those who do not wait between two tries."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        await asyncio.sleep(0)


def test_a_store_that_is_not_there_can_be_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gcsfs.retry.asyncio", Hasty())
    with pytest.raises(ObjectsUnavailable, match=r"gs://raw/") as caught:
        list(FsspecObjectStore(gcs_endpoint="http://127.0.0.1:9").list("gs://raw/"))
    assert caught.value.retryable
