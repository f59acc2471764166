"""A time zone that is none: an offset, an abbreviation, a city, and clock times marked with another zone."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config.registry import load_registry
from bot.config.zones import abbreviations, hint
from bot.domain.errors import ConfigError


@pytest.mark.parametrize("typed", ["UTC-5", "GMT-5", "utc-05:00", "-05:00", "UTC\u22125", "Etc/GMT -5"])
def test_an_offset_is_never_answered_with_the_opposite_sign(typed: str) -> None:
    said = hint(typed)
    assert "Etc/" not in said
    assert "America/Bogota" in said


def test_an_offset_that_no_place_has() -> None:
    assert hint("UTC+25") == "No zone has that offset all year."


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("ET", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("CEST", "Europe/"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Europe/Berln", "Europe/Berlin"),
    ],
)
def test_what_may_be_meant(typed: str, named: str) -> None:
    assert named in hint(typed)


def test_how_times_of_a_zone_may_be_marked() -> None:
    assert {"ET", "EST", "EDT", "AMERICA/NEW_YORK"} <= abbreviations(ZoneInfo("America/New_York"))
    assert {"CET", "CEST"} <= abbreviations(ZoneInfo("Europe/Berlin"))
    assert "ET" not in abbreviations(ZoneInfo("Europe/Berlin"))


def registry(zone: str, deadline: str) -> str:
    return f'timezone: {zone}\nprocessors:\n  - name: A\n    phase: 1\n    sla_completion_time: "{deadline}"\n'


@pytest.mark.parametrize(
    ("zone", "deadline"),
    [
        ("Europe/Berlin", "19:00 CET"),
        ("Europe/Berlin", "19:00"),
        ("America/New_York", "03:00 AM ET"),
        ("UTC", "19:00 UTC"),
    ],
)
def test_a_time_marked_with_the_registrys_own_zone(tmp_path: Path, zone: str, deadline: str) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(registry(zone, deadline))
    assert load_registry(path).registry.processors[0].sla_completion_time is not None


@pytest.mark.parametrize(("zone", "deadline"), [("America/New_York", "19:00 CET"), ("Europe/Berlin", "03:00 ET")])
def test_a_time_marked_with_another_zone_is_refused_and_named(tmp_path: Path, zone: str, deadline: str) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(registry(zone, deadline))
    with pytest.raises(ConfigError) as refused:
        load_registry(path)
    assert f"'{deadline}' is marked {deadline.split()[1]}, but times of this registry are of {zone}" in str(
        refused.value
    )
