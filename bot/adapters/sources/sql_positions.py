"""How far back the next read of a database goes, where the cursor has no clock or several."""

import json
from datetime import datetime, timedelta
from typing import Any

ZONES = timedelta(hours=26)
"""Between the clocks of two places at most."""


def fitting(position: str | None, *, is_number: bool) -> str | None:
    """None: it is one of another kind of cursor, which the configuration named before."""
    value = json.loads(position).get("value") if position else None
    return position if value is None or isinstance(value, str) != is_number else None


def later_number(position: str | None, first: Any, last: Any, now: datetime, lateness: timedelta, *, far: bool) -> str:
    """The position after rows whose numbers grow from `first` to `last`. A number may be committed after a larger one:
    the next read begins at `back`, the newest when a lateness had not yet begun; `mark`, the newest at `at`, becomes
    it. `far`: a batch of rows came before these in the same read, and none is so late.
    """
    held = json.loads(position) if position else {}
    newest, back, mark, at = held.get("value", first), held.get("back"), held.get("mark"), held.get("at")
    if held and last <= newest:
        return position or ""
    if at is None or far:
        back, mark, at = newest, newest, now.isoformat()
    elif now - datetime.fromisoformat(at) >= lateness:
        back, mark, at = mark, newest, now.isoformat()
    return json.dumps({"value": last, "back": back, "mark": mark, "at": at})


def number_since(position: str | None, value: Any) -> Any:
    return json.loads(position).get("back", value) if position else value


def of_zones(moment: datetime) -> timedelta:
    """Moments with an offset that are stored as text sort by the clocks of their places: further back by so much."""
    return ZONES if moment.utcoffset() else timedelta()
