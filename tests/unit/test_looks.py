"""When detection looks at a processor again."""

from datetime import UTC, datetime, timedelta

from bot.domain.detection.looks import Looks

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_one_whose_moment_has_come_stays_due_until_it_is_given_another() -> None:
    looks = Looks()
    looks.set("Hourly", NOON)
    assert looks.due(NOON - HOUR) == set()
    assert looks.due(NOON) == looks.due(NOON + HOUR) == {"Hourly"}
    looks.set("Hourly", NOON + 2 * HOUR)
    assert looks.due(NOON + HOUR) == set()
    assert looks.due(NOON + 2 * HOUR) == {"Hourly"}


def test_the_moment_that_was_set_last_counts() -> None:
    looks = Looks()
    looks.set("Hourly", NOON)
    looks.set("Hourly", NOON + HOUR)
    assert looks.due(NOON) == set()
    looks.set("Hourly", None)
    assert looks.due(NOON + HOUR) == set()
    looks.set("Hourly", NOON + HOUR)
    assert looks.due(NOON + HOUR) == {"Hourly"}
