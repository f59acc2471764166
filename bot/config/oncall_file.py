"""What `oncall.yaml` may say."""

import re
from datetime import date, datetime, time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config import zones
from bot.domain.oncall.schedule import DAY_HOURS, PLAIN_ADDRESS
from bot.domain.platform.registry import Frozen, WallClock, Whole
from bot.domain.platform.schedule import WEEK, DayName

NAME = re.compile(r"[\w][\w .\-']{0,62}")
SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
"""https://docs.slack.dev/reference/objects/user-object"""
PHONE = re.compile(r"\+[1-9]\d{6,14}")
"""E.164: https://www.itu.int/rec/T-REC-E.164"""
HOURS = re.compile(r"(\d{1,2}):([0-5]\d)\s*-\s*(\d{1,2}):([0-5]\d)")
WALL = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d{1,2}):([0-5]\d)(?::00)?")


def _matching(pattern: re.Pattern[str], wanted: str) -> AfterValidator:
    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(f"{text!r} is {wanted}")
        return text

    return AfterValidator(check)


def _zone(text: str) -> str:
    if not zones.is_known(text):
        raise ValueError(zones.unknown(text))
    return text


def _hours(value: object) -> tuple[float, float]:
    found = HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{value!r} are no hours; write "18:00-08:00"')
    begin, end = int(found[1]) + int(found[2]) / 60, int(found[3]) + int(found[4]) / 60
    if begin >= DAY_HOURS or end > DAY_HOURS:
        raise ValueError(f'{value!r} are no hours of a day; write "18:00-08:00"')
    return begin, end if end > begin else end + DAY_HOURS


def _wall_moment(value: object) -> tuple[date, float]:
    """A date, and hours after its midnight."""
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.isoformat(sep=" ", timespec="minutes")
    found = WALL.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if found is None or int(found[2]) > 23:
            raise ValueError
        return date.fromisoformat(found[1]), int(found[2]) + int(found[3]) / 60
    except ValueError:
        raise ValueError(f'{value!r} is no time; write "2026-01-10 09:00", of the clock of `timezone`') from None


Name = Annotated[str, _matching(NAME, "no name; use letters, digits, spaces, . - and '")]
Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[tuple[date, float], BeforeValidator(_wall_moment)]


class PersonEntry(Frozen):
    name: Name
    timezone: Zone | None = None
    slack: Annotated[str, _matching(SLACK_ID, "no Slack member id; copy it from the person's profile")] = ""
    phone: Annotated[str, _matching(PHONE, "no phone number; write it as +15551234567")] = ""
    email: Annotated[str, _matching(PLAIN_ADDRESS, "no mail address")] = ""


class LayerEntry(Frozen):
    people: Annotated[tuple[Name, ...], Field(min_length=1)]
    starts: date | None = None
    handover: WallClock = time(9)
    every_days: Annotated[Whole, Field(ge=1, le=366)] = 7
    timezone: Zone | None = None
    weekdays: Annotated[tuple[DayName, ...], Field(min_length=1)] = WEEK
    hours: Annotated[tuple[float, float], BeforeValidator(_hours)] = (0.0, DAY_HOURS)

    @model_validator(mode="after")
    def _begins(self) -> "LayerEntry":
        if self.starts is None and len(self.people) > 1:
            raise ValueError("has several people and no `starts`: give the date on which the first one's turn begins")
        return self


class RotaEntry(Frozen):
    name: Name
    layers: tuple[LayerEntry, ...] = ()
    follows: str = ""
    fallback: str = ""

    @model_validator(mode="after")
    def _has_people(self) -> "RotaEntry":
        if self.layers and self.follows:
            raise ValueError(f"has layers and follows {self.follows}; keep one of the two")
        if not (self.layers or self.follows or self.fallback):
            raise ValueError("has nobody; give it layers, a rota that it follows, or a fallback")
        return self


class OverrideEntry(Frozen):
    rota: str
    person: str
    since: Moment
    until: Moment
    reason: str = ""


class OncallFile(Frozen):
    timezone: Zone
    people: Annotated[tuple[PersonEntry, ...], Field(min_length=1)]
    rotas: Annotated[tuple[RotaEntry, ...], Field(min_length=1)]
    overrides: tuple[OverrideEntry, ...] = ()
