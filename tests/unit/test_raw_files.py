"""Which raw files belong to a processor and a date."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.errors import BadInput
from bot.domain.evidence.raw_files import RawFile, RawPath
from bot.domain.platform.registry import Processor
from bot.ports.fakes.objects import FakeObjectStore
from bot.services.raw_files import RawFileSurvey

DAY, NEXT = date(2026, 1, 15), date(2026, 1, 16)
MADE = datetime(2026, 1, 16, 4, tzinfo=UTC)


def processor(raw_path: str | None, source: str | None = "nbac/gamebook") -> Processor:
    return Processor(name="Gamebook", phase=2, source=source, raw_path=raw_path)


@pytest.fixture
def objects() -> FakeObjectStore:
    store = FakeObjectStore()
    for name in (
        "2026-01-15/a.json",
        "2026-01-15/b.json",
        "2026-01-15/c.txt",
        "2026-01-15/old/a.json",
        "2026-01-16/a.json",
    ):
        store.put(f"gs://raw/nbac/gamebook/{name}", b"x" * 300, MADE)
    store.put("gs://raw/nbac/gamebook-2026-01-15.json", b"", MADE)
    return store


@pytest.mark.parametrize("place", ["{date}", "<YYYY-MM-DD>", "YYYY-MM-DD"])
def test_files_of_each_date_by_any_spelling_of_it(place: str, objects: FakeObjectStore) -> None:
    found = RawFileSurvey(objects).look(processor(f"gs://raw/nbac/gamebook/{place}/*.json"), [DAY, NEXT])
    assert found == [
        RawFile("nbac/gamebook", DAY, "gs://raw/nbac/gamebook/2026-01-15/a.json", 300, MADE),
        RawFile("nbac/gamebook", DAY, "gs://raw/nbac/gamebook/2026-01-15/b.json", 300, MADE),
        RawFile("nbac/gamebook", NEXT, "gs://raw/nbac/gamebook/2026-01-16/a.json", 300, MADE),
    ]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("gs://raw/nbac/gamebook/{date}/**.json", ["a.json", "b.json", "old/a.json"]),
        ("gs://raw/nbac/gamebook/{date}/*/a.json", ["old/a.json"]),
        ("gs://raw/nbac/gamebook/{date}/?.txt", ["c.txt"]),
        ("gs://raw/nbac/gamebook/{date}", ["a.json", "b.json", "c.txt", "old/a.json"]),
        ("gs://raw/nbac/gamebook/{date}/", ["a.json", "b.json", "c.txt", "old/a.json"]),
        ("gs://raw/nbac/gamebook/{date}/b.json", ["b.json"]),
        ("gs://raw/nbac/*/{date}/b.json", ["b.json"]),
        ("gs://raw/nbac/gamebook/{date}/[a].json", []),
    ],
)
def test_wildcards(pattern: str, names: list[str], objects: FakeObjectStore) -> None:
    found = RawFileSurvey(objects).look(processor(pattern), [DAY])
    assert [file.path.partition("2026-01-15/")[2] for file in found] == names


def test_a_date_in_a_name(objects: FakeObjectStore) -> None:
    (found,) = RawFileSurvey(objects).look(processor("gs://raw/nbac/gamebook-{date}.json"), [DAY, NEXT])
    assert (found.data_date, found.size_bytes) == (DAY, 0)


def test_lists_no_more_than_the_date(objects: FakeObjectStore) -> None:
    assert RawPath.parse("gs://raw/kind/{date}/part-*.json").prefix(DAY) == "gs://raw/kind/2026-01-15/part-"
    assert RawFileSurvey(objects).look(processor("gs://raw/nbac/gamebook/{date}/*.json"), []) == []


@pytest.mark.parametrize(
    ("lacking", "entry"),
    [
        ("no raw_path", processor(None)),
        ("no source", processor("gs://raw/{date}/*.json", source=None)),
        ("no place for the date", processor("gs://raw/*.json")),
    ],
)
def test_what_the_registry_lacks_is_named(lacking: str, entry: Processor, objects: FakeObjectStore) -> None:
    with pytest.raises(BadInput, match=lacking):
        RawFileSurvey(objects).look(entry, [DAY])
