"""Red within ten seconds of trouble, and green again when it is over."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.disk import check_disk
from bot.adapters.notify.slack_clock import dated
from bot.checking import checking
from bot.config.settings import Settings
from bot.domain.errors import FirelineError
from bot.domain.findings.severity import Severity
from bot.domain.incidents.outbox import Unsaid
from bot.services.on_watch import TICK, OnWatch
from bot.services.vitals import TOLD_S, UNDELIVERED_S, CheckFailed, Checks, Delivered, Skew, Steady, Vitals
from tests.support.notices import decision
from tests.support.pager import PagedStory


def unsaid_of(severity: Severity) -> Unsaid:
    return Unsaid(decision(severity=severity))


START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clocks:
    """The machine's clock, which may be set, and one that nobody sets."""

    def __init__(self) -> None:
        self.seconds, self.set_by = 0.0, timedelta()

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.seconds) + self.set_by

    def now(self) -> float:
        return self.seconds


def test_a_lane_that_has_not_finished_for_too_long_is_named_until_it_does() -> None:
    clocks = Clocks()
    vitals = Vitals(clocks.now)
    vitals.begin("delivery", 8.0)
    clocks.seconds = 8.0
    assert vitals.wrong() == ()
    clocks.seconds = 9.0
    assert vitals.wrong() == ("delivery has not finished for 9 s",)
    vitals.finished("delivery")
    assert vitals.wrong() == ()


def test_a_failure_is_red_at_once_and_green_with_the_next_good_turn() -> None:
    vitals = Vitals(Clocks().now)
    vitals.begin("detection", 180.0)
    vitals.failed("detection", "no space")
    assert vitals.wrong() == ("detection failed: no space",)
    vitals.finished("detection")
    assert vitals.wrong() == ()


def raising(error: Exception) -> Callable[[], None]:
    def check() -> None:
        raise error

    return check


def test_checks_name_all_that_is_wrong_at_once() -> None:
    checks = Checks({"disk": raising(OSError(28, "No space left on device")), "state": raising(FirelineError("gone"))})
    with pytest.raises(CheckFailed, match=r"^disk: No space left on device; state: gone$"):
        checks.run()
    Checks({"disk": lambda: None}).run()


def test_a_page_that_is_not_reported_is_red_after_some_seconds_and_green_when_it_is() -> None:
    clocks, unsaid = Clocks(), [unsaid_of(Severity.P2), unsaid_of(Severity.P0)]
    check = Delivered(lambda: unsaid, clocks.now)
    check()
    clocks.seconds = UNDELIVERED_S + 1
    with pytest.raises(CheckFailed, match=r"1 P0 or P1 not posted yet \(I1\)"):
        check()
    unsaid.pop()
    check()


@pytest.mark.parametrize("step", [timedelta(minutes=-5), timedelta(days=-1), timedelta(hours=1)], ids=str)
def test_a_step_of_the_clock_is_seen_once(step: timedelta) -> None:
    clocks = Clocks()
    check = Steady(clocks.wall, clocks.now)
    for _ in range(3):
        clocks.seconds += 2.0
        check()
    clocks.set_by = step
    with pytest.raises(CheckFailed, match=r"the clock was set (back|forward) by"):
        check()
    check()
    [warning] = check.warnings()
    assert warning.startswith(f"the clock was set {'forward' if step > timedelta() else 'back'} by ")
    clocks.seconds += TOLD_S + 1
    assert check.warnings() == ()


class Slack:
    """Its clock, which agrees with nobody's, and how often it was asked for."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks, self.asked, self.reached = clocks, 0, True

    def __call__(self) -> datetime | None:
        self.asked += 1
        return START + timedelta(seconds=self._clocks.seconds) if self.reached else None


def test_a_clock_that_differs_from_slacks_is_said_once_and_shown_until_it_agrees(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "fireline.vitals")
    clocks = Clocks()
    slack = Slack(clocks)
    check = Skew(clocks.wall, clocks.now, slack)
    for _ in range(100):
        clocks.seconds += 2.0
        check()
    assert (slack.asked, check.warnings()) == (1, ())
    clocks.set_by = timedelta(seconds=312)
    for _ in range(10):
        clocks.seconds += 2.0
        check()
    assert check.warnings()[0].startswith("this machine's clock is 312 s ahead of Slack's: from 300 s on")
    assert slack.asked == 2
    clocks.set_by = timedelta(seconds=-40)
    check()
    assert "40 s behind Slack's" in check.warnings()[0]
    clocks.set_by = timedelta(seconds=1)
    check()
    assert check.warnings() == ()
    assert [line.partition(":")[0] for line in caplog.messages] == [
        "this machine's clock is 312 s ahead of Slack's",
        "this machine's clock agrees with Slack's again",
    ]


def test_a_clock_that_was_wrong_at_the_start_is_seen_as_soon_as_slack_answers() -> None:
    clocks = Clocks()
    clocks.set_by = timedelta(hours=1)
    slack = Slack(clocks)
    slack.reached = False
    check = Skew(clocks.wall, clocks.now, slack)
    for _ in range(60):
        clocks.seconds += 2.0
        check()
    assert check.warnings() == (), "nobody knows"
    assert 3 <= slack.asked <= 5
    slack.reached = True
    clocks.seconds += 30.0
    check()
    assert "3600 s ahead" in check.warnings()[0]


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"date": "Sun, 01 Mar 2026 12:00:00 GMT"}, START),
        ({"Date": ["Sun, 01 Mar 2026 12:00:00 GMT"]}, START),
        ({"Date": "Sun, 01 Mar 2026 12:00:00 -0000"}, START),
        ({"Date": "yesterday"}, None),
        ({"Date": []}, None),
        ({}, None),
    ],
    ids=str,
)
def test_the_date_of_an_answer(headers: dict[str, object], at: datetime | None) -> None:
    assert dated(headers) == at


class Noted:
    """Stands for detection."""

    def __init__(self) -> None:
        self.ticks = list[datetime]()

    def tick(self, now: datetime) -> None:
        self.ticks.append(now)


@pytest.mark.parametrize("step", [timedelta(seconds=-300), timedelta(days=-1), timedelta(hours=1)], ids=str)
def test_no_step_of_the_clock_holds_detection_back(step: timedelta) -> None:
    clocks, noted = Clocks(), Noted()
    watch = OnWatch(noted, noted, clocks.wall, clocks.wall)  # type: ignore[arg-type]
    watch.detect()
    clocks.seconds += 2.0
    watch.detect()
    assert len(noted.ticks) == 1
    clocks.set_by = step
    clocks.seconds += 2.0
    watch.detect()
    assert noted.ticks[1:] == [clocks.wall()]
    for _ in range(4):
        clocks.seconds += TICK.total_seconds() / 2
        watch.detect()
    assert len(noted.ticks) == 4, "and from then on a tick a minute"


def test_a_tick_that_fails_is_tried_again_at_once() -> None:
    clocks, noted, failures = Clocks(), Noted(), [FirelineError("gone")]

    def tick(now: datetime) -> None:
        if failures:
            raise failures.pop()
        noted.ticks.append(now)

    noted.tick = tick  # type: ignore[method-assign]
    watch = OnWatch(noted, noted, clocks.wall, clocks.wall)  # type: ignore[arg-type]
    with pytest.raises(FirelineError):
        watch.detect()
    clocks.seconds += 2.0
    watch.detect()
    assert len(noted.ticks) == 1


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    check_disk(tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match="No such file"):
        check_disk(tmp_path / "gone")


def test_a_process_looks_at_the_disk_of_its_own_folder(tmp_path: Path) -> None:
    """`/healthz` is red for it: the check is among those that a serving process runs."""
    story = PagedStory(START)
    settings = Settings(home=tmp_path, slack_api_url="http://127.0.0.1:9/")
    checking(settings, story.state, story.paging)[0].run()
    gone = settings.model_copy(update={"home": tmp_path / "gone"})
    with pytest.raises(CheckFailed, match="disk: No such file"):
        checking(gone, story.state, story.paging)[0].run()
