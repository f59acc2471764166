"""What people say of an incident's message. The last word of a person counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.audit import Record, record


class Word(StrEnum):
    USEFUL = "useful"
    NOISE = "noise"


@dataclass(frozen=True)
class Feedback:
    """`person` is a Slack id; `at` aware UTC."""

    person: str
    word: Word
    at: datetime


def feedback_record(incident: str, said: Feedback) -> Record:
    return record(said.at, f"slack:{said.person}", "feedback", f"incident:{incident}", {"word": said.word.value})
