"""What a runbook's front matter and its blocks may say."""

import re
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from bot.config.lengths import Length
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.platform.registry import Frozen
from bot.domain.runbooks.runbook import Approval, OnFail

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_ARGUMENT = 300


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name; use small letters, digits and -, 40 characters at most")
    return text


def _as_text(value: Any) -> Any:
    """A number, a date or a truth is text here, as it stands in the file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float | date) else value


def _names(value: Any) -> Any:
    listed = value if isinstance(value, list | tuple) else [value]
    return [_as_text(each) for each in listed]


Positive = Annotated[Length, Field(gt=timedelta())]
Name = Annotated[str, BeforeValidator(_as_text), AfterValidator(_name)]
Text = Annotated[str, Field(min_length=1, max_length=150)]
Argument = Annotated[str | None, BeforeValidator(_as_text), Field(max_length=LONGEST_ARGUMENT)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_names)]


class FrontMatter(Frozen):
    id: Name
    title: Text
    severity: Severity
    owner: Text
    reviewed_on: date
    kinds: tuple[FindingKind, ...] = ()
    processors: tuple[Text, ...] = ()
    escalate_after: Positive | None = None


class ManualBlock(Frozen):
    id: Name | None = None
    after: Names | None = None


class CallBlock(ManualBlock):
    processor: Argument = None
    date: Argument = None
    phase: Argument = None
    source: Argument = None
    service: Argument = None
    seconds: Argument = None
    whom: Argument = None
    for_: Annotated[Argument, Field(alias="for")] = None
    reason: Argument = None
    downstream: Argument = None

    @property
    def arguments(self) -> dict[str, str]:
        names = (name for name in CallBlock.model_fields if name not in ManualBlock.model_fields)
        given = {name.rstrip("_"): getattr(self, name) for name in names}
        return {name: value for name, value in given.items() if value is not None}


class CheckBlock(CallBlock):
    expect: Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=LONGEST_ARGUMENT)]
    on_fail: OnFail = OnFail.ASK
    within: Positive | None = None


class ActionBlock(CallBlock):
    approval: Approval | None = None
