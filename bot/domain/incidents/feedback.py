"""What people say of an incident's message. The last word of a person counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Word(StrEnum):
    USEFUL = "useful"
    NOISE = "noise"


@dataclass(frozen=True)
class Feedback:
    """`person` is a Slack id; `at` aware UTC."""

    person: str
    word: Word
    at: datetime
