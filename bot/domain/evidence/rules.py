"""The rules of evidence, one each: is data due, may it still come, is it there, is what it is made of.

Everything else (health, impact, verdicts, detection) asks these. None means unknown.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.evidence.expectation import Expects
from bot.domain.evidence.runs import Input, InputKind
from bot.domain.platform.judgement import Judgement

HEALS_WITHIN = timedelta(hours=48)
"""A later scrape may still fill a fresh loss for so long."""


def data_due(
    expects: Expects,
    games: int | None,
    *,
    is_working: bool,
    has_slots: bool,
    runs_on_no_game_days: bool,
    is_recorded: bool,
) -> bool | None:
    """Is data due on the date? `games`: those that count, None when no calendar knows the date. `is_working`: it is in
    service, and this is no day off. `is_recorded`: the record of the processor reaches the date; before it nobody can
    tell that data was due.
    """
    due = _due(expects, games, is_working=is_working, has_slots=has_slots, runs_on_no_game_days=runs_on_no_game_days)
    return None if due and not is_recorded else due


def _due(
    expects: Expects, games: int | None, *, is_working: bool, has_slots: bool, runs_on_no_game_days: bool
) -> bool | None:
    if expects is Expects.NEVER or not is_working:
        return False
    if expects is Expects.PER_SLOT and (not has_slots or runs_on_no_game_days):
        return has_slots
    if expects is Expects.UNKNOWN or games is None:
        return None
    return games > 0


def run_due(expects: Expects, games: int | None, *, daily: bool, calendar: bool) -> bool:
    """Does it run on a date with slots? `daily`: without games, too. `games` None: no calendar knows the date, and only
    who runs every day is missed; who lives by games, where there is a `calendar` that leaves the date out, is not.
    """
    if games is None:
        return daily and not (calendar and expects is Expects.PER_GAME)
    return daily or games > 0


def judged_from(
    expects: Expects, data_date: date, last_chance: datetime | None, judgement: Judgement
) -> datetime | None:
    """From when on what is missing counts: a grace after the last slot. What comes per game without any slot is
    judged when nothing heals by itself any more; without either nobody can tell.
    """
    if last_chance is not None:
        return last_chance + judgement.after_last_slot
    return unscheduled_from(data_date) if expects is Expects.PER_GAME else None


def unscheduled_from(data_date: date) -> datetime:
    return datetime.combine(data_date + timedelta(days=1), time(), UTC) + HEALS_WITHIN


def settled_from(judged_at: datetime | None, games_over_at: datetime | None) -> datetime | None:
    """From when on data that is not there is missing: it is judged, and the games that it waits for are over."""
    if judged_at is None or games_over_at is None:
        return judged_at
    return max(judged_at, games_over_at)


def is_filled(
    rows: int | None, file_came: bool | None, *, is_scraper: bool, brought: bool, no_run: bool, only_failed: bool
) -> bool | None:
    """Is the data there? `rows` of its table, None when the table says nothing of the date; a scraper's only trace is
    its file, None alike; where nothing is traced, a run that brought records says so. What was due to run for it and
    never began has brought nothing (`no_run`), nor has what only failed (`only_failed`); of what worked and does not
    say what it brought nobody can tell.
    """
    if rows is not None:
        return rows > 0
    if is_scraper and file_came is not None:
        return file_came
    if brought and not is_scraper:
        return True
    return False if no_run or (only_failed and not is_scraper) else None


def traced_input(kind: InputKind, *, file_tells: bool, upstream_tells: bool) -> InputKind:
    """Where what it works on leaves a trace, if that kind of trace says anything of the date."""
    if (kind is InputKind.FILE and not file_tells) or (kind is InputKind.UPSTREAM and not upstream_tells):
        return InputKind.NONE
    return kind


def input_seen(kind: InputKind, ready: datetime | None, emptied: datetime | None, started_at: datetime) -> Input:
    """Was there something to work on when a run started? What began before its table was emptied (`emptied`) had left
    nothing undone: the loss came later.
    """
    if kind is InputKind.NONE:
        return Input.UNTRACED
    if ready is None or started_at < ready:
        return Input.ABSENT
    return Input.READY if emptied is None or emptied <= started_at else Input.USED


def ready_at(filled: Iterable[datetime | None]) -> datetime | None:
    """When all that it is made from was there; None while something lacks."""
    moments = list(filled)
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None
