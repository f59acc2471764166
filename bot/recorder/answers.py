"""Is a date done, and is what it needs? Unknown is an answer of its own."""

from __future__ import annotations

from collections.abc import Mapping

DONE, NOT_DONE, UNKNOWN = "done", "not done", "unknown"


class Answer:
    """`state` is "done", "not done" or "unknown"; true only where it is done: a run that ended as a success and brought
    records. `why` in words.
    """

    __slots__ = ("state", "why")

    def __init__(self, state: str, why: str) -> None:
        self.state, self.why = state, why

    def __bool__(self) -> bool:
        return self.state == DONE

    def __repr__(self) -> str:
        return f"<{self.state}: {self.why}>"


class Readiness:
    """True only where everything is known to be there. `missing` and `unknown`: processor -> why."""

    __slots__ = ("missing", "unknown")

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.missing = {name: each.why for name, each in answers.items() if each.state == NOT_DONE}
        self.unknown = {name: each.why for name, each in answers.items() if each.state == UNKNOWN}

    def __bool__(self) -> bool:
        return not self.missing and not self.unknown

    def __repr__(self) -> str:
        if self:
            return "<ready>"
        lacking = [f"{name} ({why})" for name, why in (*self.missing.items(), *self.unknown.items())]
        return f"<not ready: {'; '.join(lacking)}>"


def answer_of(records: int | None, runs: int) -> Answer:
    """`records`: the most that any success of the date has brought; `runs`: how many successes there are."""
    if records:
        return Answer(DONE, f"a run succeeded with {records} records")
    if runs:
        return Answer(NOT_DONE, "its runs succeeded without records: nothing was brought")
    return Answer(NOT_DONE, "no run succeeded")
